//! Patterns for names, as SHOW … LIKE takes them.

/// Whether the name fits: `%` or `*` stand for any characters, `_` for any one, `|` separates
/// alternatives; case does not count.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.to_lowercase().chars().collect();
    pattern.to_lowercase().split('|').any(|one| fits(&one.trim().chars().collect::<Vec<_>>(), &name))
}

/// Greedy with one point of return, so that no pattern takes more than pattern times name steps.
fn fits(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut retry = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('%' | '*') => {
                retry = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '_' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match retry {
                None => return false,
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    (p, n) = (star + 1, from + 1);
                }
            },
        }
    }
    pattern[p..].iter().all(|c| matches!(c, '%' | '*'))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
        for (pattern, name, fits) in [
            ("flights", "flights", true),
            ("flight", "flights", false),
            ("FL%", "flights", true),
            ("*ght*", "flights", true),
            ("f_ights", "flights", true),
            ("a|b*", "bc", true),
            ("a|b*", "cb", false),
            ("%a%b%c", "xxaxxbxxc", true),
            ("%a%b%c", "xxaxxcxxb", false),
            ("", "", true),
            ("%", "", true),
            ("_", "", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} ~ {name}");
        }
        assert!(!matches(&"%a".repeat(200), &"a".repeat(199)));
    }
}
