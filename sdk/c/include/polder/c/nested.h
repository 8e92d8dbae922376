/// Types that are made of others: rows, which are structs, and lists.
#pragma once

#include "types.h"

/// Makes `NAME` a struct with these fields: a row of a table, or a STRUCT. `POLDER_ROW(word, (polder_text, word),
/// (int64_t, position))`; an optional field is a pointer, NULL for null.
#define POLDER_ROW(NAME, ...) POLDER_ROW_OF(NAME, (__VA_ARGS__))

#define POLDER_ROW_OF(NAME, FIELDS)                                                                   \
    typedef struct NAME {                                                                             \
        POLDER_EACH(POLDER_MEMBER, FIELDS)                                                            \
    } NAME;                                                                                           \
    static const polder_field polder_fields_##NAME[] = {POLDER_EACH(POLDER_FIELD, FIELDS)};           \
    static const polder_type polder_type_##NAME = {"+s", polder_fields_##NAME, POLDER_COUNT(FIELDS)}; \
    POLDER_INLINE bool polder_valid_##NAME(const polder_column *column_, size_t position_) {          \
        return !polder_is_null(column_, position_) POLDER_EACH(POLDER_FIELD_VALID, FIELDS);           \
    }                                                                                                 \
    POLDER_INLINE NAME polder_read_##NAME(const polder_column *column_, size_t position_) {           \
        return (NAME){POLDER_COMMAS(POLDER_FIELD_READ, FIELDS)};                                      \
    }                                                                                                 \
    POLDER_INLINE void polder_put_##NAME(polder_builder *builder_, size_t row_, NAME value_) {        \
        POLDER_EACH(POLDER_FIELD_PUT, FIELDS)                                                         \
    }                                                                                                 \
    POLDER_READ_TYPE(NAME)

#define POLDER_MEMBER(INDEX, ...) POLDER_DECLARE(INDEX, __VA_ARGS__);

#define POLDER_FIELD_VALID(INDEX, TYPE, NAME, ...) POLDER_FIELD_VALID_##__VA_ARGS__(INDEX, TYPE)
#define POLDER_FIELD_VALID_(INDEX, TYPE) &&polder_valid_##TYPE(&column_->children[INDEX], position_)
#define POLDER_FIELD_VALID_optional(INDEX, TYPE)

#define POLDER_FIELD_READ(INDEX, TYPE, NAME, ...) POLDER_FIELD_READ_##__VA_ARGS__(INDEX, TYPE)
#define POLDER_FIELD_READ_(INDEX, TYPE) polder_read_##TYPE(&column_->children[INDEX], position_)
#define POLDER_FIELD_READ_optional(INDEX, TYPE)                                                       \
    polder_valid_##TYPE(&column_->children[INDEX], position_)                                         \
        ? memcpy(polder_alloc(sizeof(TYPE)), (TYPE[]){POLDER_FIELD_READ_(INDEX, TYPE)}, sizeof(TYPE)) \
        : NULL

#define POLDER_FIELD_PUT(INDEX, TYPE, NAME, ...) POLDER_FIELD_PUT_##__VA_ARGS__(INDEX, TYPE, NAME)
#define POLDER_FIELD_PUT_(INDEX, TYPE, NAME) polder_put_##TYPE(&builder_->children[INDEX], row_, value_.NAME);
#define POLDER_FIELD_PUT_optional(INDEX, TYPE, NAME)                                \
    value_.NAME ? polder_put_##TYPE(&builder_->children[INDEX], row_, *value_.NAME) \
               : polder_put_null(&builder_->children[INDEX], row_);

/// Makes `NAME` an ARRAY of a type: `items` and `length`. As the last parameter of a variadic function it holds all
/// arguments that are left.
#define POLDER_LIST(NAME, TYPE)                                                                                       \
    typedef struct NAME {                                                                                             \
        const TYPE *items;                                                                                            \
        size_t length;                                                                                                \
    } NAME;                                                                                                           \
    static const polder_field polder_item_##NAME = {.name = "item_", .type = &polder_type_##TYPE};                    \
    static const polder_type polder_type_##NAME = {"+l", &polder_item_##NAME, 1};                                     \
    POLDER_INLINE bool polder_valid_##NAME(const polder_column *column_, size_t position_) {                          \
        if (polder_is_null(column_, position_)) return false;                                                         \
        for (int32_t item_ = column_->offsets[position_]; item_ < column_->offsets[position_ + 1]; item_++) {         \
            if (!polder_valid_##TYPE(column_->children, (size_t)item_)) return false;                                 \
        }                                                                                                             \
        return true;                                                                                                  \
    }                                                                                                                 \
    POLDER_INLINE NAME polder_read_##NAME(const polder_column *column_, size_t position_) {                           \
        size_t start_ = (size_t)column_->offsets[position_];                                                          \
        size_t length_ = (size_t)column_->offsets[position_ + 1] - start_;                                            \
        return (NAME){polder_items_##TYPE(column_->children, start_, length_), length_};                              \
    }                                                                                                                 \
    POLDER_INLINE void polder_put_##NAME(polder_builder *builder_, size_t row_, NAME value_) {                        \
        for (size_t item_ = 0; item_ < value_.length; item_++) {                                                      \
            polder_push_##TYPE(builder_->children, value_.items[item_]);                                              \
        }                                                                                                             \
        polder_put_list(builder_, row_);                                                                              \
    }                                                                                                                 \
    POLDER_INLINE const NAME *polder_items_##NAME(const polder_column *column_, size_t start_, size_t length_) {      \
        NAME *items_ = polder_alloc(length_ * sizeof(NAME));                                                          \
        for (size_t item_ = 0; item_ < length_; item_++) items_[item_] = polder_read_##NAME(column_, start_ + item_); \
        return items_;                                                                                                \
    }                                                                                                                 \
    POLDER_INLINE void polder_push_##NAME(polder_builder *builder_, NAME value_) {                                    \
        polder_builder_grow(builder_);                                                                                \
        polder_put_##NAME(builder_, builder_->length++, value_);                                                      \
    }                                                                                                                 \
    POLDER_INLINE bool polder_present_##NAME(const polder_call *call_, size_t index, size_t row_) {                   \
        if (!call_->function->options.variadic) {                                                                     \
            return polder_valid_##NAME(&call_->columns[index], polder_position(&call_->columns[index], row_));        \
        }                                                                                                             \
        for (; index < call_->column_count; index++) {                                                                \
            if (!polder_present_##TYPE(call_, index, row_)) return false;                                             \
        }                                                                                                             \
        return true;                                                                                                  \
    }                                                                                                                 \
    POLDER_INLINE NAME polder_argument_##NAME(const polder_call *call_, size_t index, size_t row_) {                  \
        if (!call_->function->options.variadic) {                                                                     \
            return polder_read_##NAME(&call_->columns[index], polder_position(&call_->columns[index], row_));         \
        }                                                                                                             \
        size_t length_ = call_->column_count - index;                                                                 \
        TYPE *items_ = polder_alloc(length_ * sizeof(TYPE));                                                          \
        for (size_t item_ = 0; item_ < length_; item_++) {                                                            \
            items_[item_] = polder_argument_##TYPE(call_, index + item_, row_);                                       \
        }                                                                                                             \
        return (NAME){items_, length_};                                                                               \
    }
