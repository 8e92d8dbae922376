//! The way out of the house: the one HTTP client, by which the requests of plugins leave and packages come.
//!
//! It resolves a name itself and connects to nothing but the addresses that it has checked ([`Zone`]), follows no
//! redirect, and asks no proxy. Who may send what to which URL is decided above.

mod address;

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use reqwest::ClientBuilder;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use tokio::sync::Semaphore;

pub use address::Zone;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a connection is kept for the next request.
const IDLE: Duration = Duration::from_secs(30);

/// Names that are looked up at once: the system's answer cannot be cancelled, however long it takes.
const LOOK_UPS: usize = 16;

/// A client that reaches one zone, a private network or the Internet. The host of a URL that is written as an address is
/// not resolved: ask [`Zone::of_host`] first.
pub fn client(private_network: bool) -> ClientBuilder {
    reqwest::Client::builder()
        .dns_resolver(Arc::new(Checked { private_network, places: Arc::new(Semaphore::new(LOOK_UPS)) }))
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .user_agent(concat!("polder/", env!("CARGO_PKG_VERSION")))
}

/// Names, resolved by the system; if one of the addresses is closed, all are: nobody whose name leads both outside
/// and inside means well.
struct Checked {
    private_network: bool,
    places: Arc<Semaphore>,
}

/// Why no connection was made: the name leads where it may not. It is among the sources of the client's error.
#[derive(Debug, thiserror::Error)]
#[error("'{name}' has the address {address}: {}", zone.closed())]
pub struct Prohibited {
    name: String,
    address: std::net::IpAddr,
    zone: Zone,
}

/// Why no connection was made: the name leads nowhere. It is among the sources of the client's error.
#[derive(Debug, thiserror::Error)]
#[error("'{name}' has no address: {why}")]
pub struct Unresolved {
    name: String,
    why: String,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (name, private_network) = (name.as_str().to_owned(), self.private_network);
        let places = Arc::clone(&self.places);
        Box::pin(async move {
            let place = places.acquire_owned().await?;
            let asked = name.clone();
            let found = tokio::task::spawn_blocking(move || {
                let _place = place;
                (asked.as_str(), 0).to_socket_addrs().map(Iterator::collect)
            });
            let found: std::io::Result<Vec<SocketAddr>> = found.await?;
            let addresses = found.map_err(|error| Unresolved { name: name.clone(), why: error.to_string() })?;
            if addresses.is_empty() {
                return Err(Unresolved { name, why: "the answer is empty".to_owned() }.into());
            }
            for address in addresses.iter().map(SocketAddr::ip) {
                let zone = Zone::of(address);
                if !zone.is_open(private_network) {
                    return Err(Prohibited { name, address, zone }.into());
                }
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
