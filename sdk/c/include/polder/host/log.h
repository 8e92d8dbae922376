/// Lines for whoever runs the statement.
#pragma once

#include "../memory.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum polder_level { POLDER_TRACE, POLDER_DEBUG, POLDER_INFO, POLDER_WARN, POLDER_ERROR } polder_level;

/// `{"day", polder_text_of("2013-01-05")}`
typedef struct polder_log_field {
    const char *name;
    polder_text value;
} polder_log_field;

/// A line, as `printf` would print it.
void polder_log(polder_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/// A message with values by name.
void polder_log_event(polder_level level, polder_text message, const polder_log_field *fields, size_t count);

#ifdef __cplusplus
}
#endif
