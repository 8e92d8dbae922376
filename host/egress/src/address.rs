//! Which addresses a request may be sent to, by the registries of special addresses:
//! <https://www.iana.org/assignments/iana-ipv4-special-registry> and the same for IPv6.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Whose an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// The Internet's.
    Public,
    /// This machine's or a private network's: only for connections that are allowed to lead there.
    Private,
    /// Nobody's that a connection may ever lead to: link-local addresses, among them those where clouds hand out
    /// credentials, multicast, reserved ones, and tunnels that hide where they end.
    Never,
}

impl Zone {
    /// The zone of a URL's host that is written as an address; a name's is known when it is resolved.
    pub fn of_host(url: &Url) -> Option<Self> {
        match url.host()? {
            Host::Ipv4(address) => Some(Self::of(address.into())),
            Host::Ipv6(address) => Some(Self::of(address.into())),
            Host::Domain(_) => None,
        }
    }

    /// The zone of an address.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => v4(address),
            IpAddr::V6(address) => v6(address),
        }
    }

    /// Whether a connection may lead there: one that is allowed inside leads nowhere else.
    pub fn is_open(self, private_network: bool) -> bool {
        self == if private_network { Self::Private } else { Self::Public }
    }

    /// Why it is closed where it is.
    pub fn closed(self) -> &'static str {
        match self {
            Self::Public => {
                "it leads to the Internet, and a connection with private_network = 'true' leads inside only"
            }
            Self::Private => "it leads into a private network, which takes private_network = 'true'",
            Self::Never => "it leads to an address that no connection may lead to",
        }
    }
}

fn v4(address: Ipv4Addr) -> Zone {
    match address.octets() {
        [127, ..] | [10, ..] | [192, 168, ..] => Zone::Private,
        [172, second, ..] if (16..32).contains(&second) => Zone::Private,
        // Where a cloud answers that has no link-local address for it.
        [100, 100, 100, 200] | [168, 63, 129, 16] => Zone::Never,
        // Shared by the customers of a carrier.
        [100, second, ..] if (64..128).contains(&second) => Zone::Private,
        // This network, link-local, protocol assignments, relays, documentation, benchmarks, multicast, reserved.
        [0, ..] | [169, 254, ..] | [192, 0, 0, _] | [192, 88, 99, _] => Zone::Never,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] | [198, 18 | 19, ..] | [224..=255, ..] => Zone::Never,
        _ => Zone::Public,
    }
}

fn v6(address: Ipv6Addr) -> Zone {
    let embedded = |high: u16, low: u16| v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Zone::Private,
        // An IPv4 address in another notation: mapped, translated (64:ff9b::/96), or a relay's (2002::/16).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        // Where clouds hand out credentials within the private range.
        [0xfd00, 0x0ec2, ..] | [0xfd20, 0x00ce, ..] => Zone::Never,
        [0xfc00..=0xfdff, ..] => Zone::Private,
        // Teredo and other protocol assignments, documentation.
        [0x2001, 0..=0x01ff, ..] | [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => Zone::Never,
        // What is assigned to the Internet.
        [0x2000..=0x3fff, ..] => Zone::Public,
        _ => Zone::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_special_range_is_known_in_every_notation() {
        for (zone, addresses) in [
            (Zone::Public, "1.1.1.1 8.8.8.8 100.63.255.255 172.15.0.1 172.32.0.1 2606:4700::1111 ::ffff:1.1.1.1"),
            (Zone::Public, "64:ff9b::8.8.8.8 2002:0808:0808::1"),
            (Zone::Private, "127.0.0.1 127.9.9.9 10.0.0.1 192.168.1.1 172.16.0.1 172.31.255.255 100.64.0.1"),
            (Zone::Private, "::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 fd12:3456::1 fc00::1 64:ff9b::10.0.0.1"),
            (Zone::Private, "2002:7f00:0001::1"),
            (
                Zone::Never,
                "0.0.0.0 169.254.169.254 192.0.0.192 100.100.100.200 168.63.129.16 224.0.0.1 255.255.255.255",
            ),
            (Zone::Never, "198.18.0.1 192.0.2.1 203.0.113.9 240.0.0.1"),
            (Zone::Never, ":: ::ffff:169.254.169.254 64:ff9b::169.254.169.254 2002:a9fe:a9fe::1 fe80::1 fec0::1"),
            (
                Zone::Never,
                "fd00:ec2::254 fd00:ec2::23 fd20:ce::254 ff02::1 2001::1 2001:db8::1 ::127.0.0.1 64:ff9b:1::1 100::1 4000::1",
            ),
        ] {
            for address in addresses.split(' ') {
                assert_eq!(Zone::of(address.parse().unwrap()), zone, "{address}");
            }
        }
        assert!(!Zone::Private.is_open(false) && Zone::Private.is_open(true));
        assert!(!Zone::Public.is_open(true) && Zone::Public.is_open(false));
        assert!(!Zone::Never.is_open(true));
    }
}
