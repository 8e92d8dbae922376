#include <numeric>

#include <polder.hpp>

double total(std::span<const double> numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), 0.0);
}

POLDER_SCALAR(total, (numbers), .doc = "The sum of numbers.", .examples = {{"{schema}.total([1.5, 2])", "3.5"}})

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> words;
    for (auto word : polder::words(text)) words.push_back(word);
    return words;
}

POLDER_SCALAR(split, (text), .doc = "The words of a text, as a list.",
              .examples = {{"{schema}.split(' make  land ')", "[make, land]"}})

std::string concatenated(std::string_view separator, const std::vector<std::string_view> &parts) {
    std::string text;
    for (const auto &part : parts) {
        if (&part != parts.data()) text += separator;
        text += part;
    }
    return text;
}

POLDER_SCALAR(concatenated, (separator, parts), .doc = "Texts with a separator in between.",
              .examples = {{"{schema}.concatenated('-', 'a', 'b', 'c')", "a-b-c"}, {"{schema}.concatenated('-')", ""}},
              .variadic = true)

struct point {
    double x, y;
};

POLDER_ROW(point, x, y)

point mirrored(point place) {
    return {place.y, place.x};
}

POLDER_SCALAR(mirrored, (place), .doc = "A point with its coordinates exchanged.")

struct person {
    std::string_view name;
    std::optional<int64_t> age;
};

POLDER_ROW(person, name, age)

person older(person who) {
    if (who.age) who.age = static_cast<int64_t>(static_cast<uint64_t>(*who.age) + 1);
    return who;
}

POLDER_SCALAR(older, (who), .doc = "A person a year later.")

const polder_type *type_of_first(const polder_argument *arguments, size_t count) {
    if (!count) polder_fail("there is nothing to choose from");
    for (size_t index = 1; index < count && !polder_failed(); index++) {
        if (!polder_type_equal(arguments[0].type, arguments[index].type)) polder_fail("the arguments have several types");
    }
    return count ? arguments[0].type : nullptr;
}

polder::value first_of(const std::vector<polder::value> &values) {
    for (auto value : values) {
        if (!polder_value_is_null(value)) return value;
    }
    return values.back();
}

POLDER_SCALAR(first_of, (values), .doc = "The first argument that is not null.",
              .examples = {{"{schema}.first_of(CAST(NULL AS STRING), 'a', 'b')", "a"}}, .variadic = true,
              .returns = type_of_first)

std::optional<double> number(polder::value value) {
    return polder::number(value);
}

POLDER_SCALAR(number, (value), .doc = "A number of any type as a DOUBLE.",
              .examples = {{"{schema}.number(CAST(12.5 AS DECIMAL(5, 1)))", "12.5"}, {"{schema}.number('a')", "NULL"}})
