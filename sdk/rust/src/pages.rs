//! Listings that the host gives a page at a time.

use crate::HostError;
use std::vec::IntoIter;

/// The items of all pages. A page is asked for by the key of the last item before it.
pub(crate) struct Paged<T, F> {
    fetch: F,
    key: fn(&T) -> &str,
    page: IntoIter<T>,
    last: Option<String>,
    over: bool,
}

pub(crate) fn paged<T, F>(fetch: F, key: fn(&T) -> &str) -> Paged<T, F>
where
    F: FnMut(Option<&str>) -> Result<Vec<T>, HostError>,
{
    Paged { fetch, key, page: Vec::new().into_iter(), last: None, over: false }
}

impl<T, F: FnMut(Option<&str>) -> Result<Vec<T>, HostError>> Iterator for Paged<T, F> {
    type Item = Result<T, HostError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(item) = self.page.next() {
            return Some(Ok(item));
        }
        if self.over {
            return None;
        }
        match (self.fetch)(self.last.as_deref()) {
            Ok(page) => {
                self.last = page.last().map(|item| (self.key)(item).to_owned());
                self.over = page.is_empty();
                self.page = page.into_iter();
                self.page.next().map(Ok)
            }
            Err(error) => {
                self.over = true;
                Some(Err(error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other() {
        let all = ["a", "b", "c", "d", "e"].map(str::to_owned);
        let fetch = |after: Option<&str>| {
            let after = after.map(str::to_owned);
            Ok(all.iter().filter(|item| after.as_ref().is_none_or(|after| *item > after)).take(2).cloned().collect())
        };
        assert_eq!(paged(fetch, String::as_str).collect::<Result<Vec<_>, _>>().unwrap(), all);

        let mut calls = 0;
        let failing = |_: Option<&str>| {
            calls += 1;
            Err(HostError::Failed("gone".to_owned()))
        };
        assert_eq!(paged(failing, String::as_str).count(), 1);
        assert_eq!(calls, 1);
    }
}
