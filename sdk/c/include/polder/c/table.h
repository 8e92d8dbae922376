/// Table functions: from one row to any number of rows.
#pragma once

#include "scalar.h"

/// A table function whose rows are of the type `ROW`, made by `POLDER_ROW`. Where it stands in the rows of one call is a
/// `NAME_cursor`, a struct of the author's that begins as zeros; its functions are ordinary ones:
///
///     static void NAME_open(NAME_cursor *cursor, …parameters…);     // begins; arguments stay until the end
///     static bool NAME_next(NAME_cursor *cursor, ROW *row);         // the next row, or false at the end
///
/// It is never asked for more rows than the statement needs: they may be endless.
#define POLDER_TABLE(ROW, NAME, PARAMETERS, ...)                                                           \
    static void NAME##_open(NAME##_cursor *cursor_ POLDER_EACH(POLDER_DECLARE_MORE, PARAMETERS));          \
    static bool NAME##_next(NAME##_cursor *cursor_, ROW *row_);                                            \
    static bool polder_open_##NAME(const polder_call *call_, size_t row_, void *cursor_) {                 \
        if (!(true POLDER_EACH(POLDER_PRESENT, PARAMETERS))) return false;                                 \
        NAME##_open(cursor_ POLDER_EACH(POLDER_ARGUMENT_MORE, PARAMETERS));                                \
        return true;                                                                                       \
    }                                                                                                      \
    static bool polder_next_##NAME(void *cursor_, polder_builder *rows_) {                                 \
        ROW row_ = {};                                                                                     \
        if (!NAME##_next(cursor_, &row_) || polder_failed()) return false;                                 \
        polder_push_##ROW(rows_, row_);                                                                    \
        return true;                                                                                       \
    }                                                                                                      \
    static const polder_table polder_table_##NAME = {                                                      \
        .cursor_size = sizeof(NAME##_cursor), .open = polder_open_##NAME, .next = polder_next_##NAME};     \
    POLDER_FUNCTION(NAME, table, PARAMETERS, .returns = &polder_type_##ROW, .table = &polder_table_##NAME, \
                    .options = {__VA_ARGS__})
