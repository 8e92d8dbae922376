/// Aggregate functions: from groups of rows to one value a group.
#pragma once

#include <new>

#include "call.hpp"

namespace polder {

/// The state of an aggregate: a row whose members are the columns of a partial state. States are moved in memory as
/// bytes, which texts, vectors and optionals of the standard library bear.
template <row_type S>
struct aggregate_of : entry<typename signature<decltype(&S::update)>::parameters> {
    using parameters = typename signature<decltype(&S::update)>::parameters;
    using returned = typename signature<decltype(&S::evaluate)>::returned;
    using arguments = polder::arguments<parameters>;

    aggregate_of(const char *name, std::initializer_list<const char *> names, const options &options)
        : entry<parameters>(name, polder_aggregate_kind, &sql<inner_t<returned>>::type, names, options) {
        this->function.aggregate = &operations;
        polder_enter(&this->function);
    }

    /// Whether a member only points to what it means.
    template <class T>
    static constexpr bool is_view = std::is_same_v<inner_t<T>, std::string_view> || std::is_same_v<inner_t<T>, bytes>
        || std::is_same_v<inner_t<T>, value>;

    static_assert(sql<S>::each([](auto... members) { return (!is_view<typename decltype(members)::type> && ...); }),
                  "a state owns what is in it: a text is a std::string");

    static S *at(void *states) {
        return static_cast<S *>(states);
    }

    static void update(const polder_call *call, void *states, const uint32_t *groups) {
        for (size_t row = 0; row < call->rows; row++) {
            if (!call->dense && !arguments::valid(*call, row)) continue;
            S &state = at(states)[groups[row]];
            arguments::apply([&](auto &&...values) { done([&] { return state.update(values...); }); }, *call, row);
            if (polder_pending && !polder_settle(nullptr, row)) return;
        }
    }

    static void merge(const polder_column *others, void *states, const uint32_t *groups) {
        for (size_t row = 0; row < others->length; row++) {
            S other = sql<S>::read(*others, row);
            done([&] { return at(states)[groups[row]].merge(std::move(other)); });
            if (polder_pending && !polder_settle(nullptr, row)) return;
        }
    }

    /// Calls what returns nothing, or a result of nothing.
    static void done(auto &&function) {
        if constexpr (!std::is_void_v<decltype(function())>) settled(function());
        else function();
    }

    static void save(void *states, size_t count, polder_builder *rows) {
        for (size_t row = 0; row < count; row++) push<S>(*rows, at(states)[row]);
    }

    static void evaluate(void *states, size_t count, polder_builder *result) {
        for (size_t row = 0; row < count; row++) {
            put(*result, row, at(states)[row].evaluate());
            if (polder_pending && !polder_settle(result, row)) return;
        }
        result->length = count;
    }

    static void start(void *state) {
        new (state) S();
    }

    static void drop(void *state) {
        at(state)->~S();
    }

    static size_t size(const void *state) {
        return sql<S>::each([&](auto... members) {
            return (heap_size(static_cast<const S *>(state)->*members.pointer) + ... + 0);
        });
    }

    template <class T>
    static size_t heap_size(const T &value) {
        if constexpr (is_optional<T>) return value ? heap_size(*value) : 0;
        else if constexpr (requires { value.capacity(); }) return value.capacity() * sizeof(*value.data());
        else return 0;
    }

    static constexpr polder_aggregate operations{
        sizeof(S), &sql<S>::type, update, merge, save, evaluate, start, drop, size,
    };
};

}  // namespace polder

/// Makes a struct an aggregate, after `POLDER_ROW` of its members:
///
///     struct longest {
///         std::optional<std::string> text;
///         void update(std::string_view text);                     // one row; rows with a null are left out
///         void merge(longest other);                              // another part's state
///         std::optional<std::string> evaluate() const;
///     };
#define POLDER_AGGREGATE(NAME, PARAMETERS, ...) POLDER_ENTER(aggregate_of, NAME, PARAMETERS, __VA_ARGS__)
