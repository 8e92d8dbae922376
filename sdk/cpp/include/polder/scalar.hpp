/// Scalar functions: from rows to values.
#pragma once

#include "call.hpp"

namespace polder {

template <auto F>
struct scalar_of : entry<typename signature<decltype(F)>::parameters> {
    using parameters = typename signature<decltype(F)>::parameters;
    using returned = typename signature<decltype(F)>::returned;
    using arguments = polder::arguments<parameters>;

    scalar_of(const char *name, std::initializer_list<const char *> names, const options &options)
        : entry<parameters>(name, polder_scalar_kind, &sql<inner_t<returned>>::type, names, options) {
        this->function.call = call;
        polder_enter(&this->function);
    }

    static void call(const polder_call *call, polder_builder *result) {
        for (size_t row = 0; row < call->rows; row++) {
            if (!call->dense && !arguments::valid(*call, row)) {
                polder_put_null(result, row);
                continue;
            }
            put(*result, row, arguments::apply(F, *call, row));
            if (polder_pending && !polder_settle(result, row)) return;
        }
        result->length = call->rows;
    }
};

/// A column of `T`; `values()` are those of numbers, which for a constant are one.
template <class T>
struct column {
    const polder_column *raw;

    size_t size() const {
        return raw->length;
    }

    bool is_constant() const {
        return raw->constant;
    }

    std::span<const T> values() const
        requires fixed_type<T>
    {
        return {sql<T>::values(*raw), raw->constant ? 1 : raw->length};
    }

    /// The value of a row; none where it is null.
    std::optional<T> operator[](size_t row) const {
        return sql<std::optional<T>>::read(*raw, polder_position(raw, row));
    }
};

/// The result of a function of whole columns: as many values or nulls as there are rows are pushed, or filled in place.
template <class T>
struct column_builder {
    polder_builder *raw;
    size_t rows;

    void push(const T &value) {
        polder::push<T>(*raw, value);
    }

    void push_null() {
        polder_push_null(raw);
    }

    /// All rows of a result of numbers.
    std::span<T> fill()
        requires fixed_type<T>
    {
        polder_builder_reserve(raw, rows);
        raw->length = rows;
        return {static_cast<T *>(raw->values), rows};
    }

    /// Makes every row null that is null in `other`.
    template <class U>
    void null_where(column<U> other) {
        polder_null_where(raw, other.raw);
    }
};

template <auto F>
struct columns_of;

template <class R, class... A, void (*F)(column_builder<R>, column<A>...)>
struct columns_of<F> : entry<std::tuple<A...>> {
    columns_of(const char *name, std::initializer_list<const char *> names, const options &options)
        : entry<std::tuple<A...>>(name, polder_scalar_kind, &sql<R>::type, names, options) {
        this->function.call = call;
        polder_enter(&this->function);
    }

    static void call(const polder_call *call, polder_builder *result) {
        [&]<size_t... Index>(std::index_sequence<Index...>) {
            F(column_builder<R>{result, call->rows}, column<A>{&call->columns[Index]}...);
        }(std::index_sequence_for<A...>());
    }
};

}  // namespace polder

/// Makes a function a scalar function: `POLDER_SCALAR(parse, (text, base), .doc = "…")`. A null in an argument makes the
/// result null, unless the parameter is a `std::optional`. What comes after the names are members of `polder::options`.
#define POLDER_SCALAR(NAME, PARAMETERS, ...) POLDER_ENTER(scalar_of, NAME, PARAMETERS, __VA_ARGS__)
/// Makes a function of whole columns one: `void plus(polder::column_builder<double> result, polder::column<double> a,
/// polder::column<double> b)`.
#define POLDER_COLUMNS(NAME, PARAMETERS, ...) POLDER_ENTER(columns_of, NAME, PARAMETERS, __VA_ARGS__)
