#include <stdarg.h>
#include <stdio.h>

#include "arena.h"
#include "polder/memory.h"

static polder_text failure;
static polder_failure reason;

static polder_text printed(polder_arena *memory, const char *format, va_list values) {
    va_list again;
    va_copy(again, values);
    int length = vsnprintf(NULL, 0, format, values);
    if (length < 0) length = 0;
    char *text = polder_arena_alloc(memory, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return (polder_text){text, (size_t)length};
}

polder_text polder_format(const char *format, ...) {
    va_list values;
    va_start(values, format);
    polder_pending |= POLDER_USED_MEMORY;
    polder_text text = printed(polder_scratch, format, values);
    va_end(values);
    return text;
}

/// The first failure is the one that counts.
static void fail(polder_failure why, polder_text message) {
    if (polder_failed()) return;
    polder_pending |= POLDER_FAILED;
    failure = message;
    reason = why;
}

void polder_fail(const char *format, ...) {
    va_list values;
    va_start(values, format);
    fail(POLDER_OTHER, printed(polder_memory, format, values));
    va_end(values);
}

void polder_fail_with(polder_text message) {
    char *copy = polder_arena_alloc(polder_memory, message.length);
    memcpy(copy, message.data, message.length);
    fail(POLDER_OTHER, (polder_text){copy, message.length});
}

void polder_refuse(unsigned why, polder_text message) {
    fail((polder_failure)why, message);
}

polder_failure polder_recover(polder_text *message) {
    if (!polder_failed()) return POLDER_NO_FAILURE;
    polder_pending &= ~(unsigned)POLDER_FAILED;
    if (message) *message = failure;
    return reason;
}

polder_text polder_take_failure(void) {
    polder_recover(NULL);
    return failure;
}
