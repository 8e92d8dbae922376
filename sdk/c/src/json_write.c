#include <math.h>
#include <stdlib.h>

#include "json.h"

static void append_string(polder_buffer *to, const char *string) {
    polder_append(to, polder_text_of(string));
}

static void append_text(polder_buffer *to, polder_text text) {
    append_string(to, "\"");
    for (; text.length; text.data++, text.length--) {
        uint8_t byte = (uint8_t)text.data[0];
        if (byte < 0x20 || byte == '"' || byte == '\\') {
            polder_append(to, polder_format("\\u%04x", byte));
        } else {
            polder_append(to, (polder_text){text.data, 1});
        }
    }
    append_string(to, "\"");
}

/// The shortest decimal that is read as the same number.
static void append_number(polder_buffer *to, double number, int least, int most) {
    if (!isfinite(number)) {
        append_string(to, "null");
        return;
    }
    polder_text text;
    do {
        text = polder_format("%.*g", least, number);
    } while (least++ < most && (most < 17 ? (double)strtof(text.data, NULL) : strtod(text.data, NULL)) != number);
    polder_append(to, text);
}

static void append_date(polder_buffer *to, int32_t days) {
    int32_t year;
    unsigned month, day;
    polder_date_parts((polder_date){days}, &year, &month, &day);
    polder_append(to, polder_format("%04d-%02u-%02u", (int)year, month, day));
}

static void append_time(polder_buffer *to, int64_t micros, bool is_utc) {
    const int64_t a_day = 86400000000;
    int64_t days = (micros >= 0 ? micros : micros - a_day + 1) / a_day, time = micros - days * a_day;
    int seconds = (int)(time / 1000000), fraction = (int)(time % 1000000);
    append_date(to, (int32_t)days);
    polder_append(to, polder_format(" %02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60));
    if (fraction) polder_append(to, polder_format(".%06d", fraction));
    if (is_utc) append_string(to, "Z");
}

static void append_value(polder_buffer *to, const polder_builder *values, size_t row) {
    const polder_type *type = values->type;
    if (values->validity && !polder_bit(values->validity, row)) {
        append_string(to, "null");
        return;
    }
    switch (type->format[0]) {
#define INTEGER(LETTER, TYPE, FORMAT) \
    case LETTER: polder_append(to, polder_format(FORMAT, ((const TYPE *)values->values)[row])); break;
        INTEGER('c', int8_t, "%d")
        INTEGER('C', uint8_t, "%d")
        INTEGER('s', int16_t, "%d")
        INTEGER('S', uint16_t, "%d")
        INTEGER('i', int32_t, "%d")
        INTEGER('I', uint32_t, "%u")
        INTEGER('l', int64_t, "%lld")
        INTEGER('L', uint64_t, "%llu")
#undef INTEGER
    case 'f': append_number(to, ((const float *)values->values)[row], 6, 9); break;
    case 'g': append_number(to, ((const double *)values->values)[row], 15, 17); break;
    case 'b': append_string(to, polder_bit(values->values, row) ? "true" : "false"); break;
    case 'u': {
        int32_t start = values->offsets[row], end = values->offsets[row + 1];
        append_text(to, (polder_text){(const char *)values->values + start, (size_t)(end - start)});
        break;
    }
    case 't':
        append_string(to, "\"");
        if (type->format[1] == 'd') {
            append_date(to, ((const int32_t *)values->values)[row]);
        } else {
            append_time(to, ((const int64_t *)values->values)[row], type->format[4] != 0);
        }
        append_string(to, "\"");
        break;
    case '+': {
        bool is_struct = type->format[1] == 's';
        size_t start = is_struct ? 0 : (size_t)values->offsets[row];
        size_t end = is_struct ? type->child_count : (size_t)values->offsets[row + 1];
        append_string(to, is_struct ? "{" : "[");
        for (size_t index = start; index < end; index++) {
            if (index > start) append_string(to, ",");
            if (is_struct) {
                append_text(to, polder_text_of(type->children[index].name));
                append_string(to, ":");
            }
            append_value(to, &values->children[is_struct ? index : 0], is_struct ? row : index);
        }
        append_string(to, is_struct ? "}" : "]");
        break;
    }
    default: polder_fail("an output of Arrow format `%s` has no JSON", type->format);
    }
}

polder_text polder_json_write(const polder_builder *values, size_t row) {
    polder_buffer text = {};
    append_value(&text, values, row);
    return polder_buffer_text(&text);
}
