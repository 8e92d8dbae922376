#include <wctype.h>

#include "polder/memory.h"

uint32_t polder_next_character(polder_text *rest) {
    const uint8_t *byte = (const uint8_t *)rest->data;
    uint32_t character = byte[0];
    size_t length = character < 0x80 ? 1 : character < 0xE0 ? 2 : character < 0xF0 ? 3 : 4;
    if (length > rest->length) length = 1;
    if (length > 1) {
        character &= 0x7Fu >> length;
        for (size_t index = 1; index < length; index++) character = character << 6 | (byte[index] & 0x3F);
    }
    rest->data += length;
    rest->length -= length;
    return character;
}

bool polder_is_space(uint32_t character) {
    if (character < 0x80) return character == ' ' || (character >= '\t' && character <= '\r');
    return character == 0x85 || character == 0xA0 || character == 0x1680 || (character >= 0x2000 && character <= 0x200A)
        || character == 0x2028 || character == 0x2029 || character == 0x202F || character == 0x205F
        || character == 0x3000;
}

bool polder_next_word(polder_text *rest, polder_text *word) {
    polder_text after = *rest;
    do {
        *rest = after;
        if (rest->length == 0) return false;
    } while (polder_is_space(polder_next_character(&after)));
    word->data = rest->data;
    do {
        *rest = after;
    } while (rest->length > 0 && !polder_is_space(polder_next_character(&after)));
    word->length = (size_t)(rest->data - word->data);
    return true;
}

bool polder_next_line(polder_text *rest, polder_text *line) {
    if (rest->length == 0) return false;
    const char *end = memchr(rest->data, '\n', rest->length);
    *line = (polder_text){rest->data, end ? (size_t)(end - rest->data) : rest->length};
    size_t taken = line->length + (end ? 1 : 0);
    *rest = (polder_text){rest->data + taken, rest->length - taken};
    return true;
}

uint32_t polder_upper(uint32_t character) {
    return (uint32_t)towupper((wint_t)character);
}

uint32_t polder_lower(uint32_t character) {
    return (uint32_t)towlower((wint_t)character);
}

void polder_append_character(polder_buffer *buffer, uint32_t character) {
    char bytes[4];
    size_t length = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t index = length; index-- > 1; character >>= 6) bytes[index] = (char)(0x80 | (character & 0x3F));
    bytes[0] = (char)(length == 1 ? character : (0xF00u >> length & 0xF0) | character);
    polder_append(buffer, (polder_text){bytes, length});
}
