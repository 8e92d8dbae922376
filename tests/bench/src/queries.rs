//! TPC-H's 22 queries, with the validation parameters of the standard.

/// One query of the standard.
pub(crate) struct Query {
    /// 1 to 22.
    pub(crate) number: u32,
    pub(crate) sql: &'static str,
    /// Whether ORDER BY leaves no choice; otherwise equal rows may come in any order.
    pub(crate) ordered: bool,
}

macro_rules! queries {
    ($($number:literal $ordered:literal)*) => {
        [$(Query {
            number: $number,
            sql: include_str!(concat!("../queries/q", $number, ".sql")),
            ordered: $ordered,
        }),*]
    };
}

/// All of them. Those that order by amounts alone (3, 5, 10, 11, 18) may meet two equal ones.
pub(crate) static QUERIES: [Query; 22] = queries! {
    1 true 2 true 3 false 4 true 5 false 6 true 7 true 8 true 9 true 10 false 11 false
    12 true 13 true 14 true 15 true 16 true 17 true 18 false 19 true 20 true 21 true 22 true
};
