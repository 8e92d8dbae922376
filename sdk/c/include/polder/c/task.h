/// Tasks: steps of workflows.
#pragma once

#include "scalar.h"

/// A task, whose body follows. Its outputs are the fields of a row, made by `POLDER_ROW`; an optional parameter may be
/// left out.
///
///     POLDER_ROW(loaded, (int64_t, rows))
///     POLDER_TASK(loaded, load, ((polder_text, day)), .doc = "Loads a day.") { … return (loaded){rows}; }
#define POLDER_TASK(OUTPUTS, NAME, PARAMETERS, ...)                                                        \
    static OUTPUTS NAME(POLDER_COMMAS(POLDER_DECLARE, PARAMETERS));                                        \
    static void polder_call_##NAME(const polder_call *call_, polder_builder *result_) {                    \
        size_t row_ = 0;                                                                                   \
        (void)call_, (void)row_;                                                                           \
        OUTPUTS outputs_ = NAME(POLDER_COMMAS(POLDER_ARGUMENT, PARAMETERS));                               \
        if (!polder_failed()) polder_push_##OUTPUTS(result_, outputs_);                                    \
    }                                                                                                      \
    POLDER_FUNCTION(NAME, task, PARAMETERS, .returns = &polder_type_##OUTPUTS, .call = polder_call_##NAME, \
                    .options = {__VA_ARGS__})                                                              \
    static OUTPUTS NAME(POLDER_COMMAS(POLDER_DECLARE, PARAMETERS))
