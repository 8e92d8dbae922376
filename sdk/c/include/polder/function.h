/// Functions: what each says of itself, and how the SDK calls it. Macros and templates make these records.
#pragma once

#include "column.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What a function promises about repeated calls.
typedef enum polder_volatility {
    /// Same arguments, same result, always: constant calls are computed once.
    POLDER_IMMUTABLE,
    /// Same within one statement.
    POLDER_STABLE,
    /// May differ at each call.
    POLDER_VOLATILE,
} polder_volatility;

/// An expression, or a SELECT for table functions, and what it returns; `{schema}` is where the plugin is installed.
typedef struct polder_example {
    const char *sql;
    const char *result;
} polder_example;

/// What is known of an argument before any row: its type, and its value when it is a constant.
typedef struct polder_argument {
    const polder_type *type;
    /// NULL unless it is a constant.
    const polder_column *constant;
} polder_argument;

/// What the author says of a function beside its signature.
typedef struct polder_options {
    /// Markdown; the first paragraph is the summary.
    const char *doc;
    /// They end with a zero.
    const polder_example *examples;
    polder_volatility volatility;
    /// The last parameter, a list, takes all arguments that are left.
    bool variadic;
    /// Another name in SQL.
    const char *name;
    /// The type of a `polder_value` that the function returns.
    const polder_type *(*returns)(const polder_argument *arguments, size_t count);
} polder_options;

struct polder_function;

/// The arguments of one call: a column each, constants among them.
typedef struct polder_call {
    const struct polder_function *function;
    size_t rows;
    const polder_column *columns;
    size_t column_count;
    /// Whether no column is constant and nothing in them is null.
    bool dense;
} polder_call;

/// How an aggregate keeps its groups: an array of states, which begin as zeros.
typedef struct polder_aggregate {
    size_t state_size;
    /// A struct; its fields are the columns of a partial state.
    const polder_type *state;
    /// Adds row i to state number `groups[i]`.
    void (*update)(const polder_call *call, void *states, const uint32_t *groups);
    /// Merges row i into state number `groups[i]`.
    void (*merge)(const polder_column *others, void *states, const uint32_t *groups);
    void (*save)(void *states, size_t count, polder_builder *rows);
    void (*evaluate)(void *states, size_t count, polder_builder *result);
    /// Makes a state of zeros ready; NULL when zeros are.
    void (*start)(void *state);
    /// Frees what a state owns; NULL when it owns nothing.
    void (*drop)(void *state);
    /// Bytes that a state owns; NULL when it owns nothing.
    size_t (*size)(const void *state);
} polder_aggregate;

/// How a table function walks through the rows that one row of arguments gives.
typedef struct polder_table {
    size_t cursor_size;
    /// Begins with a row of arguments; false when a null in it leaves no rows. The cursor is zeros.
    bool (*open)(const polder_call *call, size_t row, void *cursor);
    /// Pushes one row; false at the end.
    bool (*next)(void *cursor, polder_builder *rows);
    /// Frees what the cursor owns; NULL when it owns nothing.
    void (*close)(void *cursor);
} polder_table;

typedef enum polder_kind_number {
    POLDER_KIND_SCALAR,
    POLDER_KIND_AGGREGATE,
    POLDER_KIND_TABLE,
    POLDER_KIND_TRANSFORM,
    POLDER_KIND_SCORER,
    POLDER_KIND_TASK,
} polder_kind_number;

/// A kind of functions. It lies beside the exports that carry such functions, so that the linker takes these just
/// where there is one.
typedef struct polder_kind {
    polder_kind_number number;
    const char *word;
} polder_kind;

extern const polder_kind polder_scalar_kind, polder_aggregate_kind, polder_table_kind, polder_task_kind;

typedef struct polder_function {
    const char *name;
    const polder_kind *kind;
    const polder_field *parameters;
    size_t parameter_count;
    /// The type of a value; a struct for the columns of a table and the outputs of a task, NULL where there are none.
    const polder_type *returns;
    polder_options options;
    /// Scalars give as many values as the call has rows; tasks give one.
    void (*call)(const polder_call *call, polder_builder *result);
    const polder_aggregate *aggregate;
    const polder_table *table;
    struct polder_function *next;
} polder_function;

/// Adds a function to those of the plugin.
void polder_enter(polder_function *function);

/// Something outside the sandbox that the plugin wants, and why a reader of the consent prompt should agree.
typedef struct polder_want {
    /// The interface, such as "storage".
    const char *interface;
    /// The privilege, such as "READ VOLUME", on a securable, such as "VOLUME main.nyc.inbox" or only "VOLUME" when the
    /// installer chooses; both empty where the interface takes no grant.
    const char *privilege, *on;
    const char *reason;
    struct polder_want *next;
} polder_want;

void polder_enter_want(polder_want *want);

/// Name, version and origin of the plugin; the builder makes it of `polder.toml`.
typedef struct polder_manifest {
    const char *name, *version, *description, *license;
    const char *const *authors;
    size_t author_count;
    const char *homepage;
} polder_manifest;

extern const polder_manifest polder_plugin;

/// Takes back the memory of a row and puts a null for it if there is to be one. False when the call has failed.
bool polder_settle(polder_builder *result, size_t row);

#ifdef __cplusplus
}
#endif
