/// SQL as the caller, narrowed by what the plugin itself was granted.
#pragma once

#include "../column.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The rows of a statement, a batch at a time.
typedef struct polder_rows {
    int32_t handle;
    /// The columns' names and types.
    const polder_field *fields;
    size_t field_count;
    /// The columns of the batch, and its rows.
    const polder_column *columns;
    size_t length;
    struct polder_arena *memory;
} polder_rows;

/// Runs a statement in which `$1`, `$2` … stand for values: the fields of the one row in `parameters`, which may be NULL.
/// A statement that gives no rows has been carried out when it returns.
bool polder_query(polder_rows *rows, polder_text statement, const polder_builder *parameters);
/// The next batch, which is there until the one after it. False at the end, and when it failed.
bool polder_rows_next(polder_rows *rows);
/// The batch as a column of structs, for `polder_read_ROW`.
polder_column polder_rows_column(const polder_rows *rows, const polder_type *type);
void polder_rows_close(polder_rows *rows);

/// A struct of one row, for parameters.
polder_builder polder_parameters(const polder_type *type);

/// How a writer's rows meet those of the table.
typedef enum polder_mode { POLDER_APPEND, POLDER_OVERWRITE, POLDER_MERGE } polder_mode;

/// What a writer is opened with; zeros append.
typedef struct polder_write {
    polder_mode mode;
    /// For `POLDER_MERGE`: rows replace those with equal values in these columns.
    const polder_text *keys;
    size_t key_count;
    /// Unless NULL, the commit with this number, which grows, is made once by the application of this name.
    const char *application;
    int64_t version;
} polder_write;

/// Rows that become one commit to a Delta table, all or nothing.
typedef struct polder_writer {
    int32_t handle;
    polder_builder *rows;
    struct polder_arena *memory;
} polder_writer;

/// Opens a table for rows of the struct `type`; `how` may be NULL.
bool polder_writer_open(polder_writer *writer, polder_text table, const polder_type *type, const polder_write *how);
/// Sends the rows that were pushed, if there are many.
bool polder_writer_flush(polder_writer *writer);
/// Makes the commit; `version`, unless NULL, is that of the table with these rows.
bool polder_writer_commit(polder_writer *writer, uint64_t *version);
/// Without a commit nothing was written.
void polder_writer_close(polder_writer *writer);

/// Pushes a row of the type that the writer was opened for: `polder_writer_push(&writer, line, ((line){1, text}))`.
#define polder_writer_push(WRITER, ROW, VALUE) \
    (polder_push_##ROW((WRITER)->rows, VALUE), polder_writer_flush(WRITER))

#ifdef __cplusplus
}
#endif
