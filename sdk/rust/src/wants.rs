//! What a component asks for outside the sandbox, and why: whoever installs it reads that and agrees, or does not.

/// One request.
pub struct Want {
    /// The interface, such as `storage`.
    pub interface: &'static str,
    /// Empty where the interface takes no grant.
    pub privilege: &'static str,
    /// A kind of securable and a name, `VOLUME main.nyc.inbox`; only the kind when the installer chooses.
    pub on: &'static str,
    pub reason: &'static str,
}

/// The requests of one `wants!`.
pub struct Wants(pub &'static [Want]);

inventory::collect!(Wants);

impl Wants {
    /// All requests of the component.
    pub fn all() -> impl Iterator<Item = &'static Want> {
        inventory::iter::<Wants>.into_iter().flat_map(|wants| wants.0)
    }
}

impl Want {
    /// The kind of securable and its name, of which both may be empty.
    pub fn target(&self) -> (&'static str, &'static str) {
        let (kind, name) = self.on.split_once(' ').unwrap_or((self.on, ""));
        (kind, name.trim())
    }
}

/// Says what the component asks for, and why. Every interface that it calls has to be told, but for the log.
///
/// ```
/// polder_sdk::wants! {
///     storage: "READ VOLUME" on "VOLUME main.nyc.inbox", "reads the day's file";
///     query: "MODIFY" on "TABLE", "writes its rows to the table that you choose";
///     clock, "stamps the run";
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! wants {
    ($($interface:ident $(: $privilege:literal on $on:literal)?, $reason:literal);+ $(;)?) => {
        const _: () = {
            use $crate::__private as sdk;

            sdk::inventory::submit! {
                sdk::Wants(&[$(
                    sdk::Want {
                        interface: ::core::stringify!($interface),
                        privilege: ::core::concat!($($privilege)?),
                        on: ::core::concat!($($on)?),
                        reason: $reason,
                    }
                ),+])
            }
        };
    };
}
