//! The SQL that is spoken: DataFusion's generic dialect, with time travel.

use std::any::TypeId;

use datafusion::sql::sqlparser::dialect::{Dialect, GenericDialect};

pub(crate) static DIALECT: PolderDialect = PolderDialect;

/// `GenericDialect` plus `t VERSION AS OF n` and `t TIMESTAMP AS OF '…'`.
#[derive(Debug)]
pub(crate) struct PolderDialect;

macro_rules! as_generic {
    ($($method:ident)*) => { $(fn $method(&self) -> bool { GenericDialect.$method() })* };
}

impl Dialect for PolderDialect {
    // The parser asks for this type in places that have no method yet.
    fn dialect(&self) -> TypeId {
        TypeId::of::<GenericDialect>()
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        GenericDialect.is_delimited_identifier_start(ch)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        GenericDialect.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        GenericDialect.is_identifier_part(ch)
    }

    fn supports_table_versioning(&self) -> bool {
        true
    }

    /// For `f(TABLE (SELECT …))`; everywhere else it is refused.
    fn supports_subquery_as_function_arg(&self) -> bool {
        true
    }

    as_generic! {
        allow_extract_custom allow_extract_single_quotes support_map_literal_syntax
        supports_array_typedef_with_brackets supports_asc_desc_in_column_definition
        supports_comma_separated_set_assignments supports_comma_separated_trim supports_extract_comma_syntax
        supports_filter_during_aggregation supports_from_first_select supports_group_by_expr
        supports_group_by_with_modifier supports_interval_options supports_left_associative_joins_without_parens
        supports_limit_comma supports_named_fn_args_with_assignment_operator supports_nested_comments
        supports_parens_around_table_factor supports_projection_trailing_commas supports_select_wildcard_except
        supports_select_wildcard_exclude supports_select_wildcard_ilike supports_select_wildcard_rename
        supports_select_wildcard_replace supports_string_escape_constant supports_struct_literal
        supports_unicode_string_literal supports_values_as_table_factor
        supports_window_clause_named_window_reference supports_window_function_null_treatment_arg
        supports_bitwise_shift_operators supports_dictionary_syntax supports_try_convert
    }

    fn supports_named_fn_args_with_rarrow_operator(&self) -> bool {
        true
    }
}
