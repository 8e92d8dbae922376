/// Table functions: from one row to any number of rows.
#pragma once

#include <new>

#include "call.hpp"

namespace polder {

/// The rows of a vector, as a generator.
template <class Row>
struct rows_of_vector {
    std::vector<Row> rows;
    size_t next = 0;

    std::optional<Row> operator()() {
        return next < rows.size() ? std::optional(std::move(rows[next++])) : std::nullopt;
    }
};

template <class T>
auto generator_of(T generator) {
    return generator;
}
template <class Row>
auto generator_of(std::vector<Row> rows) {
    return rows_of_vector<Row>{std::move(rows)};
}

template <class T>
struct without_result {
    using type = T;
};
template <class T, class E>
struct without_result<std::expected<T, E>> {
    using type = T;
};

template <auto F>
struct table_of : entry<typename signature<decltype(F)>::parameters> {
    using parameters = typename signature<decltype(F)>::parameters;
    using returned = typename without_result<typename signature<decltype(F)>::returned>::type;
    using generator = decltype(generator_of(std::declval<returned>()));
    using row = inner_t<decltype(std::declval<generator &>()())>;
    using arguments = polder::arguments<parameters>;

    table_of(const char *name, std::initializer_list<const char *> names, const options &options)
        : entry<parameters>(name, polder_table_kind, &sql<row>::type, names, options) {
        this->function.table = &operations;
        polder_enter(&this->function);
    }

    static bool open(const polder_call *call, size_t row, void *cursor) {
        if (!arguments::valid(*call, row)) return false;
        auto returned = settled(arguments::apply(F, *call, row));
        if (returned) new (cursor) generator(generator_of(std::move(*returned)));
        return returned.has_value();
    }

    static bool next(void *cursor, polder_builder *rows) {
        auto returned = (*static_cast<generator *>(cursor))();
        if constexpr (is_expected<decltype(returned)>) {
            auto row = settled(std::move(returned));
            if (row && *row) push(*rows, **row);
            return row && *row;
        } else {
            if (returned) push(*rows, *returned);
            return returned.has_value();
        }
    }

    static void close(void *cursor) {
        static_cast<generator *>(cursor)->~generator();
    }

    static constexpr polder_table operations{sizeof(generator), open, next, close};
};

}  // namespace polder

/// Makes a function a table function. It returns a generator: something to be called for the next row, which is none at
/// the end; or a vector of rows; or a result of either. It is called no more often than the statement needs rows: they may
/// be endless. Rows and generators may borrow from the arguments.
///
///     auto words(std::string_view text) {
///         return [text, position = int64_t{0}] mutable -> std::optional<word> { … };
///     }
#define POLDER_TABLE(NAME, PARAMETERS, ...) POLDER_ENTER(table_of, NAME, PARAMETERS, __VA_ARGS__)
