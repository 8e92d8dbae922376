#include <cmath>
#include <numbers>

#include <polder.hpp>

double haversine(double lat1, double lon1, double lat2, double lon2) {
    const double radians = std::numbers::pi / 180;
    double north = std::sin((lat2 - lat1) * radians / 2), east = std::sin((lon2 - lon1) * radians / 2);
    double half = north * north + std::cos(lat1 * radians) * std::cos(lat2 * radians) * east * east;
    return 2 * 6371 * std::asin(std::sqrt(half));
}

POLDER_SCALAR(haversine, (lat1, lon1, lat2, lon2), .doc = "Great-circle distance in kilometres.",
              .examples = {{"round({schema}.haversine(40.64, -73.78, 33.94, -118.41), 1)", "3974.4"}})

polder::result<std::optional<int64_t>> parse(std::string_view text, std::optional<int64_t> base) {
    int64_t radix = base.value_or(10), number = 0;
    if (radix < 2 || radix > 16) return polder::fail("base ", radix, " is not between 2 and 16");
    if (text.empty()) return std::nullopt;
    for (char character : text) {
        auto digit = std::string_view("0123456789abcdef").substr(0, static_cast<size_t>(radix)).find(character);
        if (digit == std::string_view::npos || __builtin_mul_overflow(number, radix, &number)
            || __builtin_add_overflow(number, digit, &number)) {
            return polder::fail("'", text, "' is no number in base ", radix);
        }
    }
    return number;
}

POLDER_SCALAR(parse, (text, base),
              .doc = "The number that a text is in a base, which is 10 unless it is given; no number for an empty text.",
              .examples = {{"{schema}.parse('ff', 16)", "255"},
                           {"{schema}.parse('12', NULL)", "12"},
                           {"{schema}.parse('', 2)", "NULL"}})

double add(double a, double b) {
    return a + b;
}

POLDER_SCALAR(add, (a, b), .doc = "The sum of two numbers.", .examples = {{"{schema}.add(1, 2)", "3.0"}})

void plus(polder::column_builder<double> result, polder::column<double> a, polder::column<double> b) {
    auto sums = result.fill();
    auto of_a = a.values(), of_b = b.values();
    for (size_t row = 0; row < sums.size(); row++) {
        sums[row] = of_a[a.is_constant() ? 0 : row] + of_b[b.is_constant() ? 0 : row];
    }
    result.null_where(a);
    result.null_where(b);
}

POLDER_COLUMNS(plus, (a, b), .doc = "The sum of two numbers, by whole columns.",
               .examples = {{"{schema}.plus(1, 2)", "3.0"}})

bool not_both(bool a, bool b) {
    return !(a && b);
}

POLDER_SCALAR(not_both, (a, b), .doc = "Whether one of two is false.")

uint8_t narrow(int8_t a, int16_t b, int32_t c, uint16_t d, uint32_t e, uint64_t f, float g) {
    uint64_t of_g = std::isfinite(g) && std::fabs(g) < 1e9f ? static_cast<uint64_t>(static_cast<int64_t>(g)) : 0;
    uint64_t of_signed = static_cast<uint64_t>(a) + static_cast<uint64_t>(b) + static_cast<uint64_t>(c);
    return static_cast<uint8_t>(of_signed + d + e + f + of_g);
}

POLDER_SCALAR(narrow, (a, b, c, d, e, f, g), .doc = "The low byte of a sum of narrow numbers.")

float half(float x) {
    return x / 2;
}

POLDER_SCALAR(half, (x), .doc = "Half of a number.")

std::vector<std::byte> reverse(polder::bytes bytes) {
    return {bytes.rbegin(), bytes.rend()};
}

POLDER_SCALAR(reverse, (bytes), .doc = "Bytes in the other order.")

polder::date day_after(polder::date day) {
    return {static_cast<int32_t>(static_cast<uint32_t>(day.days) + 1)};
}

POLDER_SCALAR(day_after, (day), .doc = "The day after.",
              .examples = {{"{schema}.day_after(DATE '2024-02-28')", "2024-02-29"}})

polder::timestamp in_utc(polder::local_timestamp time) {
    return {time.micros};
}

POLDER_SCALAR(in_utc, (time), .doc = "The same reading, as one of UTC.")

using price = polder::decimal<10, 2>;

price negative(price amount) {
    return {-amount.units};
}

POLDER_SCALAR(negative, (amount), .doc = "The other sign.",
              .examples = {{"{schema}.negative(CAST(12.34 AS DECIMAL(10, 2)))", "-12.34"}})

int64_t answer() {
    return 42;
}

POLDER_SCALAR(answer, (), .doc = "The answer.", .examples = {{"{schema}.answer()", "42"}})
