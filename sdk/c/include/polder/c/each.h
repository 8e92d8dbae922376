/// The preprocessor's loop over lists of tuples such as `((double, x), (int64_t, base, optional))`.
#pragma once

#define POLDER_UNWRAP(...) __VA_ARGS__
#define POLDER_APPLY(MACRO, ...) MACRO(__VA_ARGS__)

/// `MACRO(index, members of the tuple…)` for each tuple of a list.
#define POLDER_EACH(MACRO, LIST) POLDER_EACH_OF(MACRO, POLDER_UNWRAP LIST)
/// The same with commas in between.
#define POLDER_COMMAS(MACRO, LIST) POLDER_COMMAS_OF(MACRO, POLDER_UNWRAP LIST)
/// How many tuples there are.
#define POLDER_COUNT(LIST) (0 POLDER_EACH(POLDER_ONE, LIST))
#define POLDER_ONE(...) +1

#define POLDER_EACH_OF(MACRO, ...) __VA_OPT__(POLDER_RESCAN(POLDER_EACH_STEP(MACRO, 0, __VA_ARGS__)))
#define POLDER_EACH_STEP(MACRO, INDEX, TUPLE, ...)   \
    POLDER_APPLY(MACRO, INDEX, POLDER_UNWRAP TUPLE)  \
    __VA_OPT__(POLDER_EACH_AGAIN POLDER_PARENTHESES(MACRO, INDEX + 1, __VA_ARGS__))
#define POLDER_EACH_AGAIN() POLDER_EACH_STEP

#define POLDER_COMMAS_OF(MACRO, ...) __VA_OPT__(POLDER_RESCAN(POLDER_COMMAS_STEP(MACRO, 0, __VA_ARGS__)))
#define POLDER_COMMAS_STEP(MACRO, INDEX, TUPLE, ...) \
    POLDER_APPLY(MACRO, INDEX, POLDER_UNWRAP TUPLE)  \
    __VA_OPT__(, POLDER_COMMAS_AGAIN POLDER_PARENTHESES(MACRO, INDEX + 1, __VA_ARGS__))
#define POLDER_COMMAS_AGAIN() POLDER_COMMAS_STEP

#define POLDER_PARENTHESES ()
/// Each scan takes one more step; there are enough for 80 tuples.
#define POLDER_RESCAN(...) POLDER_SCAN3(POLDER_SCAN3(POLDER_SCAN3(__VA_ARGS__)))
#define POLDER_SCAN3(...) POLDER_SCAN2(POLDER_SCAN2(POLDER_SCAN2(__VA_ARGS__)))
#define POLDER_SCAN2(...) POLDER_SCAN1(POLDER_SCAN1(POLDER_SCAN1(__VA_ARGS__)))
#define POLDER_SCAN1(...) POLDER_SCAN0(POLDER_SCAN0(POLDER_SCAN0(__VA_ARGS__)))
#define POLDER_SCAN0(...) __VA_ARGS__

/// A parameter or field `(type, name)` or `(type, name, optional)`, as C declares it.
#define POLDER_DECLARE(INDEX, TYPE, NAME, ...) POLDER_DECLARE_##__VA_ARGS__(TYPE, NAME)
#define POLDER_DECLARE_(TYPE, NAME) TYPE NAME
#define POLDER_DECLARE_optional(TYPE, NAME) const TYPE *NAME

/// Its record for the description.
#define POLDER_FIELD(INDEX, TYPE, NAME, ...) \
    {.name = #NAME, .type = &polder_type_##TYPE, .optional = POLDER_IS_##__VA_ARGS__},
#define POLDER_IS_ false
#define POLDER_IS_optional true
