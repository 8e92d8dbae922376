//! The way out of the house: where requests of plugins may go, and the client that takes them there.
//!
//! Nothing leaves but to a connection of the catalog. That a plugin may use it is asked in
//! [`reach`](crate::reach); here is what a connection means: which URLs it covers ([`Destination`]), which addresses
//! the host behind its name may have ([`address`]), and how a request is sent ([`Clients`]).

mod address;
mod client;
mod destination;

pub(crate) use client::Clients;
pub(crate) use destination::{Destination, SECRET_NAME, is_carried, is_secret_name, value};
