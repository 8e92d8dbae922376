//! Objects of which only some fields are known here. The others stay as they are written and where they are, so that whoever
//! keeps an index loses nothing that a newer Polder wrote. What is not read is not parsed either: it may be of any depth.

use std::fmt;

use serde::de::{DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// How many fields an object may have.
const FIELDS: usize = 64;
/// What is neither text nor list, in bytes.
const SHORT: usize = 400;

type Raw = Box<RawValue>;

/// The fields of an object, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, Raw)>);

/// An array of at most `N`.
struct Bounded<const N: usize>(Vec<Raw>);

impl Fields {
    pub(super) fn read(json: &str) -> Result<Self, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    /// The value of a field that may be there, as short as a number, a time or a version is.
    pub(super) fn perhaps<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, String> {
        let long = |raw: &(String, Raw)| raw.0 == name && raw.1.get().len() > SHORT;
        match self.0.iter().any(long) {
            true => Err(format!("its {name} has more than {SHORT} bytes")),
            false => self.take(name),
        }
    }

    fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, String> {
        let Some(at) = self.0.iter().position(|(field, _)| field == name) else { return Ok(None) };
        let (_, raw) = self.0.remove(at);
        serde_json::from_str(raw.get()).map_err(|error| format!("its {name} is none: {error}"))
    }

    /// The value of a field that has to be there.
    pub(super) fn must<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, String> {
        self.perhaps(name)?.ok_or_else(|| format!("it says no {name}"))
    }

    /// A text of at most so many bytes, empty where there is none.
    pub(super) fn text(&mut self, name: &str, most: usize) -> Result<String, String> {
        Ok(self.text_if_any(name, most)?.unwrap_or_default())
    }

    /// A text that may mean something by being there.
    pub(super) fn text_if_any(&mut self, name: &str, most: usize) -> Result<Option<String>, String> {
        let text = self.take::<String>(name)?;
        check_text(name, text.as_deref().unwrap_or_default(), most)?;
        Ok(text)
    }

    /// Texts, empty where there are none.
    pub(super) fn texts<const N: usize>(&mut self, name: &str, most: usize) -> Result<Vec<String>, String> {
        self.list::<String, N>(name, |raw| {
            let text: String = serde_json::from_str(raw).map_err(|error| error.to_string())?;
            check_text(name, &text, most)?;
            Ok(text)
        })
    }

    /// An array of at most `N`, empty where there is none.
    pub(super) fn list<T, const N: usize>(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let Bounded::<N>(list) = self.take(name)?.unwrap_or(Bounded(Vec::new()));
        let each = list.into_iter().enumerate();
        each.map(|(at, raw)| read(raw.get()).map_err(|why| format!("number {} of its {name}: {why}", at + 1))).collect()
    }

    /// Begins to write an object; what is left of one that was read comes last.
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn with(mut self, name: &str, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        self.0.push((name.to_owned(), serde_json::value::to_raw_value(value)?));
        Ok(self)
    }

    /// Unless there is nothing to say.
    pub(super) fn with_some<T: Serialize + Default + PartialEq>(
        self,
        name: &str,
        value: &T,
    ) -> Result<Self, serde_json::Error> {
        if *value == T::default() { Ok(self) } else { self.with(name, value) }
    }

    pub(super) fn and(mut self, rest: &Self) -> Self {
        self.0.extend(rest.0.iter().cloned());
        self
    }
}

/// Nothing that would move a cursor or turn the direction of what is written around it.
pub(super) fn check_text(name: &str, text: &str, most: usize) -> Result<(), String> {
    if text.len() > most {
        return Err(format!("its {name} has {} bytes, more than {most}", text.len()));
    }
    let turns = |c: char| matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    match text.chars().any(|c| c.is_control() || turns(c)) {
        true => Err(format!("its {name} has characters that cannot be shown")),
        false => Ok(()),
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut found: Vec<(String, Raw)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Raw>()? {
                    // Said twice, one reader takes the first and another the last.
                    if found.iter().any(|(other, _)| *other == name) {
                        return Err(A::Error::custom(format!("duplicate field `{name}`")));
                    }
                    if found.len() == FIELDS {
                        return Err(A::Error::custom(format!("more than {FIELDS} fields")));
                    }
                    found.push((name, value));
                }
                Ok(Fields(found))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Bounded<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Array<const N: usize>;

        impl<'de, const N: usize> Visitor<'de> for Array<N> {
            type Value = Bounded<N>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Bounded<N>, A::Error> {
                let mut found = Vec::new();
                while let Some(value) = array.next_element()? {
                    if found.len() == N {
                        return Err(A::Error::custom(format!("more than {N}")));
                    }
                    found.push(value);
                }
                Ok(Bounded(found))
            }
        }

        deserializer.deserialize_seq(Array::<N>)
    }
}
