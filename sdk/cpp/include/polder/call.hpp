/// How the arguments of a row reach a function, and what it returns reaches a column.
#pragma once

#include "error.hpp"
#include "nested.hpp"

namespace polder {

/// The parameters of a function, and the value that it returns.
template <class F>
struct signature;

template <class R, class... A>
struct signature<R (*)(A...)> {
    using returned = R;
    using parameters = std::tuple<std::remove_cvref_t<A>...>;
};

template <class R, class... A>
struct signature<R (*)(A...) noexcept> : signature<R (*)(A...)> {};
template <class T, class R, class... A>
struct signature<R (T::*)(A...)> : signature<R (*)(A...)> {};
template <class T, class R, class... A>
struct signature<R (T::*)(A...) const> : signature<R (*)(A...)> {};

/// What is in a result, an optional, or in both.
template <class T>
struct inner {
    using type = T;
};
template <class T, class E>
struct inner<std::expected<T, E>> : inner<T> {};
template <class T>
struct inner<std::optional<T>> : inner<T> {};
template <class T>
using inner_t = typename inner<T>::type;

template <class T>
constexpr bool is_expected = false;
template <class T, class E>
constexpr bool is_expected<std::expected<T, E>> = true;

/// A value that was returned, taken out of the result around it; an error becomes the failure of the call.
template <class T>
auto settled(T &&returned) {
    if constexpr (is_expected<std::remove_cvref_t<T>>) {
        using value = typename std::remove_cvref_t<T>::value_type;
        if constexpr (std::is_void_v<value>) {
            if (!returned) {
                std::string_view message = message_of(returned.error());
                polder_fail_with({message.data(), message.size()});
            }
            return returned.has_value();
        } else {
            if (returned) return std::optional<value>(std::move(*returned));
            std::string_view message = message_of(returned.error());
            polder_fail_with({message.data(), message.size()});
            return std::optional<value>();
        }
    } else {
        return std::optional<std::remove_cvref_t<T>>(std::forward<T>(returned));
    }
}

/// Puts what a function returned into a row.
template <class T>
void put(polder_builder &builder, size_t row, T &&returned) {
    using type = std::remove_cvref_t<T>;
    if constexpr (is_expected<type>) {
        if (auto value = settled(std::forward<T>(returned))) put(builder, row, std::move(*value));
    } else {
        sql<type>::put(builder, row, returned);
    }
}

/// One argument: a column, or for the vector at the end of a variadic function all that are left.
template <class T>
struct argument {
    static bool valid(const polder_call &call, size_t index, size_t row) {
        const polder_column &column = call.columns[index];
        return sql<T>::valid(column, polder_position(&column, row));
    }

    static T read(const polder_call &call, size_t index, size_t row) {
        const polder_column &column = call.columns[index];
        return sql<T>::read(column, polder_position(&column, row));
    }
};

template <class T>
struct argument<std::vector<T>> {
    static bool valid(const polder_call &call, size_t index, size_t row) {
        const polder_column &column = call.columns[index];
        if (!call.function->options.variadic) return sql<std::vector<T>>::valid(column, polder_position(&column, row));
        for (; index < call.column_count; index++) {
            if (!argument<T>::valid(call, index, row)) return false;
        }
        return true;
    }

    static std::vector<T> read(const polder_call &call, size_t index, size_t row) {
        const polder_column &column = call.columns[index];
        if (!call.function->options.variadic) return sql<std::vector<T>>::read(column, polder_position(&column, row));
        std::vector<T> items;
        for (; index < call.column_count; index++) items.push_back(argument<T>::read(call, index, row));
        return items;
    }
};

/// The arguments of a row.
template <class Parameters>
struct arguments;

template <class... A>
struct arguments<std::tuple<A...>> {
    static bool valid(const polder_call &call, size_t row) {
        return [&]<size_t... Index>(std::index_sequence<Index...>) {
            return (argument<A>::valid(call, Index, row) && ...);
        }(std::index_sequence_for<A...>());
    }

    /// Calls `function` with whatever comes first and then the arguments.
    static decltype(auto) apply(auto &&function, const polder_call &call, size_t row, auto &&...first) {
        return [&]<size_t... Index>(std::index_sequence<Index...>) -> decltype(auto) {
            return function(first..., argument<A>::read(call, Index, row)...);
        }(std::index_sequence_for<A...>());
    }

    /// The fields of the parameters.
    static std::array<polder_field, sizeof...(A)> fields(std::initializer_list<const char *> names) {
        auto name = names.begin();
        return {polder_field{*name++, &sql<A>::type, nullptr, is_optional<A>}...};
    }
};

/// What the author says of a function beside its signature.
struct options {
    /// Markdown; the first paragraph is the summary.
    const char *doc;
    /// An expression, or a SELECT, and what it returns; `{schema}` is where the plugin is installed.
    std::initializer_list<polder_example> examples = {};
    polder_volatility volatility = POLDER_IMMUTABLE;
    /// The last parameter, a vector, takes all arguments that are left.
    bool variadic = false;
    /// Another name in SQL.
    const char *name = nullptr;
    /// The type of a `polder::value` that the function returns.
    const polder_type *(*returns)(const polder_argument *arguments, size_t count) = nullptr;
};

/// A function of the plugin, which enters itself when the component starts.
template <class Parameters>
struct entry {
    static constexpr size_t parameter_count = std::tuple_size_v<Parameters>;

    polder_function function{};
    std::array<polder_field, parameter_count> fields;
    std::vector<polder_example> examples;

    entry(const char *name, const polder_kind &kind, const polder_type *returns,
          std::initializer_list<const char *> names, const options &options)
        : fields(arguments<Parameters>::fields(names)), examples(options.examples) {
        examples.push_back({});
        function.name = name;
        function.kind = &kind;
        function.parameters = fields.data();
        function.parameter_count = fields.size();
        function.returns = returns;
        function.options = {options.doc,      examples.data(), options.volatility,
                            options.variadic, options.name,    options.returns};
    }
};

}  // namespace polder

/// Names of parameters in parentheses, as strings.
#define POLDER_STRINGS(...) {POLDER_NAMES(POLDER_STRING, , __VA_ARGS__)}
#define POLDER_STRING(CONTEXT, NAME) #NAME
/// Enters `TEMPLATE<NAME>` as a function of that name.
#define POLDER_ENTER(TEMPLATE, NAME, PARAMETERS, ...)                                                      \
    static_assert(std::initializer_list<const char *> POLDER_STRINGS PARAMETERS.size()                     \
                      == polder::TEMPLATE<NAME>::parameter_count,                                          \
                  "each parameter of `" #NAME "` has a name");                                             \
    static polder::TEMPLATE<NAME> polder_function_##NAME(#NAME, POLDER_STRINGS PARAMETERS, {__VA_ARGS__});
