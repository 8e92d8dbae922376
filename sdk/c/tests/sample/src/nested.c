#include <polder.h>

POLDER_LIST(doubles, double)
POLDER_LIST(texts, polder_text)

POLDER_SCALAR(double, total, ((doubles, numbers)), .doc = "The sum of numbers.",
              .examples = POLDER_EXAMPLES({"{schema}.total([1.5, 2])", "3.5"})) {
    double sum = 0;
    for (size_t index = 0; index < numbers.length; index++) sum += numbers.items[index];
    return sum;
}

POLDER_SCALAR(texts, split, ((polder_text, text)), .doc = "The words of a text, as a list.",
              .examples = POLDER_EXAMPLES({"{schema}.split(' make  land ')", "[make, land]"})) {
    size_t count = 0;
    polder_text rest = text, word;
    while (polder_next_word(&rest, &word)) count++;
    polder_text *words = polder_alloc(count * sizeof(polder_text));
    for (size_t index = 0; polder_next_word(&text, &word);) words[index++] = word;
    return (texts){words, count};
}

POLDER_SCALAR(polder_text, concatenated, ((polder_text, separator), (texts, parts)), .variadic = true,
              .doc = "Texts with a separator in between.",
              .examples = POLDER_EXAMPLES({"{schema}.concatenated('-', 'a', 'b', 'c')", "a-b-c"},
                                          {"{schema}.concatenated('-')", ""})) {
    polder_buffer text = {};
    for (size_t index = 0; index < parts.length; index++) {
        if (index) polder_append(&text, separator);
        polder_append(&text, parts.items[index]);
    }
    return polder_buffer_text(&text);
}

POLDER_ROW(point, (double, x), (double, y))

POLDER_SCALAR(point, mirrored, ((point, place)), .doc = "A point with its coordinates exchanged.") {
    return (point){place.y, place.x};
}

POLDER_ROW(person, (polder_text, name), (int64_t, age, optional))

POLDER_SCALAR(person, older, ((person, who)), .doc = "A person a year later.") {
    if (who.age) {
        int64_t *age = polder_alloc(sizeof(int64_t));
        *age = (int64_t)((uint64_t)*who.age + 1);
        who.age = age;
    }
    return who;
}

POLDER_LIST(values, polder_value)

static const polder_type *type_of_first(const polder_argument *arguments, size_t count) {
    if (!count) polder_fail("there is nothing to choose from");
    for (size_t index = 1; index < count && !polder_failed(); index++) {
        if (!polder_type_equal(arguments[0].type, arguments[index].type)) polder_fail("the arguments have several types");
    }
    return count ? arguments[0].type : NULL;
}

POLDER_SCALAR(polder_value, first_of, ((values, values)), .variadic = true, .returns = type_of_first,
              .doc = "The first argument that is not null.",
              .examples = POLDER_EXAMPLES({"{schema}.first_of(CAST(NULL AS STRING), 'a', 'b')", "a"})) {
    for (size_t index = 0; index + 1 < values.length; index++) {
        if (!polder_value_is_null(values.items[index])) return values.items[index];
    }
    return values.items[values.length - 1];
}

POLDER_SCALAR(double, number, ((polder_value, value)), .doc = "A number of any type as a DOUBLE.",
              .examples = POLDER_EXAMPLES({"{schema}.number(CAST(12.5 AS DECIMAL(5, 1)))", "12.5"},
                                          {"{schema}.number('a')", "NULL"})) {
    double number = 0;
    if (!polder_value_number(value, &number)) polder_null();
    return number;
}
