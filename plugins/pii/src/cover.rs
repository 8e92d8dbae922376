//! Covering letters and digits with stars, everything else left as it is.

/// Cover each letter and digit, but for those that `keep` says, given their number from 0.
pub(crate) fn cover_except(text: &str, keep: impl Fn(usize) -> bool) -> String {
    let mut seen = 0;
    text.chars()
        .map(|character| {
            if !character.is_alphanumeric() {
                return character;
            }
            seen += 1;
            if keep(seen - 1) { character } else { '*' }
        })
        .collect()
}

/// Cover each letter and digit: what a mask does with a text that is not what it is made for.
pub(crate) fn cover(text: &str) -> String {
    cover_except(text, |_| false)
}
