//! Where requests of plugins may go, and how they are sent there.
//!
//! Nothing leaves but to a connection of the catalog. That a plugin may use it is asked in
//! [`reach`](crate::reach); here is what a connection means: which URLs it covers ([`Destination`]), and
//! how a request is sent ([`Clients`], over `polder-egress`, which knows what addresses a host may have).

mod client;
mod destination;

pub(crate) use client::Clients;
pub(crate) use destination::{Destination, SECRET_NAME, is_carried, is_secret_name, value};
