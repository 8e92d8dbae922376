/// Columns: Arrow's buffers as they crossed the border, to be read in place; and builders, which make new ones.
#pragma once

#include "memory.h"

#ifdef __cplusplus
extern "C" {
#endif

struct polder_field;

/// A type in the words of Arrow's C data interface: "l" int64, "g" float64, "u" text, "+l" list, "+s" struct …
typedef struct polder_type {
    /// NULL: any type.
    const char *format;
    const struct polder_field *children;
    size_t child_count;
} polder_type;

/// A named type: a parameter, a field of a struct, a column of a table.
typedef struct polder_field {
    const char *name;
    const polder_type *type;
    const char *doc;
    /// Whether the function sees its nulls; a parameter of a task may then be left out.
    bool optional;
} polder_field;

/// Whether two types have the same values, whatever their fields are called.
bool polder_type_equal(const polder_type *a, const polder_type *b);

/// Values of one type, a row each. Read the buffers at `polder_position(column, row)`.
typedef struct polder_column {
    const polder_type *type;
    /// Rows.
    size_t length;
    /// Nulls, not counting those of children.
    size_t nulls;
    /// A bit for each position, least significant first, 1 = there; NULL when there are no nulls.
    const uint8_t *validity;
    /// Values of a fixed width, the bits of booleans, or the bytes of texts.
    const void *values;
    /// Of texts, binaries and lists: value i goes from offset i to offset i + 1.
    const int32_t *offsets;
    /// The items of lists, the fields of structs.
    const struct polder_column *children;
    /// One value for all rows, which is the only one in the buffers.
    bool constant;
} polder_column;

static inline size_t polder_position(const polder_column *column, size_t row) {
    return column->constant ? 0 : row;
}

static inline bool polder_is_null(const polder_column *column, size_t position) {
    return column->validity && !(column->validity[position >> 3] >> (position & 7) & 1);
}

static inline bool polder_bit(const void *bits, size_t position) {
    return ((const uint8_t *)bits)[position >> 3] >> (position & 7) & 1;
}

static inline polder_text polder_text_at(const polder_column *column, size_t position) {
    int32_t start = column->offsets[position];
    polder_text text = {(const char *)column->values + start, (size_t)(column->offsets[position + 1] - start)};
    return text;
}

/// A value of any type, or null: a position of some column.
typedef struct polder_value {
    const polder_column *column;
    size_t position;
} polder_value;

static inline bool polder_value_is_null(polder_value value) {
    return polder_is_null(value.column, value.position);
}

/// A number of any type as a floating-point number. False when it is null or no number.
bool polder_value_number(polder_value value, double *number);

/// A column that grows, in memory of the call. Rows are pushed at its end, or put at positions below `capacity` in
/// ascending order.
typedef struct polder_builder {
    const polder_type *type;
    /// Rows.
    size_t length, capacity;
    size_t nulls;
    /// NULL until the first null.
    uint8_t *validity;
    void *values;
    int32_t *offsets;
    /// Bytes in `values`, where they are of texts or binaries, and room for them.
    size_t used, room;
    struct polder_builder *children;
    struct polder_arena *memory;
} polder_builder;

/// Makes room for `rows` rows in all.
void polder_builder_reserve(polder_builder *builder, size_t rows);

static inline void polder_builder_grow(polder_builder *builder) {
    if (__builtin_expect(builder->length == builder->capacity, 0)) {
        polder_builder_reserve(builder, builder->length + 1);
    }
}

void polder_put_null(polder_builder *builder, size_t row);
void polder_put_bytes(polder_builder *builder, size_t row, const void *data, size_t length);
/// Copies a value of any type, which is that of the builder.
void polder_put_value(polder_builder *builder, size_t row, polder_value value);
/// Ends a list with the items that were pushed to its child.
void polder_put_list(polder_builder *builder, size_t row);

static inline void polder_put_bit(polder_builder *builder, size_t row, bool value) {
    uint8_t *byte = (uint8_t *)builder->values + (row >> 3), mask = (uint8_t)(1 << (row & 7));
    *byte = (uint8_t)(value ? *byte | mask : *byte & ~mask);
}

static inline void polder_push_null(polder_builder *builder) {
    polder_builder_grow(builder);
    polder_put_null(builder, builder->length++);
}

/// Makes every row null that is null in `column`; for results of whole columns.
void polder_null_where(polder_builder *builder, const polder_column *column);

#ifdef __cplusplus
}
#endif
