#include <math.h>
#include <polder.h>

POLDER_SCALAR(double, haversine, ((double, lat1), (double, lon1), (double, lat2), (double, lon2)),
              .doc = "Great-circle distance in kilometres.",
              .examples = POLDER_EXAMPLES({"round({schema}.haversine(40.64, -73.78, 33.94, -118.41), 1)", "3974.4"})) {
    const double radians = M_PI / 180;
    double north = sin((lat2 - lat1) * radians / 2), east = sin((lon2 - lon1) * radians / 2);
    double half = north * north + cos(lat1 * radians) * cos(lat2 * radians) * east * east;
    return 2 * 6371 * asin(sqrt(half));
}

POLDER_SCALAR(int64_t, parse, ((polder_text, text), (int64_t, base, optional)),
              .doc = "The number that a text is in a base, which is 10 unless it is given; no number for an empty text.",
              .examples = POLDER_EXAMPLES({"{schema}.parse('ff', 16)", "255"}, {"{schema}.parse('12', NULL)", "12"},
                                          {"{schema}.parse('', 2)", "NULL"})) {
    int64_t radix = base ? *base : 10, number = 0;
    if (radix < 2 || radix > 16) polder_fail("base %lld is not between 2 and 16", (long long)radix);
    if (text.length == 0) polder_null();
    for (size_t index = 0; index < text.length && !polder_failed(); index++) {
        const char *digits = "0123456789abcdef", *found = memchr(digits, text.data[index], (size_t)radix);
        if (!found || __builtin_mul_overflow(number, radix, &number)
            || __builtin_add_overflow(number, found - digits, &number)) {
            polder_fail("'%.*s' is no number in base %lld", (int)text.length, text.data, (long long)radix);
        }
    }
    return number;
}

POLDER_SCALAR(double, add, ((double, a), (double, b)), .doc = "The sum of two numbers.",
              .examples = POLDER_EXAMPLES({"{schema}.add(1, 2)", "3.0"})) {
    return a + b;
}

POLDER_COLUMNS(double, plus, ((double, a), (double, b)), .doc = "The sum of two numbers, by whole columns.",
               .examples = POLDER_EXAMPLES({"{schema}.plus(1, 2)", "3.0"})) {
    double *sums = polder_fill_double(result, rows);
    const double *of_a = polder_values_double(a), *of_b = polder_values_double(b);
    for (size_t row = 0; row < rows; row++) sums[row] = of_a[a->constant ? 0 : row] + of_b[b->constant ? 0 : row];
    polder_null_where(result, a);
    polder_null_where(result, b);
}

POLDER_SCALAR(bool, not_both, ((bool, a), (bool, b)), .doc = "Whether one of two is false.") {
    return !(a && b);
}

POLDER_SCALAR(uint8_t, narrow,
              ((int8_t, a), (int16_t, b), (int32_t, c), (uint16_t, d), (uint32_t, e), (uint64_t, f), (float, g)),
              .doc = "The low byte of a sum of narrow numbers.") {
    uint64_t of_g = isfinite(g) && fabsf(g) < 1e9f ? (uint64_t)(int64_t)g : 0;
    return (uint8_t)((uint64_t)a + (uint64_t)b + (uint64_t)c + d + e + f + of_g);
}

POLDER_SCALAR(float, half, ((float, x)), .doc = "Half of a number.") {
    return x / 2;
}

POLDER_SCALAR(polder_bytes, reverse, ((polder_bytes, bytes)), .doc = "Bytes in the other order.") {
    uint8_t *reversed = polder_alloc(bytes.length);
    for (size_t index = 0; index < bytes.length; index++) reversed[index] = bytes.data[bytes.length - 1 - index];
    return (polder_bytes){reversed, bytes.length};
}

POLDER_SCALAR(polder_date, first_of_month, ((polder_date, day)), .doc = "The first day of the month.",
              .examples = POLDER_EXAMPLES({"{schema}.first_of_month(DATE '2024-02-29')", "2024-02-01"})) {
    int32_t year;
    unsigned month, number;
    polder_date_parts(day, &year, &month, &number);
    return (polder_date){day.days - (int32_t)number + 1};
}

POLDER_SCALAR(polder_timestamp, in_utc, ((polder_local_timestamp, time)), .doc = "The same reading, as one of UTC.") {
    return (polder_timestamp){time.micros};
}

POLDER_SCALAR(polder_local_timestamp, on_the_wall, ((polder_timestamp, time)), .doc = "The reading in UTC.") {
    return (polder_local_timestamp){time.micros};
}

POLDER_DECIMAL(price, 10, 2)

POLDER_SCALAR(price, negative, ((price, amount)), .doc = "The other sign.",
              .examples = POLDER_EXAMPLES({"{schema}.negative(CAST(12.34 AS DECIMAL(10, 2)))", "-12.34"})) {
    return (price){-amount.units};
}
