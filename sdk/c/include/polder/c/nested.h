/// Types that are made of others: rows, which are structs, and lists.
#pragma once

#include "types.h"

/// Makes `NAME` a struct with these fields: a row of a table, or a STRUCT. `POLDER_ROW(word, (polder_text, word),
/// (int64_t, position))`; an optional field is a pointer, NULL for null.
#define POLDER_ROW(NAME, ...) POLDER_ROW_OF(NAME, (__VA_ARGS__))

#define POLDER_ROW_OF(NAME, FIELDS)                                                                                \
    typedef struct NAME {                                                                                          \
        POLDER_EACH(POLDER_MEMBER, FIELDS)                                                                         \
    } NAME;                                                                                                        \
    static const polder_field polder_fields_##NAME[] = {POLDER_EACH(POLDER_FIELD, FIELDS)};                        \
    static const polder_type polder_type_##NAME = {"+s", polder_fields_##NAME, POLDER_COUNT(FIELDS)};              \
    POLDER_INLINE bool polder_valid_##NAME(const polder_column *column, size_t position) {                         \
        return !polder_is_null(column, position) POLDER_EACH(POLDER_FIELD_VALID, FIELDS);                          \
    }                                                                                                              \
    POLDER_INLINE NAME polder_read_##NAME(const polder_column *column, size_t position) {                          \
        return (NAME){POLDER_COMMAS(POLDER_FIELD_READ, FIELDS)};                                                   \
    }                                                                                                              \
    POLDER_INLINE void polder_put_##NAME(polder_builder *builder, size_t row, NAME value) {                        \
        POLDER_EACH(POLDER_FIELD_PUT, FIELDS)                                                                      \
    }                                                                                                              \
    POLDER_TYPE_OF_ARGUMENT(NAME)

#define POLDER_MEMBER(INDEX, ...) POLDER_DECLARE(INDEX, __VA_ARGS__);

#define POLDER_FIELD_VALID(INDEX, TYPE, NAME, ...) POLDER_FIELD_VALID_##__VA_ARGS__(INDEX, TYPE)
#define POLDER_FIELD_VALID_(INDEX, TYPE) &&polder_valid_##TYPE(&column->children[INDEX], position)
#define POLDER_FIELD_VALID_optional(INDEX, TYPE)

#define POLDER_FIELD_READ(INDEX, TYPE, NAME, ...) POLDER_FIELD_READ_##__VA_ARGS__(INDEX, TYPE)
#define POLDER_FIELD_READ_(INDEX, TYPE) polder_read_##TYPE(&column->children[INDEX], position)
#define POLDER_FIELD_READ_optional(INDEX, TYPE)                                                               \
    polder_valid_##TYPE(&column->children[INDEX], position)                                                   \
        ? memcpy(polder_alloc(sizeof(TYPE)), &(TYPE){POLDER_FIELD_READ_(INDEX, TYPE)}, sizeof(TYPE))          \
        : NULL

#define POLDER_FIELD_PUT(INDEX, TYPE, NAME, ...) POLDER_FIELD_PUT_##__VA_ARGS__(INDEX, TYPE, NAME)
#define POLDER_FIELD_PUT_(INDEX, TYPE, NAME) polder_put_##TYPE(&builder->children[INDEX], row, value.NAME);
#define POLDER_FIELD_PUT_optional(INDEX, TYPE, NAME)                                                   \
    value.NAME ? polder_put_##TYPE(&builder->children[INDEX], row, *value.NAME)                        \
               : polder_put_null(&builder->children[INDEX], row);

/// Makes `NAME` an ARRAY of a type: `items` and `length`. As the last parameter of a variadic function it holds all
/// arguments that are left.
#define POLDER_LIST(NAME, TYPE)                                                                                    \
    typedef struct NAME {                                                                                          \
        const TYPE *items;                                                                                         \
        size_t length;                                                                                             \
    } NAME;                                                                                                        \
    static const polder_field polder_item_##NAME = {.name = "item", .type = &polder_type_##TYPE};                  \
    static const polder_type polder_type_##NAME = {"+l", &polder_item_##NAME, 1};                                  \
    POLDER_INLINE bool polder_valid_##NAME(const polder_column *column, size_t position) {                         \
        if (polder_is_null(column, position)) return false;                                                        \
        for (int32_t item = column->offsets[position]; item < column->offsets[position + 1]; item++) {             \
            if (!polder_valid_##TYPE(column->children, (size_t)item)) return false;                                \
        }                                                                                                          \
        return true;                                                                                               \
    }                                                                                                              \
    POLDER_INLINE NAME polder_read_##NAME(const polder_column *column, size_t position) {                          \
        size_t start = (size_t)column->offsets[position], length = (size_t)column->offsets[position + 1] - start;  \
        TYPE *items = polder_alloc(length * sizeof(TYPE));                                                         \
        for (size_t item = 0; item < length; item++) {                                                             \
            items[item] = polder_read_##TYPE(column->children, start + item);                                      \
        }                                                                                                          \
        return (NAME){items, length};                                                                              \
    }                                                                                                              \
    POLDER_INLINE void polder_put_##NAME(polder_builder *builder, size_t row, NAME value) {                        \
        for (size_t item = 0; item < value.length; item++) {                                                       \
            polder_push_##TYPE(builder->children, value.items[item]);                                              \
        }                                                                                                          \
        polder_put_list(builder, row);                                                                             \
    }                                                                                                              \
    POLDER_INLINE void polder_push_##NAME(polder_builder *builder, NAME value) {                                   \
        polder_builder_grow(builder);                                                                              \
        polder_put_##NAME(builder, builder->length++, value);                                                      \
    }                                                                                                              \
    POLDER_INLINE bool polder_present_##NAME(const polder_call *call, size_t index, size_t row) {                  \
        if (!call->function->options.variadic) {                                                                   \
            return polder_valid_##NAME(&call->columns[index], polder_position(&call->columns[index], row));        \
        }                                                                                                          \
        for (; index < call->column_count; index++) {                                                              \
            if (!polder_present_##TYPE(call, index, row)) return false;                                            \
        }                                                                                                          \
        return true;                                                                                               \
    }                                                                                                              \
    POLDER_INLINE NAME polder_argument_##NAME(const polder_call *call, size_t index, size_t row) {                 \
        if (!call->function->options.variadic) {                                                                   \
            return polder_read_##NAME(&call->columns[index], polder_position(&call->columns[index], row));         \
        }                                                                                                          \
        size_t length = call->column_count - index;                                                                \
        TYPE *items = polder_alloc(length * sizeof(TYPE));                                                         \
        for (size_t item = 0; item < length; item++) {                                                             \
            items[item] = polder_argument_##TYPE(call, index + item, row);                                         \
        }                                                                                                          \
        return (NAME){items, length};                                                                              \
    }
