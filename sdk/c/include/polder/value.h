/// Values: what stands in a row of a column.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/// STRING: bytes of UTF-8, not ended by a zero. It belongs to someone else: an argument is there until its call ends.
typedef struct polder_text {
    const char *data;
    size_t length;
} polder_text;

/// BINARY: bytes that belong to someone else.
typedef struct polder_bytes {
    const uint8_t *data;
    size_t length;
} polder_bytes;

/// DATE: days since 1970-01-01.
typedef struct polder_date {
    int32_t days;
} polder_date;

/// TIMESTAMP: microseconds since 1970-01-01 00:00 UTC.
typedef struct polder_timestamp {
    int64_t micros;
} polder_timestamp;

/// TIMESTAMP_NTZ: a reading of calendar and clock without a zone, in microseconds since 1970-01-01 00:00.
typedef struct polder_local_timestamp {
    int64_t micros;
} polder_local_timestamp;

/// The text of a C string.
static inline polder_text polder_text_of(const char *string) {
    polder_text text = {string, strlen(string)};
    return text;
}

static inline bool polder_text_equal(polder_text a, polder_text b) {
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

/// Takes the next word off a text: what stands between white space, as Unicode has it. False when none is left.
bool polder_next_word(polder_text *rest, polder_text *word);

/// Takes the next line off a text, without its `\n`. False when none is left.
bool polder_next_line(polder_text *rest, polder_text *line);

/// Takes the next character off a text that is not empty: its code point.
uint32_t polder_next_character(polder_text *rest);

/// Whether a character is white space.
bool polder_is_space(uint32_t character);

/// The upper or lower case of a character, if that is a single one too; else the character.
uint32_t polder_upper(uint32_t character);
uint32_t polder_lower(uint32_t character);

/// The day with this number in the month, both counted from 1. False when there is no such day.
bool polder_date_from(int32_t year, unsigned month, unsigned day, polder_date *date);

/// Year, month and day, the latter two counted from 1.
void polder_date_parts(polder_date date, int32_t *year, unsigned *month, unsigned *day);

#ifdef __cplusplus
}
#endif
