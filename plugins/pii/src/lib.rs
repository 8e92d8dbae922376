//! Personal data in texts: find it, mask it, replace it by keyed pseudonyms.
//!
//! What is found here has a shape and, where there is one, a check digit: e-mail addresses, phone
//! numbers, payment cards and bank accounts. Names and addresses of people have neither; nothing
//! here finds those.

mod alphabet;
mod card;
mod contact;
mod cover;
mod find;
mod iban;
mod pseudonym;
mod secret;
