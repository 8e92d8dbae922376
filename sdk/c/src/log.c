/// `polder:host/log`
#include "polder/host/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "border.h"

IMPORT("polder:host/log@0.1.0", "log") void host_log(int32_t level, FLAT_TEXT(message), FLAT(const wit_pair, fields));

void polder_log_event(polder_level level, polder_text message, const polder_log_field *fields, size_t count) {
    wit_pairs pairs = {take(wit_pair, count), count};
    for (size_t index = 0; index < count; index++) {
        pairs.items[index] = (wit_pair){polder_text_of(fields[index].name), fields[index].value};
    }
    host_log(level, FLATTEN_TEXT(message), FLATTEN(pairs));
}

void polder_log(polder_level level, const char *format, ...) {
    char line[1024];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line, format, values);
    va_end(values);
    if (length < 0) return;
    polder_text message = {line, (size_t)length < sizeof line ? (size_t)length : sizeof line - 1};
    polder_log_event(level, message, NULL, 0);
}
