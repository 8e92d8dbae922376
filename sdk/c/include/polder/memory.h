/// Memory, and how a row comes to have no value.
#pragma once

#include "value.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Memory for the row that is being answered, aligned to 16 bytes; it is taken back when the row's result has been.
/// In `…_open` of a table function it lasts as long as the cursor, in a task as long as the run.
void *polder_alloc(size_t size);

/// Text as `printf` would print it, in memory of the row.
polder_text polder_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// Makes the row's result null; what the function then returns does not count.
void polder_null(void);

/// Fails the statement, which names the row; what the function then returns does not count.
void polder_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// The same with a text of any length.
void polder_fail_with(polder_text message);

/// Why something failed. A function of the SDK that fails has called `polder_fail` already, in the host's words.
typedef enum polder_failure {
    POLDER_NO_FAILURE,
    /// A right is missing; the text is what was refused and the statement that would allow it.
    POLDER_DENIED,
    /// There is no such thing, or it may not be known of.
    POLDER_NOT_FOUND,
    /// The request itself is wrong.
    POLDER_INVALID,
    /// A limit was reached.
    POLDER_LIMIT,
    /// The store, table or peer failed, or the function did.
    POLDER_OTHER,
} polder_failure;

/// Takes a failure back, so that the function can go on; `message`, unless NULL, is its text.
polder_failure polder_recover(polder_text *message);

/// A text that grows in memory of the row; zeros are an empty one.
typedef struct polder_buffer {
    char *data;
    size_t length, capacity;
} polder_buffer;

void polder_append(polder_buffer *buffer, polder_text text);
void polder_append_character(polder_buffer *buffer, uint32_t character);

static inline polder_text polder_buffer_text(const polder_buffer *buffer) {
    polder_text text = {buffer->data ? buffer->data : "", buffer->length};
    return text;
}

/// A STRING in the state of an aggregate, which owns it. Zeros are null.
typedef struct polder_string {
    char *data;
    size_t length, capacity;
} polder_string;

void polder_string_set(polder_string *string, polder_text text);
void polder_string_append(polder_string *string, polder_text text);
void polder_string_free(polder_string *string);

static inline polder_text polder_string_text(const polder_string *string) {
    polder_text text = {string->data ? string->data : "", string->length};
    return text;
}

/// What has happened since the last row was settled: any of these.
enum { POLDER_USED_MEMORY = 1, POLDER_IS_NULL = 2, POLDER_FAILED = 4 };
extern unsigned polder_pending;

static inline bool polder_failed(void) {
    return polder_pending & POLDER_FAILED;
}

/// Whether the row that was just answered has a value.
static inline bool polder_has_value(void) {
    return polder_pending <= POLDER_USED_MEMORY;
}

#ifdef __cplusplus
}
#endif
