/// Parameters and outputs of tasks, which are JSON.
#pragma once

#include "layout.h"

/// Pushes the value that a JSON text is. False, and a failure that begins with `name`, when it is none of the
/// builder's type: numbers, booleans, texts and lists of them.
bool polder_json_read(const char *name, polder_text json, polder_builder *builder);

/// The JSON of a value, in memory of the run. What JSON has no type for is text.
polder_text polder_json_write(const polder_builder *values, size_t row);
