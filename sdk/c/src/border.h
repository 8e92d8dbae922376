/// The border of the sandbox: records of the contract (`wit/`) as they lie in memory. A C struct of the same members
/// lies just as the component model wants it, and a list is a pointer and a length.
#pragma once

#include "arena.h"
#include "layout.h"
#include "polder/function.h"

#define EXPORT(NAME) [[clang::export_name(NAME)]]
#define IMPORT(MODULE, NAME) [[clang::import_module(MODULE), clang::import_name(NAME)]]

/// A text or list as it is passed: a pointer and a length.
#define FLAT(TYPE, NAME) TYPE *NAME, [[maybe_unused]] size_t NAME##_length
#define FLAT_TEXT(NAME) FLAT(const char, NAME)
#define TEXT_OF(NAME) ((polder_text){NAME, NAME##_length})
#define FLATTEN_TEXT(TEXT) (TEXT).data, (TEXT).length
#define FLATTEN(LIST) (LIST).items, (LIST).length

#define LIST(TYPE)     \
    struct {           \
        TYPE *items;   \
        size_t length; \
    }

typedef struct wit_pair {
    polder_text name, value;
} wit_pair;

typedef LIST(wit_pair) wit_pairs;

typedef struct wit_field {
    polder_text name, format;
    bool nullable;
    uint32_t children;
    wit_pairs metadata;
} wit_field;

typedef LIST(wit_field) wit_schema;

typedef struct wit_array {
    uint32_t length, null_count;
    polder_bytes validity;
    LIST(polder_bytes) buffers;
} wit_array;

typedef LIST(wit_array) wit_arrays;

typedef struct wit_batch {
    uint32_t rows;
    wit_arrays arrays;
} wit_batch;

typedef struct wit_argument {
    wit_schema type;
    bool is_constant;
    wit_batch constant;
} wit_argument;

/// Why a call failed.
typedef struct wit_error {
    polder_text message;
    bool has_row;
    uint32_t row;
} wit_error;

/// A failure of the host: its reason, counted from 0, and its text.
typedef struct wit_refusal {
    uint8_t reason;
    polder_text message;
} wit_refusal;

/// Bytes for what crosses the border.
#define take(TYPE, COUNT) ((TYPE *)polder_arena_alloc(polder_memory, (COUNT) * sizeof(TYPE)))

/// A schema with these fields, all of which may be null.
wit_schema lower_fields(const polder_field *fields, size_t count);
/// A schema of one root.
wit_schema lower_type(const char *name, const polder_type *type);
/// The first field of a schema, and what is inside it; `next` becomes the index of what follows.
polder_field lift_field(const wit_schema *schema, size_t *next);

/// A batch of these columns, which are all as long.
wit_batch lower_columns(const polder_builder *columns, size_t count, size_t rows);
/// A column of a type, taken from the arrays from `next` on.
polder_column lift_column(const polder_type *type, const wit_array *arrays, size_t *next);

/// Whether there are no nulls, not even in what is inside.
bool is_full(const polder_column *column);

/// The function of that name and kind; NULL, and a failure, when there is none.
const polder_function *find_function(polder_text name, polder_kind_number kind, const char *word);

/// Begins a call: nothing has failed, and the memory of rows is free.
void begin_call(void);
/// Ends it, when the host has read its result.
void end_call(void);
