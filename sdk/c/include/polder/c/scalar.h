/// Scalar functions: from rows to values.
#pragma once

#include "nested.h"

/// A scalar function, whose body follows:
///
///     POLDER_SCALAR(double, hypotenuse, ((double, a), (double, b)), .doc = "The longest side.") {
///         return sqrt(a * a + b * b);
///     }
///
/// A null in an argument makes the result null, unless its parameter is `(double, a, optional)`: then `a` is a pointer,
/// NULL for null. What comes after the parameters are members of `polder_options`.
#define POLDER_SCALAR(RESULT, NAME, PARAMETERS, ...)                                                        \
    static inline RESULT NAME(POLDER_COMMAS(POLDER_DECLARE, PARAMETERS));                                   \
    static void polder_call_##NAME(const polder_call *call_, polder_builder *result_) {                     \
        if (call_->dense) {                                                                                 \
            for (size_t row_ = 0; row_ < call_->rows; row_++) {                                             \
                RESULT value_ = NAME(POLDER_COMMAS(POLDER_DENSE, PARAMETERS));                              \
                if (polder_has_value()) polder_put_##RESULT(result_, row_, value_);                         \
                if (polder_pending && !polder_settle(result_, row_)) return;                                \
            }                                                                                               \
        } else {                                                                                            \
            for (size_t row_ = 0; row_ < call_->rows; row_++) {                                             \
                if (!(true POLDER_EACH(POLDER_PRESENT, PARAMETERS))) {                                      \
                    polder_put_null(result_, row_);                                                         \
                    continue;                                                                               \
                }                                                                                           \
                RESULT value_ = NAME(POLDER_COMMAS(POLDER_ARGUMENT, PARAMETERS));                           \
                if (polder_has_value()) polder_put_##RESULT(result_, row_, value_);                         \
                if (polder_pending && !polder_settle(result_, row_)) return;                                \
            }                                                                                               \
        }                                                                                                   \
        result_->length = call_->rows;                                                                      \
    }                                                                                                       \
    POLDER_FUNCTION(NAME, scalar, PARAMETERS, .returns = &polder_type_##RESULT, .call = polder_call_##NAME, \
                    .options = {__VA_ARGS__})                                                               \
    static inline RESULT NAME(POLDER_COMMAS(POLDER_DECLARE, PARAMETERS))

/// A scalar function of whole columns, whose body follows. It gets `size_t rows`, a `const polder_column *` for each
/// parameter and a `polder_builder *result`, to which it pushes as many values or nulls as there are rows.
#define POLDER_COLUMNS(RESULT, NAME, PARAMETERS, ...)                                                       \
    static void NAME(size_t rows POLDER_EACH(POLDER_DECLARE_COLUMN, PARAMETERS), polder_builder *result);   \
    static void polder_call_##NAME(const polder_call *call_, polder_builder *result) {                      \
        NAME(call_->rows POLDER_EACH(POLDER_COLUMN, PARAMETERS), result);                                   \
    }                                                                                                       \
    POLDER_FUNCTION(NAME, scalar, PARAMETERS, .returns = &polder_type_##RESULT, .call = polder_call_##NAME, \
                    .options = {__VA_ARGS__})                                                               \
    static void NAME(size_t rows POLDER_EACH(POLDER_DECLARE_COLUMN, PARAMETERS), polder_builder *result)

#define POLDER_DECLARE_COLUMN(INDEX, TYPE, NAME, ...) , const polder_column *NAME
#define POLDER_COLUMN(INDEX, ...) , &call_->columns[INDEX]

/// Enters a function when the component starts.
#define POLDER_FUNCTION(NAME, KIND, PARAMETERS, ...)                                                   \
    static const polder_field polder_parameters_##NAME[] = {POLDER_EACH(POLDER_FIELD, PARAMETERS) {}}; \
    static polder_function polder_function_##NAME = {                                                  \
        .name = #NAME,                                                                                 \
        .kind = &polder_##KIND##_kind,                                                                 \
        .parameters = polder_parameters_##NAME,                                                        \
        .parameter_count = POLDER_COUNT(PARAMETERS),                                                   \
        __VA_ARGS__,                                                                                   \
    };                                                                                                 \
    [[gnu::constructor]] static void polder_enter_##NAME(void) {                                       \
        polder_enter(&polder_function_##NAME);                                                         \
    }

/// Examples for the documentation: `.examples = POLDER_EXAMPLES({"{schema}.twice(2)", "4"})`.
#define POLDER_EXAMPLES(...) \
    (const polder_example[]) { __VA_ARGS__, {} }

/// Whether an argument lets the function be called.
#define POLDER_PRESENT(INDEX, TYPE, NAME, ...) POLDER_PRESENT_##__VA_ARGS__(INDEX, TYPE)
#define POLDER_PRESENT_(INDEX, TYPE) &&polder_present_##TYPE(call_, INDEX, row_)
#define POLDER_PRESENT_optional(INDEX, TYPE)

/// An argument of the row.
#define POLDER_ARGUMENT(INDEX, TYPE, NAME, ...) POLDER_ARGUMENT_##__VA_ARGS__(INDEX, TYPE)
#define POLDER_ARGUMENT_(INDEX, TYPE) polder_argument_##TYPE(call_, INDEX, row_)
#define POLDER_ARGUMENT_optional(INDEX, TYPE) \
    polder_present_##TYPE(call_, INDEX, row_) ? (TYPE[]){polder_argument_##TYPE(call_, INDEX, row_)} : NULL

/// The same where nothing is constant or null.
#define POLDER_DENSE(INDEX, TYPE, NAME, ...) POLDER_DENSE_##__VA_ARGS__(INDEX, TYPE)
#define POLDER_DENSE_(INDEX, TYPE) polder_argument_##TYPE(call_, INDEX, row_)
#define POLDER_DENSE_optional(INDEX, TYPE) (TYPE[]){polder_argument_##TYPE(call_, INDEX, row_)}

/// Parameters and arguments that come after others.
#define POLDER_DECLARE_MORE(INDEX, ...) , POLDER_DECLARE(INDEX, __VA_ARGS__)
#define POLDER_ARGUMENT_MORE(INDEX, ...) , POLDER_ARGUMENT(INDEX, __VA_ARGS__)
