#include "arena.h"
#include "layout.h"

polder_layout polder_layout_of(const polder_type *type, size_t *width) {
    const char *format = type->format;
    size_t length = strlen(format);
    *width = 0;
    switch (format[0]) {
    case 'n': return LAYOUT_NULL;
    case 'b': return LAYOUT_BITS;
    case 'u':
    case 'z': return LAYOUT_BYTES;
    case 'c':
    case 'C': *width = 1; return LAYOUT_FIXED;
    case 's':
    case 'S':
    case 'e': *width = 2; return LAYOUT_FIXED;
    case 'i':
    case 'I':
    case 'f': *width = 4; return LAYOUT_FIXED;
    case 'l':
    case 'L':
    case 'g': *width = 8; return LAYOUT_FIXED;
    case 'd': *width = length > 4 && strcmp(format + length - 4, ",256") == 0 ? 32 : 16; return LAYOUT_FIXED;
    case 't':
        // Dates in days, times in seconds and milliseconds and intervals in months are narrow.
        *width = strcmp(format, "tin") == 0 ? 16
               : strcmp(format, "tdD") == 0 || strcmp(format, "tts") == 0 || strcmp(format, "ttm") == 0
                       || strcmp(format, "tiM") == 0
                   ? 4
                   : 8;
        return LAYOUT_FIXED;
    case '+':
        if (format[1] == 's') return LAYOUT_STRUCT;
        return format[1] == 'l' || format[1] == 'm' ? LAYOUT_LIST : LAYOUT_UNKNOWN;
    default: return LAYOUT_UNKNOWN;
    }
}

bool polder_type_equal(const polder_type *a, const polder_type *b) {
    if (a == b) return true;
    if (!a->format || !b->format || strcmp(a->format, b->format) != 0 || a->child_count != b->child_count) return false;
    for (size_t child = 0; child < a->child_count; child++) {
        if (!polder_type_equal(a->children[child].type, b->children[child].type)) return false;
    }
    return true;
}

bool polder_value_number(polder_value value, double *number) {
    const polder_column *column = value.column;
    const char *format = column->type->format;
    if (polder_value_is_null(value)) return false;
    switch (format[0]) {
#define NUMBER(LETTER, TYPE) \
    case LETTER: *number = (double)((const TYPE *)column->values)[value.position]; return true;
        NUMBER('c', int8_t)
        NUMBER('C', uint8_t)
        NUMBER('s', int16_t)
        NUMBER('S', uint16_t)
        NUMBER('i', int32_t)
        NUMBER('I', uint32_t)
        NUMBER('l', int64_t)
        NUMBER('L', uint64_t)
        NUMBER('f', float)
        NUMBER('g', double)
#undef NUMBER
    case 'd': {
        size_t width;
        polder_layout_of(column->type, &width);
        if (width != sizeof(__int128)) return false;
        *number = (double)((const __int128 *)column->values)[value.position];
        const char *comma = strchr(format, ',');
        bool negative = comma && comma[1] == '-';
        int scale = 0;
        for (const char *digit = comma ? comma + 1 + negative : ""; *digit; digit++) {
            scale = scale * 10 + (*digit - '0');
        }
        double power = 1;
        for (int step = 0; step < scale; step++) power *= 10;
        *number = negative ? *number * power : *number / power;
        return true;
    }
    default: return false;
    }
}
