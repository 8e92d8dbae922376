/// What C types stand for which types of SQL. A type `T` has these, whoever defines it:
///
/// * `polder_type_T`, the type in Arrow's words;
/// * `polder_valid_T(column, position)`, whether there is a value, and `polder_read_T(column, position)`, which is it;
/// * `polder_items_T(column, start, length)`, several values side by side, which are all there;
/// * `polder_put_T(builder, row, value)`, which writes one, and `polder_push_T(builder, value)`;
/// * `polder_present_T(call, index, row)` and `polder_argument_T(call, index, row)`, which do the same for an argument.
#pragma once

#include "../function.h"
#include "../each.h"

#define POLDER_INLINE [[maybe_unused]] static inline

/// A parameter or field `(type, name)` or `(type, name, optional)`, as C declares it.
#define POLDER_DECLARE(INDEX, TYPE, NAME, ...) POLDER_DECLARE_##__VA_ARGS__(TYPE, NAME)
#define POLDER_DECLARE_(TYPE, NAME) TYPE NAME
#define POLDER_DECLARE_optional(TYPE, NAME) const TYPE *NAME

/// Its record for the description.
#define POLDER_FIELD(INDEX, TYPE, NAME, ...) \
    {.name = #NAME, .type = &polder_type_##TYPE, .optional = POLDER_IS_##__VA_ARGS__},
#define POLDER_IS_ false
#define POLDER_IS_optional true

/// What follows from the rest, for types whose values have to be read one by one.
#define POLDER_READ_TYPE(TYPE)                                                                                        \
    POLDER_INLINE const TYPE *polder_items_##TYPE(const polder_column *column_, size_t start_, size_t length_) {      \
        TYPE *items_ = polder_alloc(length_ * sizeof(TYPE));                                                          \
        for (size_t item_ = 0; item_ < length_; item_++) items_[item_] = polder_read_##TYPE(column_, start_ + item_); \
        return items_;                                                                                                \
    }                                                                                                                 \
    POLDER_TYPE_OF_ARGUMENT(TYPE)

/// What follows from the rest, for types that are no lists.
#define POLDER_TYPE_OF_ARGUMENT(TYPE)                                                                \
    POLDER_INLINE void polder_push_##TYPE(polder_builder *builder_, TYPE value_) {                   \
        polder_builder_grow(builder_);                                                               \
        polder_put_##TYPE(builder_, builder_->length++, value_);                                     \
    }                                                                                                \
    POLDER_INLINE bool polder_present_##TYPE(const polder_call *call_, size_t index, size_t row_) {  \
        const polder_column *column_ = &call_->columns[index];                                       \
        return polder_valid_##TYPE(column_, polder_position(column_, row_));                         \
    }                                                                                                \
    POLDER_INLINE TYPE polder_argument_##TYPE(const polder_call *call_, size_t index, size_t row_) { \
        const polder_column *column_ = &call_->columns[index];                                       \
        return polder_read_##TYPE(column_, polder_position(column_, row_));                          \
    }

/// A type whose values have a fixed width and lie in the buffers as C has them.
#define POLDER_FIXED_TYPE(TYPE, FORMAT)                                                                  \
    [[maybe_unused]] static const polder_type polder_type_##TYPE = {.format = FORMAT};                   \
    POLDER_INLINE bool polder_valid_##TYPE(const polder_column *column_, size_t position_) {             \
        return !polder_is_null(column_, position_);                                                      \
    }                                                                                                    \
    POLDER_INLINE const TYPE *polder_values_##TYPE(const polder_column *column_) {                       \
        return column_->values;                                                                          \
    }                                                                                                    \
    POLDER_INLINE TYPE polder_read_##TYPE(const polder_column *column_, size_t position_) {              \
        return polder_values_##TYPE(column_)[position_];                                                 \
    }                                                                                                    \
    POLDER_INLINE void polder_put_##TYPE(polder_builder *builder_, size_t row_, TYPE value_) {           \
        ((TYPE *)builder_->values)[row_] = value_;                                                       \
    }                                                                                                    \
    POLDER_INLINE TYPE *polder_fill_##TYPE(polder_builder *builder_, size_t rows_) {                     \
        polder_builder_reserve(builder_, rows_);                                                         \
        builder_->length = rows_;                                                                        \
        return builder_->values;                                                                         \
    }                                                                                                    \
    POLDER_INLINE const TYPE *polder_items_##TYPE(const polder_column *column_, size_t start_, size_t) { \
        return polder_values_##TYPE(column_) + start_;                                                   \
    }                                                                                                    \
    POLDER_TYPE_OF_ARGUMENT(TYPE)

POLDER_FIXED_TYPE(int8_t, "c")
POLDER_FIXED_TYPE(int16_t, "s")
POLDER_FIXED_TYPE(int32_t, "i")
POLDER_FIXED_TYPE(int64_t, "l")
POLDER_FIXED_TYPE(uint8_t, "C")
POLDER_FIXED_TYPE(uint16_t, "S")
POLDER_FIXED_TYPE(uint32_t, "I")
POLDER_FIXED_TYPE(uint64_t, "L")
POLDER_FIXED_TYPE(float, "f")
POLDER_FIXED_TYPE(double, "g")
POLDER_FIXED_TYPE(polder_date, "tdD")
POLDER_FIXED_TYPE(polder_timestamp, "tsu:UTC")
POLDER_FIXED_TYPE(polder_local_timestamp, "tsu:")

/// Makes `NAME` a type for DECIMAL(PRECISION, SCALE): `units` counts units of 10^-SCALE.
#define POLDER_DECIMAL(NAME, PRECISION, SCALE) \
    typedef struct NAME {                      \
        __int128 units;                        \
    } NAME;                                    \
    POLDER_FIXED_TYPE(NAME, "d:" #PRECISION "," #SCALE)

[[maybe_unused]] static const polder_type polder_type_bool = {.format = "b"};

POLDER_INLINE bool polder_valid_bool(const polder_column *column, size_t position) {
    return !polder_is_null(column, position);
}

POLDER_INLINE bool polder_read_bool(const polder_column *column, size_t position) {
    return polder_bit(column->values, position);
}

POLDER_INLINE void polder_put_bool(polder_builder *builder, size_t row, bool value) {
    polder_put_bit(builder, row, value);
}

POLDER_READ_TYPE(bool)

[[maybe_unused]] static const polder_type polder_type_polder_text = {.format = "u"};

POLDER_INLINE bool polder_valid_polder_text(const polder_column *column, size_t position) {
    return !polder_is_null(column, position);
}

POLDER_INLINE polder_text polder_read_polder_text(const polder_column *column, size_t position) {
    return polder_text_at(column, position);
}

POLDER_INLINE void polder_put_polder_text(polder_builder *builder, size_t row, polder_text value) {
    polder_put_bytes(builder, row, value.data, value.length);
}

POLDER_READ_TYPE(polder_text)

[[maybe_unused]] static const polder_type polder_type_polder_bytes = {.format = "z"};

POLDER_INLINE bool polder_valid_polder_bytes(const polder_column *column, size_t position) {
    return !polder_is_null(column, position);
}

POLDER_INLINE polder_bytes polder_read_polder_bytes(const polder_column *column, size_t position) {
    polder_text text = polder_text_at(column, position);
    return (polder_bytes){(const uint8_t *)text.data, text.length};
}

POLDER_INLINE void polder_put_polder_bytes(polder_builder *builder, size_t row, polder_bytes value) {
    polder_put_bytes(builder, row, value.data, value.length);
}

POLDER_READ_TYPE(polder_bytes)

/// Any type. It sees nulls.
[[maybe_unused]] static const polder_type polder_type_polder_value = {.format = NULL};

POLDER_INLINE bool polder_valid_polder_value(const polder_column *, size_t) {
    return true;
}

POLDER_INLINE polder_value polder_read_polder_value(const polder_column *column, size_t position) {
    return (polder_value){column, position};
}

POLDER_INLINE void polder_put_polder_value(polder_builder *builder, size_t row, polder_value value) {
    polder_put_value(builder, row, value);
}

POLDER_READ_TYPE(polder_value)

/// The value as a C type: `double x; if (polder_value_get(value, double, &x)) …`. False when it is null or of
/// another type.
#define polder_value_get(VALUE, TYPE, TO)                         \
    (polder_type_equal((VALUE).column->type, &polder_type_##TYPE) \
     && polder_valid_##TYPE((VALUE).column, (VALUE).position)     \
     && (*(TO) = polder_read_##TYPE((VALUE).column, (VALUE).position), true))
