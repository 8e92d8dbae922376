//! Words of SQL that the shell colours and completes.

/// Words that begin or shape a statement.
pub(super) const KEYWORDS: &[&str] = &[
    "ADD", "ALL", "ALTER", "ANALYZE", "AND", "ANY", "AS", "ASC", "BETWEEN", "BIGINT", "BINARY", "BOOLEAN", "BY",
    "CASCADE", "CASE", "CAST", "CATALOG", "CATALOGS", "CHECK", "COLUMN", "COLUMNS", "COMMENT", "CONSTRAINT", "COPY",
    "CREATE", "CROSS", "CURRENT", "DATE", "DECIMAL", "DELETE", "DELTA", "DESC", "DESCRIBE", "DETAIL", "DISTINCT",
    "DOUBLE", "DROP", "DRY", "ELSE", "END", "EXCEPT", "EXECUTE", "EXISTS", "EXPLAIN", "EXTENDED", "EXTERNAL", "FALSE",
    "FILEFORMAT", "FILTER", "FIRST", "FLOAT", "FOLLOWING", "FROM", "FULL", "FUNCTION", "FUNCTIONS", "GRANT", "GRANTS",
    "GROUP", "GROUPS", "HAVING", "HISTORY", "HOURS", "IF", "IN", "INNER", "INSERT", "INSTALL", "INT", "INTERSECT",
    "INTERVAL", "INTO", "IS", "JOIN", "LAST", "LATERAL", "LEFT", "LIKE", "LIMIT", "LOCATION", "MANAGED", "MATCHED",
    "MERGE", "METASTORE", "MODIFY", "NOT", "NULL", "NULLS", "OF", "OFFSET", "ON", "OPTIMIZE", "OR", "ORDER", "OUTER",
    "OVER", "OVERWRITE", "OWNER", "PARTITION", "PARTITIONED", "PLUGIN", "PLUGINS", "PRECEDING", "PRIVILEGES", "RENAME",
    "REPLACE", "RESTORE", "RETAIN", "REVOKE", "RIGHT", "ROWS", "RUN", "SCHEMA", "SCHEMAS", "SELECT", "SET", "SHOW",
    "SMALLINT", "SOURCE", "STRING", "TABLE", "TABLES", "TARGET", "TBLPROPERTIES", "THEN", "TIMESTAMP", "TINYINT", "TO",
    "TRUE", "UNBOUNDED", "UNDROP", "UNION", "UPDATE", "UPGRADE", "USE", "USER", "USERS", "USING", "VACUUM", "VALUES",
    "VERSION", "VIEW", "VIEWS", "VOLUME", "VOLUMES", "WHEN", "WHERE", "WINDOW", "WITH", "ZORDER",
];

/// Functions of the engine that are asked for most.
pub(super) const FUNCTIONS: &[&str] = &[
    "abs", "approx_distinct", "array_agg", "array_length", "array_to_string", "avg", "ceil", "char_length", "coalesce",
    "concat", "corr", "count", "current_date", "date_bin", "date_part", "date_trunc", "dense_rank", "exp", "extract",
    "first_value", "floor", "generate_series", "greatest", "lag", "last_value", "lead", "least", "left", "length", "ln",
    "log10", "lower", "lpad", "ltrim", "max", "median", "min", "now", "ntile", "nullif", "percent_rank", "power",
    "random", "rank", "read_files", "regexp_like", "regexp_replace", "replace", "reverse", "right", "round",
    "row_number", "rpad", "rtrim", "sha256", "split_part", "sqrt", "starts_with", "stddev", "string_agg", "strpos",
    "substr", "sum", "to_char", "to_date", "to_timestamp", "trim", "trunc", "unnest", "upper", "uuid", "var_pop",
];

/// Whether the word is a keyword, in any case.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.binary_search_by(|keyword| keyword.cmp(&word.to_uppercase().as_str())).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_order() {
        assert!(KEYWORDS.is_sorted() && FUNCTIONS.is_sorted());
        assert!(is_keyword("select") && is_keyword("ZORDER") && !is_keyword("flights"));
    }
}
