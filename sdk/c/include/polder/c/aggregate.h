/// Aggregate functions: from groups of rows to one value a group.
#pragma once

#include "scalar.h"

/// Makes `NAME` the state of an aggregate, a struct whose fields are the columns of a partial state. It begins as
/// zeros. A text in it is a `polder_string`, which owns its bytes.
#define POLDER_STATE(NAME, ...)                                  \
    POLDER_ROW(NAME, __VA_ARGS__)                                \
    static void polder_drop_state_##NAME(void *state_) {         \
        NAME *this = state_;                                     \
        POLDER_EACH(POLDER_FIELD_DROP, (__VA_ARGS__))            \
    }                                                            \
    static size_t polder_size_state_##NAME(const void *state_) { \
        const NAME *this = state_;                               \
        return 0 POLDER_EACH(POLDER_FIELD_SIZE, (__VA_ARGS__));  \
    }

#define POLDER_FIELD_DROP(INDEX, TYPE, NAME)                                                           \
    static_assert(_Generic(this->NAME, polder_text: false, polder_bytes: false, polder_value: false,   \
                           default: true), "a state owns what is in it: a text is a `polder_string`"); \
    POLDER_OWNED(this->NAME, polder_string_free, polder_keep)(&this->NAME);
#define POLDER_FIELD_SIZE(INDEX, TYPE, NAME) +POLDER_OWNED(this->NAME, polder_string_size, polder_no_size)(&this->NAME)
#define POLDER_OWNED(VALUE, OWNED, OTHER) _Generic(VALUE, polder_string: OWNED, default: OTHER)

POLDER_INLINE void polder_keep(const void *) {}

POLDER_INLINE size_t polder_string_size(const polder_string *string) {
    return string->capacity;
}

POLDER_INLINE size_t polder_no_size(const void *) {
    return 0;
}

/// An aggregate over a state of the same name, made by `POLDER_STATE`. Its functions are ordinary ones:
///
///     static void NAME_update(NAME *state, …parameters…);           // one row; rows with a null are left out
///     static void NAME_merge(NAME *state, const NAME *other);       // another part's state
///     static RESULT NAME_evaluate(const NAME *state);
#define POLDER_AGGREGATE(RESULT, NAME, PARAMETERS, ...)                                                     \
    static void NAME##_update(NAME *state_ POLDER_EACH(POLDER_DECLARE_MORE, PARAMETERS));                   \
    static void NAME##_merge(NAME *state_, const NAME *other_);                                             \
    static RESULT NAME##_evaluate(const NAME *state_);                                                      \
    static void polder_update_##NAME(const polder_call *call_, void *states_, const uint32_t *groups_) {    \
        for (size_t row_ = 0; row_ < call_->rows; row_++) {                                                 \
            if (!call_->dense && !(true POLDER_EACH(POLDER_PRESENT, PARAMETERS))) continue;                 \
            NAME##_update((NAME *)states_ + groups_[row_] POLDER_EACH(POLDER_ARGUMENT_MORE, PARAMETERS));   \
            if (polder_pending && !polder_settle(NULL, row_)) return;                                       \
        }                                                                                                   \
    }                                                                                                       \
    static void polder_merge_##NAME(const polder_column *others_, void *states_, const uint32_t *groups_) { \
        for (size_t row_ = 0; row_ < others_->length; row_++) {                                             \
            NAME other_ = polder_read_##NAME(others_, row_);                                                \
            NAME##_merge((NAME *)states_ + groups_[row_], &other_);                                         \
            if (polder_pending && !polder_settle(NULL, row_)) return;                                       \
        }                                                                                                   \
    }                                                                                                       \
    static void polder_save_##NAME(void *states_, size_t count_, polder_builder *rows_) {                   \
        for (size_t row_ = 0; row_ < count_; row_++) polder_push_##NAME(rows_, ((NAME *)states_)[row_]);    \
    }                                                                                                       \
    static void polder_evaluate_##NAME(void *states_, size_t count_, polder_builder *result_) {             \
        for (size_t row_ = 0; row_ < count_; row_++) {                                                      \
            RESULT value_ = NAME##_evaluate((NAME *)states_ + row_);                                        \
            if (polder_has_value()) polder_put_##RESULT(result_, row_, value_);                             \
            if (polder_pending && !polder_settle(result_, row_)) return;                                    \
        }                                                                                                   \
        result_->length = count_;                                                                           \
    }                                                                                                       \
    static const polder_aggregate polder_aggregate_##NAME = {                                               \
        .state_size = sizeof(NAME),                                                                         \
        .state = &polder_type_##NAME,                                                                       \
        .update = polder_update_##NAME,                                                                     \
        .merge = polder_merge_##NAME,                                                                       \
        .save = polder_save_##NAME,                                                                         \
        .evaluate = polder_evaluate_##NAME,                                                                 \
        .drop = polder_drop_state_##NAME,                                                                   \
        .size = polder_size_state_##NAME,                                                                   \
    };                                                                                                      \
    POLDER_FUNCTION(NAME, aggregate, PARAMETERS, .returns = &polder_type_##RESULT,                          \
                    .aggregate = &polder_aggregate_##NAME, .options = {__VA_ARGS__})

[[maybe_unused]] static const polder_type polder_type_polder_string = {.format = "u"};

/// Null is one of its values.
POLDER_INLINE bool polder_valid_polder_string(const polder_column *, size_t) {
    return true;
}

/// A view, which owns nothing.
POLDER_INLINE polder_string polder_read_polder_string(const polder_column *column, size_t position) {
    if (polder_is_null(column, position)) return (polder_string){};
    polder_text text = polder_text_at(column, position);
    return (polder_string){(char *)text.data, text.length, 0};
}

POLDER_INLINE void polder_put_polder_string(polder_builder *builder, size_t row, polder_string value) {
    if (value.data) {
        polder_put_bytes(builder, row, value.data, value.length);
    } else {
        polder_put_null(builder, row);
    }
}
