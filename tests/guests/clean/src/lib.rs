//! Transforms: one that gives less than it takes, one that gives more, one that gives nothing until the end, and one
//! that asks elsewhere.

mod answer;
mod dedupe;
mod repeat;
mod sort;

polder_sdk::wants! {
    http: "USE CONNECTION" on "CONNECTION", "asks where you tell it to";
}
