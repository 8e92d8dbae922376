//! The kit over everything that we build ourselves, and the kit itself: every check has a component that it fails.

mod components;
mod languages;
mod ours;
mod program;
mod twins;
