//! Connections and their secrets, while others change them.

use polder_catalog::{Change, DropMode, Error, Kind, NewSecurable, Privilege, Securable, Spec, spec};

use crate::support::*;

fn connection(url: &str) -> spec::Connection {
    let (methods, headers) = (vec!["GET".to_owned()], Default::default());
    spec::Connection {
        protocol: spec::Protocol::Http,
        url: url.to_owned(),
        methods,
        headers,
        username: String::new(),
        index: String::new(),
        private_network: false,
    }
}

async fn made(scratch: &Scratch) -> Securable {
    let spec = Spec::Connection(connection("https://a.example"));
    let new = NewSecurable::new(name("c"), spec).with_secrets(vec![("token".to_owned(), "for a".to_owned())]);
    scratch.owner().await.create(new).await.unwrap()
}

fn led_to(url: &str, held: &[&str], token: &str) -> Change {
    let held = held.iter().map(|&name| name.to_owned()).collect();
    let secrets = vec![("token".to_owned(), Some(token.to_owned()))];
    Change::Connection { connection: connection(url), held, secrets }
}

#[tokio::test]
async fn a_secret_goes_with_the_place_that_it_is_for() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let c = made(&scratch).await;
    assert_eq!(owner.secret(&c, "token").await.unwrap(), "for a");
    assert!(matches!(owner.secret(&c, "none").await, Err(Error::NoSecret(..))));
    // Whoever still knows the old place does not get what is for the new one.
    let now = owner.alter(&c, led_to("https://b.example", &["token"], "for b")).await.unwrap();
    assert!(matches!(owner.secret(&c, "token").await, Err(Error::Conflict { .. })));
    assert_eq!(owner.secret(&now, "token").await.unwrap(), "for b");
    owner.drop(&now, DropMode::Restrict).await.unwrap();
    assert!(matches!(owner.secret(&now, "token").await, Err(Error::Conflict { .. })));
    assert!(matches!(owner.undrop(&now).await, Err(Error::Unsupported(_))));
}

#[tokio::test]
async fn a_change_that_did_not_see_the_last_one_is_none() {
    let scratch = scratch().await;
    let owner = scratch.owner().await;
    let c = made(&scratch).await;
    let stale = owner.alter(&c, led_to("https://b.example", &[], "x")).await;
    assert!(matches!(stale, Err(Error::Conflict { .. })), "it did not know of the secret");
    owner.alter(&c, led_to("https://b.example", &["token"], "x")).await.unwrap();
    let stale = owner.alter(&c, led_to("https://d.example", &["token"], "y")).await;
    assert!(matches!(stale, Err(Error::Conflict { .. })), "it did not know where the connection leads by now");
}

#[tokio::test]
async fn secrets_are_for_those_who_may_use_the_connection() {
    let scratch = scratch().await;
    let c = made(&scratch).await;
    scratch.grant(Privilege::Browse, Kind::Connection, "c", "ann").await;
    let ann = scratch.as_("ann").await;
    assert!(matches!(ann.secret(&c, "token").await, Err(Error::Denied(_))));
    assert!(matches!(ann.secret_names(&c).await, Err(Error::Denied(_))));
    assert!(matches!(ann.alter(&c, led_to("https://b.example", &["token"], "x")).await, Err(Error::Denied(_))));
    scratch.grant(Privilege::UseConnection, Kind::Connection, "c", "ann").await;
    let ann = scratch.as_("ann").await;
    assert_eq!(ann.secret(&c, "token").await.unwrap(), "for a");
    assert!(matches!(ann.alter(&c, led_to("https://b.example", &["token"], "x")).await, Err(Error::Denied(_))));
}
