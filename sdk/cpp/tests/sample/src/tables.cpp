#include <polder.hpp>

struct row {
    int64_t number;
    std::optional<int64_t> half;
};

POLDER_ROW(row, number, half)

auto numbers(int64_t first, std::optional<int64_t> last) {
    return [next = first, last = last.value_or(first)] mutable -> std::optional<row> {
        if (next > last || next == INT64_MAX) return std::nullopt;
        int64_t number = next++;
        return row{number, number % 2 ? std::nullopt : std::optional(number / 2)};
    };
}

polder::result<decltype(numbers(0, 0))> some_numbers(int64_t first, std::optional<int64_t> last) {
    if (last && *last > first && static_cast<uint64_t>(*last) - static_cast<uint64_t>(first) > 1000000) {
        return polder::fail("from ", first, " to ", *last, " there are too many numbers");
    }
    return numbers(first, last);
}

POLDER_TABLE(some_numbers, (first, last),
             .doc = "The numbers from the first to the last, if there is one, and of even ones the half.",
             .examples = {{"SELECT sum(half) FROM {schema}.numbers(1, 10)", "15"}}, .name = "numbers")

struct part {
    std::string text;
};

POLDER_ROW(part, text)

std::vector<part> parts(std::string_view text) {
    std::vector<part> parts;
    for (auto line : polder::lines(text)) parts.push_back({std::string(line)});
    return parts;
}

POLDER_TABLE(parts, (text), .doc = "The lines of a text.")
