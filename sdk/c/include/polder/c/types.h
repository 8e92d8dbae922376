/// What C types stand for which types of SQL. A type `T` has these, whoever defines it:
///
/// * `polder_type_T`, the type in Arrow's words;
/// * `polder_valid_T(column, position)`, whether there is a value, and `polder_read_T(column, position)`, which is it;
/// * `polder_put_T(builder, row, value)`, which writes one;
/// * `polder_present_T(call, index, row)` and `polder_argument_T(call, index, row)`, which do the same for an argument.
#pragma once

#include "../function.h"
#include "each.h"

#define POLDER_INLINE [[maybe_unused]] static inline

/// What follows from the rest, for types that are no lists.
#define POLDER_TYPE_OF_ARGUMENT(TYPE)                                                                             \
    POLDER_INLINE void polder_push_##TYPE(polder_builder *builder, TYPE value) {                                  \
        polder_builder_grow(builder);                                                                             \
        polder_put_##TYPE(builder, builder->length++, value);                                                     \
    }                                                                                                             \
    POLDER_INLINE bool polder_present_##TYPE(const polder_call *call, size_t index, size_t row) {                 \
        const polder_column *column = &call->columns[index];                                                      \
        return polder_valid_##TYPE(column, polder_position(column, row));                                         \
    }                                                                                                             \
    POLDER_INLINE TYPE polder_argument_##TYPE(const polder_call *call, size_t index, size_t row) {                \
        const polder_column *column = &call->columns[index];                                                      \
        return polder_read_##TYPE(column, polder_position(column, row));                                          \
    }

/// A type whose values have a fixed width and lie in the buffers as C has them.
#define POLDER_FIXED_TYPE(TYPE, FORMAT)                                                                           \
    [[maybe_unused]] static const polder_type polder_type_##TYPE = {.format = FORMAT};                            \
    POLDER_INLINE bool polder_valid_##TYPE(const polder_column *column, size_t position) {                        \
        return !polder_is_null(column, position);                                                                 \
    }                                                                                                             \
    POLDER_INLINE const TYPE *polder_values_##TYPE(const polder_column *column) {                                 \
        return column->values;                                                                                    \
    }                                                                                                             \
    POLDER_INLINE TYPE polder_read_##TYPE(const polder_column *column, size_t position) {                         \
        return polder_values_##TYPE(column)[position];                                                            \
    }                                                                                                             \
    POLDER_INLINE void polder_put_##TYPE(polder_builder *builder, size_t row, TYPE value) {                       \
        ((TYPE *)builder->values)[row] = value;                                                                   \
    }                                                                                                             \
    POLDER_INLINE TYPE *polder_fill_##TYPE(polder_builder *builder, size_t rows) {                                \
        polder_builder_reserve(builder, rows);                                                                    \
        builder->length = rows;                                                                                   \
        return builder->values;                                                                                   \
    }                                                                                                             \
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

POLDER_TYPE_OF_ARGUMENT(bool)

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

POLDER_TYPE_OF_ARGUMENT(polder_text)

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

POLDER_TYPE_OF_ARGUMENT(polder_bytes)

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

POLDER_TYPE_OF_ARGUMENT(polder_value)

/// The value as a C type: `double x; if (polder_value_get(value, double, &x)) …`. False when it is null or of
/// another type.
#define polder_value_get(VALUE, TYPE, TO)                                                                           \
    (polder_type_equal((VALUE).column->type, &polder_type_##TYPE) && polder_valid_##TYPE((VALUE).column, (VALUE).position) \
     && (*(TO) = polder_read_##TYPE((VALUE).column, (VALUE).position), true))
