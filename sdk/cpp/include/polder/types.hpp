/// What C++ types stand for which types of SQL: `polder::sql<T>` tells, and reads and writes values of `T`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "polder/function.h"

namespace polder {

using date = polder_date;
using timestamp = polder_timestamp;
using local_timestamp = polder_local_timestamp;

/// A number with `P` digits in all, `S` of them behind the point: `units` counts units of 10^-S.
template <int P, int S>
struct decimal {
    __int128 units;
};

/// A value of any type, or null: a row of some column.
using value = polder_value;

/// A type that is not made of others.
constexpr polder_type simple(const char *format) {
    return {format, nullptr, 0};
}

/// A type of SQL, for every `T` that has one:
///
/// * `type`, in Arrow's words;
/// * `valid(column, position)`, whether there is a value, and `read(column, position)`, which is it;
/// * `put(builder, row, value)`, which writes one.
template <class T>
struct sql;

/// A type that has one.
template <class T>
concept sql_type = requires { sql<T>::type; };

struct not_null {
    static bool valid(const polder_column &column, size_t position) {
        return !polder_is_null(&column, position);
    }
};

/// Values of a fixed width, which lie in the buffers as C++ has them.
template <class T>
struct fixed : not_null {
    static const T *values(const polder_column &column) {
        return static_cast<const T *>(column.values);
    }

    static T read(const polder_column &column, size_t position) {
        return values(column)[position];
    }

    static void put(polder_builder &builder, size_t row, T value) {
        static_cast<T *>(builder.values)[row] = value;
    }
};

/// A type whose values lie in the buffers as C++ has them.
template <class T>
concept fixed_type = std::is_base_of_v<fixed<T>, sql<T>>;

template <> struct sql<int8_t> : fixed<int8_t> { static constexpr polder_type type = simple("c"); };
template <> struct sql<int16_t> : fixed<int16_t> { static constexpr polder_type type = simple("s"); };
template <> struct sql<int32_t> : fixed<int32_t> { static constexpr polder_type type = simple("i"); };
template <> struct sql<int64_t> : fixed<int64_t> { static constexpr polder_type type = simple("l"); };
template <> struct sql<uint8_t> : fixed<uint8_t> { static constexpr polder_type type = simple("C"); };
template <> struct sql<uint16_t> : fixed<uint16_t> { static constexpr polder_type type = simple("S"); };
template <> struct sql<uint32_t> : fixed<uint32_t> { static constexpr polder_type type = simple("I"); };
template <> struct sql<uint64_t> : fixed<uint64_t> { static constexpr polder_type type = simple("L"); };
template <> struct sql<float> : fixed<float> { static constexpr polder_type type = simple("f"); };
template <> struct sql<double> : fixed<double> { static constexpr polder_type type = simple("g"); };
template <> struct sql<date> : fixed<date> { static constexpr polder_type type = simple("tdD"); };
template <> struct sql<timestamp> : fixed<timestamp> { static constexpr polder_type type = simple("tsu:UTC"); };
template <> struct sql<local_timestamp> : fixed<local_timestamp> { static constexpr polder_type type = simple("tsu:"); };

template <int P, int S>
struct sql<decimal<P, S>> : fixed<decimal<P, S>> {
    /// `d:10,2`
    static constexpr auto format = [] {
        std::array<char, 9> text{'d', ':'};
        size_t end = 2;
        auto number = [&](int value) {
            if (value >= 10) text[end++] = static_cast<char>('0' + value / 10);
            text[end++] = static_cast<char>('0' + value % 10);
        };
        static_assert(P > 0 && P <= 38 && S >= 0 && S <= P, "a DECIMAL has 1 to 38 digits");
        number(P);
        text[end++] = ',';
        number(S);
        return text;
    }();
    static constexpr polder_type type = simple(format.data());
};

template <>
struct sql<bool> : not_null {
    static constexpr polder_type type = simple("b");

    static bool read(const polder_column &column, size_t position) {
        return polder_bit(column.values, position);
    }

    static void put(polder_builder &builder, size_t row, bool value) {
        polder_put_bit(&builder, row, value);
    }
};

/// Texts and binaries: `T` is made of a pointer and a length, and has `data()` and `size()`.
template <class T>
struct sequence : not_null {
    static T read(const polder_column &column, size_t position) {
        polder_text text = polder_text_at(&column, position);
        return T(reinterpret_cast<decltype(std::declval<const T &>().data())>(text.data), text.length);
    }

    static void put(polder_builder &builder, size_t row, const T &value) {
        polder_put_bytes(&builder, row, value.data(), value.size());
    }
};

template <> struct sql<std::string_view> : sequence<std::string_view> { static constexpr polder_type type = simple("u"); };
template <> struct sql<std::string> : sequence<std::string> { static constexpr polder_type type = simple("u"); };

using bytes = std::span<const std::byte>;

template <> struct sql<bytes> : sequence<bytes> { static constexpr polder_type type = simple("z"); };

template <>
struct sql<std::vector<std::byte>> : sequence<bytes> {
    static constexpr polder_type type = simple("z");

    static std::vector<std::byte> read(const polder_column &column, size_t position) {
        bytes view = sequence<bytes>::read(column, position);
        return {view.begin(), view.end()};
    }
};

template <>
struct sql<value> {
    static constexpr polder_type type = simple(nullptr);

    static bool valid(const polder_column &, size_t) {
        return true;
    }

    static value read(const polder_column &column, size_t position) {
        return {&column, position};
    }

    static void put(polder_builder &builder, size_t row, value value) {
        polder_put_value(&builder, row, value);
    }
};

/// Null is one of its values.
template <class T>
struct sql<std::optional<T>> {
    static constexpr const polder_type &type = sql<T>::type;

    static bool valid(const polder_column &, size_t) {
        return true;
    }

    static std::optional<T> read(const polder_column &column, size_t position) {
        if (!sql<T>::valid(column, position)) return std::nullopt;
        return sql<T>::read(column, position);
    }

    static void put(polder_builder &builder, size_t row, const std::optional<T> &value) {
        if (value) {
            sql<T>::put(builder, row, *value);
        } else {
            polder_put_null(&builder, row);
        }
    }
};

template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;

template <sql_type T>
void push(polder_builder &builder, const T &value) {
    polder_builder_grow(&builder);
    sql<T>::put(builder, builder.length, value);
    builder.length++;
}

/// The value as a C++ type; none when it is null or of another type.
template <sql_type T>
std::optional<T> get(value value) {
    bool there = polder_type_equal(value.column->type, &sql<T>::type) && sql<T>::valid(*value.column, value.position);
    return there ? std::optional<T>(sql<T>::read(*value.column, value.position)) : std::nullopt;
}

/// A number of any type as a floating-point number; none when it is null or no number.
inline std::optional<double> number(value value) {
    double number;
    return polder_value_number(value, &number) ? std::optional(number) : std::nullopt;
}

}  // namespace polder
