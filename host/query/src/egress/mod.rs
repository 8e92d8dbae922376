//! Where requests of plugins may go, and how they are sent there.
//!
//! Nothing leaves but to a connection of the catalog. That a plugin may use it is asked in
//! [`reach`](crate::reach), that a principal may fetch packages by it in [`packages`](crate::packages); here is what a connection means: which URLs it covers ([`Destination`]), and
//! how a request is sent ([`Clients`], over `polder-egress`, which knows what addresses a host may have).

mod client;
mod destination;

/// Of connections that cover a URL those that say most of its path: what is meant, if it is one.
pub(crate) fn closest<T>(covering: Vec<T>, destination: impl Fn(&T) -> &Destination) -> Vec<T> {
    let most = covering.iter().map(|one| destination(one).prefix().len()).max();
    covering.into_iter().filter(|one| Some(destination(one).prefix().len()) == most).collect()
}

pub(crate) use client::Clients;
pub(crate) use destination::{Destination, SECRET_NAME, is_carried, is_secret_name, value};
