/// A function bound to the types of its arguments and the values of constant ones.
#pragma once

#include "border.h"

typedef struct binding {
    const polder_function *function;
    const polder_argument *arguments;
    size_t argument_count;
    const polder_type *returns;
    /// Holds all of it.
    polder_arena memory;
} binding;

/// A result of a call: what a resource gave, or an error.
typedef struct wit_result {
    bool failed;
    union {
        int32_t handle;
        wit_batch batch;
        wit_error error;
    };
} wit_result;

/// Binds a function. False, and a failure, when it does not take these arguments.
bool bind_function(binding *bound, polder_kind_number kind, const char *word, polder_text name,
                   FLAT(const wit_argument, arguments));

/// The arguments of a call of `rows` rows: constants, and the columns that came.
polder_call call_with(const binding *bound, wit_batch batch);

/// An empty result.
wit_result *new_result(void);
/// An error for what failed.
wit_result *error_result(void);
