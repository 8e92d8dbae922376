#include <math.h>
#include <stdlib.h>

#include "json.h"

static void skip_space(polder_text *rest) {
    while (rest->length && strchr(" \t\r\n", rest->data[0]) && rest->data[0]) rest->data++, rest->length--;
}

static bool take_byte(polder_text *rest, char byte) {
    if (!rest->length || rest->data[0] != byte) return false;
    rest->data++, rest->length--;
    return true;
}

static bool take_word(polder_text *rest, const char *word) {
    size_t length = strlen(word);
    if (rest->length < length || memcmp(rest->data, word, length) != 0) return false;
    rest->data += length, rest->length -= length;
    return true;
}

static size_t take_digits(polder_text *rest) {
    size_t count = 0;
    while (rest->length && rest->data[0] >= '0' && rest->data[0] <= '9') rest->data++, rest->length--, count++;
    return count;
}

/// A number as a C string, and whether it is written as an integer; NULL when there is none.
static const char *take_number(polder_text *rest, bool *is_integer) {
    const char *start = rest->data;
    take_byte(rest, '-');
    bool zero = rest->length && rest->data[0] == '0';
    size_t digits = take_digits(rest);
    if (!digits || (zero && digits > 1)) return NULL;
    *is_integer = true;
    if (take_byte(rest, '.')) {
        *is_integer = false;
        if (!take_digits(rest)) return NULL;
    }
    if (take_byte(rest, 'e') || take_byte(rest, 'E')) {
        *is_integer = false;
        if (!take_byte(rest, '+')) take_byte(rest, '-');
        if (!take_digits(rest)) return NULL;
    }
    return polder_format("%.*s", (int)(rest->data - start), start).data;
}

static bool take_hexadecimal(polder_text *rest, uint32_t *unit) {
    *unit = 0;
    for (size_t digit = 0; digit < 4; digit++) {
        static const char digits[] = "0123456789abcdef";
        const char *found = rest->length && rest->data[0] ? strchr(digits, rest->data[0] | ' ') : NULL;
        if (!found) return false;
        *unit = *unit << 4 | (uint32_t)(found - digits);
        rest->data++, rest->length--;
    }
    return true;
}

static bool take_escape(polder_text *rest, polder_buffer *to) {
    static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    if (!rest->length || !rest->data[0]) return false;
    if (!take_byte(rest, 'u')) {
        const char *found = strchr(names, rest->data[0]);
        if (!found) return false;
        rest->data++, rest->length--;
        polder_append_character(to, (uint32_t)bytes[found - names]);
        return true;
    }
    uint32_t unit, low;
    if (!take_hexadecimal(rest, &unit)) return false;
    if (unit >= 0xD800 && unit < 0xDC00) {
        if (!take_word(rest, "\\u") || !take_hexadecimal(rest, &low) || low < 0xDC00 || low > 0xDFFF) return false;
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    } else if (unit >= 0xDC00 && unit < 0xE000) {
        return false;
    }
    polder_append_character(to, unit);
    return true;
}

static bool take_text(polder_text *rest, polder_buffer *to) {
    if (!take_byte(rest, '"')) return false;
    while (!take_byte(rest, '"')) {
        if (take_byte(rest, '\\')) {
            if (!take_escape(rest, to)) return false;
        } else {
            if (!rest->length || (uint8_t)rest->data[0] < 0x20) return false;
            polder_append(to, (polder_text){rest->data, 1});
            rest->data++, rest->length--;
        }
    }
    return true;
}

static bool put_number(const char *number, bool is_integer, polder_builder *builder, size_t row) {
    char format = builder->type->format[0];
    if (format == 'f' || format == 'g') {
        double value = strtod(number, NULL);
        if (format == 'g') {
            ((double *)builder->values)[row] = value;
        } else {
            ((float *)builder->values)[row] = (float)value;
        }
        return isfinite(format == 'g' ? value : (float)value);
    }
    if (!is_integer) return false;
    // A number with a sign and one without one hold all integers of 64 bits; what does not fit becomes another number.
    bool is_signed = format >= 'a';
    size_t width;
    polder_layout_of(builder->type, &width);
    unsigned shift = (unsigned)(64 - 8 * width);
    uint64_t bits = is_signed ? (uint64_t)strtoll(number, NULL, 10) : strtoull(number, NULL, 10);
    uint64_t kept = is_signed ? (uint64_t)((int64_t)(bits << shift) >> shift) : bits << shift >> shift;
    memcpy((char *)builder->values + row * width, &kept, width);
    const char *digits = number + (*number == '-');
    polder_text again =
        is_signed ? polder_format("%lld", (long long)kept) : polder_format("%llu", (unsigned long long)kept);
    return strcmp(again.data, number) == 0 || (strcmp(digits, "0") == 0 && kept == 0);
}

static bool read_value(polder_text *rest, polder_builder *builder);

static bool read_list(polder_text *rest, polder_builder *items) {
    if (!take_byte(rest, '[')) return false;
    skip_space(rest);
    if (take_byte(rest, ']')) return true;
    do {
        if (!read_value(rest, items)) return false;
    } while (take_byte(rest, ','));
    return take_byte(rest, ']');
}

static bool read_value(polder_text *rest, polder_builder *builder) {
    polder_builder_grow(builder);
    size_t row = builder->length;
    bool taken = false, is_integer;
    skip_space(rest);
    if (take_word(rest, "null")) {
        polder_put_null(builder, row);
        taken = true;
    } else if (builder->type->format[0] == 'b') {
        bool value = take_word(rest, "true");
        taken = value || take_word(rest, "false");
        polder_put_bit(builder, row, value);
    } else if (builder->type->format[0] == 'u') {
        polder_buffer text = {};
        taken = take_text(rest, &text);
        polder_put_bytes(builder, row, text.data, text.length);
    } else if (strcmp(builder->type->format, "+l") == 0) {
        taken = read_list(rest, builder->children);
        polder_put_list(builder, row);
    } else if (!builder->type->format[1]) {
        const char *number = take_number(rest, &is_integer);
        taken = number && put_number(number, is_integer, builder, row);
    }
    skip_space(rest);
    builder->length++;
    return taken;
}

static const char *word_of(const polder_type *type) {
    switch (type->format[0]) {
    case 'b': return "true or false";
    case 'u': return "a text";
    case '+': return "a list of such values";
    case 'f':
    case 'g': return "a number";
    default: return "an integer in range";
    }
}

bool polder_json_read(const char *name, polder_text json, polder_builder *builder) {
    polder_text rest = json;
    if (read_value(&rest, builder) && rest.length == 0) return true;
    int shown = json.length < 100 ? (int)json.length : 100;
    polder_fail("parameter `%s` is not %s: %.*s", name, word_of(builder->type), shown, json.data);
    return false;
}
