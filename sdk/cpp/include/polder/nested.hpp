/// Types that are made of others: rows, which are structs, and lists.
#pragma once

#include "polder/each.h"
#include "types.hpp"

namespace polder {

/// The members of a struct: their names, and pointers to them. `POLDER_ROW` specialises it.
template <class T>
struct row_members;

template <class T>
concept row_type = requires { row_members<T>::pointers; };

template <row_type T>
struct sql<T> {
    /// A member's index, its pointer, and its type of SQL.
    template <size_t Index>
    struct member {
        static constexpr size_t index = Index;
        static constexpr auto pointer = std::get<Index>(row_members<T>::pointers);
        using type = std::remove_reference_t<decltype(std::declval<T &>().*pointer)>;
        using sql = polder::sql<type>;
    };

    /// Calls `function` with all members.
    static constexpr decltype(auto) each(auto &&function) {
        return [&]<size_t... Index>(std::index_sequence<Index...>) -> decltype(auto) {
            return function(member<Index>()...);
        }(std::make_index_sequence<count>());
    }

    static constexpr size_t count = std::tuple_size_v<decltype(row_members<T>::pointers)>;

    static constexpr auto fields = [] {
        return each([](auto... members) {
            return std::array{polder_field{
                row_members<T>::names[members.index],
                &decltype(members)::sql::type,
                nullptr,
                is_optional<typename decltype(members)::type>,
            }...};
        });
    }();

    static constexpr polder_type type{"+s", fields.data(), count};

    static bool valid(const polder_column &column, size_t position) {
        return !polder_is_null(&column, position) && each([&](auto... members) {
            return (decltype(members)::sql::valid(column.children[members.index], position) && ...);
        });
    }

    static T read(const polder_column &column, size_t position) {
        return each([&](auto... members) {
            T value{};
            ((value.*members.pointer = decltype(members)::sql::read(column.children[members.index], position)), ...);
            return value;
        });
    }

    static void put(polder_builder &builder, size_t row, const T &value) {
        each([&](auto... members) {
            (decltype(members)::sql::put(builder.children[members.index], row, value.*members.pointer), ...);
        });
    }
};

/// ARRAY of any type; BINARY is `std::vector<std::byte>`.
template <sql_type T>
struct sql<std::vector<T>> {
    static constexpr polder_field item{"item", &sql<T>::type, nullptr, true};
    static constexpr polder_type type{"+l", &item, 1};

    static bool valid(const polder_column &column, size_t position) {
        if (polder_is_null(&column, position)) return false;
        for (int32_t item = column.offsets[position]; item < column.offsets[position + 1]; item++) {
            if (!sql<T>::valid(*column.children, static_cast<size_t>(item))) return false;
        }
        return true;
    }

    static std::vector<T> read(const polder_column &column, size_t position) {
        std::vector<T> items;
        items.reserve(static_cast<size_t>(column.offsets[position + 1] - column.offsets[position]));
        for (int32_t item = column.offsets[position]; item < column.offsets[position + 1]; item++) {
            items.push_back(sql<T>::read(*column.children, static_cast<size_t>(item)));
        }
        return items;
    }

    static void put(polder_builder &builder, size_t row, const std::vector<T> &value) {
        for (const auto &item : value) push<T>(*builder.children, item);
        polder_put_list(&builder, row);
    }
};

/// ARRAY of numbers, as it lies in the buffers.
template <fixed_type T>
struct sql<std::span<const T>> : sql<std::vector<T>> {
    static std::span<const T> read(const polder_column &column, size_t position) {
        const T *values = sql<T>::values(*column.children);
        return {values + column.offsets[position], values + column.offsets[position + 1]};
    }
};

}  // namespace polder

/// Makes a struct a row of a table, or a STRUCT, with these members: `POLDER_ROW(word, word, position)`.
#define POLDER_ROW(TYPE, ...)                                                                 \
    template <>                                                                               \
    struct polder::row_members<TYPE> {                                                        \
        static constexpr std::tuple pointers{POLDER_NAMES(POLDER_MEMBER, TYPE, __VA_ARGS__)}; \
        static constexpr const char *names[] = {POLDER_NAMES(POLDER_NAME, , __VA_ARGS__)};    \
    };
#define POLDER_MEMBER(TYPE, NAME) &TYPE::NAME
#define POLDER_NAME(CONTEXT, NAME) #NAME
