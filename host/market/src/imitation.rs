//! Names that are made to be taken for others.
//!
//! A name imitates another if one reads them as the same: letters of other alphabets that look alike
//! (<https://www.unicode.org/reports/tr39/#Confusable_Detection>), digits for letters, doubled letters, `-`, `_` and `.` or none;
//! or if one slip of the hand makes one of the other: two letters swapped, or one letter too many, too few, or another.
//!
//! Short names are alike by chance (`text` and `test`): from four letters on names are compared as they are read or swapped, from
//! five on with one letter changed. Names that differ in digits only are a series (`sha2`, `sha3`), not an imitation.

use unicode_security::skeleton;

/// Letters of the shorter name, from which on it can be misread, or mistyped.
const READ: usize = 4;
const TYPED: usize = 5;
/// Nobody types longer ones.
const LONGEST: usize = 200;

/// Which of the known names this one imitates, if it is none of them itself.
pub fn imitates<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (lower, read) = (name.to_lowercase(), as_read(name));
    let mut found = None;
    for other in known {
        if other == name {
            return None;
        }
        if found.is_none() && is_like(&lower, &read, other) {
            found = Some(other);
        }
    }
    found
}

fn is_like(name: &str, read: &str, other: &str) -> bool {
    if name.len().max(other.len()) > LONGEST {
        return false;
    }
    let lower = other.to_lowercase();
    let letters = name.chars().count().min(lower.chars().count());
    if letters < READ || is_series(name, &lower) {
        return false;
    }
    read == as_read(other)
        || is_swapped(name, &lower)
        || (letters >= TYPED && name.len().abs_diff(lower.len()) <= 4 && strsim::levenshtein(name, &lower) <= 1)
}

/// As a hurried reader takes it.
fn as_read(name: &str) -> String {
    let name = if name.len() > LONGEST { "" } else { name };
    // Twice: large letters may look like others than small ones do.
    let letters: String = skeleton(&name.to_lowercase()).collect::<String>().to_lowercase();
    let mut read = String::new();
    for c in letters.chars() {
        let c = match c {
            '-' | '_' | '.' | '\u{2010}'..='\u{2015}' => continue,
            '0' => 'o',
            '1' | 'i' | '|' => 'l',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '7' => 't',
            c => c,
        };
        if !read.ends_with(c) {
            read.push(c);
        }
    }
    read
}

/// Whether two neighbours changed places, and nothing else is different.
fn is_swapped(a: &str, b: &str) -> bool {
    let (a, b): (Vec<_>, Vec<_>) = (a.chars().collect(), b.chars().collect());
    let differ: Vec<_> = (0..a.len().min(b.len())).filter(|&at| a[at] != b[at]).take(3).collect();
    match differ.as_slice() {
        &[first, second] => a.len() == b.len() && second == first + 1 && a[first] == b[second] && a[second] == b[first],
        _ => false,
    }
}

/// Whether they are the same but for their digits, of which both have some.
fn is_series(a: &str, b: &str) -> bool {
    let digits = |text: &str| text.chars().any(|c| c.is_ascii_digit());
    let rest = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    digits(a) && digits(b) && rest(a) == rest(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imitations() {
        for (name, known) in [
            ("geо-tools", "geo-tools"),  // Cyrillic о
            ("ｇeo-tools", "geo-tools"), // wide g
            ("Geo-Tools", "geo-tools"),
            ("geo_tools", "geo-tools"),
            ("geotools", "geo-tools"),
            ("geo-too1s", "geo-tools"),
            ("ge0-tools", "geo-tools"),
            ("geo-toools", "geo-tools"),
            ("geo-tols", "geo-tools"),
            ("goe-tools", "geo-tools"),
            ("geo-tool", "geo-tools"),
            ("geo-toolz", "geo-tools"),
            ("geo-toolss", "geo-tools"),
            ("acrne", "acme"),
            ("tset", "test"),
            ("te5t", "test"),
        ] {
            assert_eq!(imitates(name, ["other", known]), Some(known), "{name}");
        }
    }

    #[test]
    fn no_imitations() {
        for (name, known) in [
            ("geo-tools", "geo-tools"),
            ("text", "test"),
            ("geo", "gео"), // too short to tell
            ("pii", "pi"),
            ("sha2", "sha3"),
            ("model-v1", "model-v2"),
            ("utf8-reader", "utf16-reader"),
            ("stats", "state-machine"),
            ("geo-tools", "geo-fences"),
            ("", "test"),
        ] {
            assert_eq!(imitates(name, [known]), None, "{name} {known}");
        }
        // Who is known imitates nobody, whoever else is.
        assert_eq!(imitates("geo_tools", ["geo-tools", "geo_tools"]), None);
        let long = "x".repeat(100_000);
        assert_eq!(imitates(&long, [format!("{long}y").as_str()]), None);
    }
}
