//! Objects of JSON that are written as objects. What `serde` derives would take an array of their fields as well, which no
//! other reader does.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// A struct that is read from `{…}` only.
#[derive(Clone, Debug)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

struct Fields<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::Object;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Point {
        x: u8,
    }

    #[test]
    fn an_array_is_no_object() {
        let read = serde_json::from_str::<Object<Point>>;
        assert_eq!(read("{\"x\":1}").unwrap().0.x, 1);
        assert_eq!(serde_json::from_str::<Point>("[1]").unwrap().x, 1);
        for bad in ["[1]", "1", "{}", "{\"x\":1,\"x\":1}", "{\"x\":1,\"y\":1}", "{\"x\":1}{"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
