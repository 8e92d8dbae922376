/// `polder:host/query`
#include "polder/host/query.h"

#include <stdlib.h>

#include "host.h"

/// Rows that a writer sends at once.
enum { BATCH = 8192 };

typedef struct wit_maybe_batch {
    bool some;
    wit_batch batch;
} wit_maybe_batch;

ANSWER(wit_next, wit_maybe_batch next)
ANSWER(wit_committed, uint64_t version)

#define QUERY(NAME) IMPORT("polder:host/query@0.1.0", NAME)

QUERY("run")
void host_run(FLAT_TEXT(statement), FLAT(const wit_field, schema), uint32_t rows, FLAT(const wit_array, arrays),
              wit_opened *);
QUERY("[method]rows.schema") void host_schema(int32_t, wit_schema *);
QUERY("[method]rows.next") void host_next(int32_t, wit_next *);
QUERY("[resource-drop]rows") void host_drop_rows(int32_t);
QUERY("[static]writer.open")
void host_open_writer(FLAT_TEXT(table), FLAT(const wit_field, schema), int32_t mode, FLAT(const polder_text, keys),
                      bool once, FLAT_TEXT(application), int64_t version, wit_opened *);
QUERY("[method]writer.push") void host_push(int32_t, uint32_t rows, FLAT(const wit_array, arrays), wit_opened *);
QUERY("[static]writer.commit") void host_commit_writer(int32_t, wit_committed *);
QUERY("[resource-drop]writer") void host_drop_writer(int32_t);

static polder_arena *new_memory(void) {
    polder_arena *memory = calloc(1, sizeof *memory);
    if (!memory) __builtin_trap();
    return memory;
}

static void free_memory(polder_arena **memory) {
    if (*memory) polder_arena_free(*memory);
    free(*memory);
    *memory = NULL;
}

polder_builder polder_parameters(const polder_type *type) {
    return polder_builder_of(type, 1, polder_memory);
}

bool polder_query(polder_rows *rows, polder_text statement, const polder_builder *parameters) {
    wit_opened answer;
    wit_schema schema = {};
    wit_batch batch = {.rows = 1};
    *rows = (polder_rows){};
    if (parameters) {
        schema = lower_fields(parameters->type->children, parameters->type->child_count);
        batch = lower_columns(parameters->children, parameters->type->child_count, 1);
    }
    host_run(FLATTEN_TEXT(statement), FLATTEN(schema), batch.rows, FLATTEN(batch.arrays), &answer);
    if (!granted(answer.failed, &answer.refusal)) return false;
    rows->handle = answer.handle;
    host_schema(rows->handle, &schema);
    polder_field *fields = take(polder_field, schema.length);
    for (size_t next = 0; next < schema.length;) fields[rows->field_count++] = lift_field(&schema, &next);
    rows->fields = fields;
    rows->memory = new_memory();
    return true;
}

bool polder_rows_next(polder_rows *rows) {
    wit_next answer;
    polder_arena *before = polder_memory;
    polder_arena_reset(rows->memory);
    polder_memory = rows->memory;
    host_next(rows->handle, &answer);
    bool some = !answer.failed && answer.next.some;
    rows->length = 0;
    if (some) {
        polder_column *columns = take(polder_column, rows->field_count);
        size_t next = 0;
        for (size_t column = 0; column < rows->field_count; column++) {
            columns[column] = lift_column(rows->fields[column].type, answer.next.batch.arrays.items, &next);
        }
        rows->columns = columns;
        rows->length = answer.next.batch.rows;
    }
    polder_memory = before;
    return granted(answer.failed, &answer.refusal) && some;
}

polder_column polder_rows_column(const polder_rows *rows, const polder_type *type) {
    bool fits = rows->field_count == type->child_count;
    for (size_t index = 0; fits && index < rows->field_count; index++) {
        const polder_field *field = &rows->fields[index];
        fits = polder_type_equal(field->type, type->children[index].type);
        if (!fits) polder_fail("column `%s` of a query has Arrow format `%s`", field->name, field->type->format);
    }
    if (!fits) polder_fail("a query gives %zu columns, not %zu", rows->field_count, type->child_count);
    return (polder_column){.type = type, .length = fits ? rows->length : 0, .children = rows->columns};
}

void polder_rows_close(polder_rows *rows) {
    if (rows->handle) host_drop_rows(rows->handle);
    free_memory(&rows->memory);
    *rows = (polder_rows){};
}

/// An empty batch in the writer's memory.
static void begin_batch(polder_writer *writer, const polder_type *type) {
    polder_arena_reset(writer->memory);
    writer->rows = polder_arena_alloc(writer->memory, sizeof *writer->rows);
    *writer->rows = polder_builder_of(type, 64, writer->memory);
}

bool polder_writer_open(polder_writer *writer, polder_text table, const polder_type *type, const polder_write *how) {
    static const polder_write append;
    if (!how) how = &append;
    wit_opened answer;
    polder_text application = polder_text_of(how->application ? how->application : "");
    *writer = (polder_writer){};
    wit_schema schema = lower_fields(type->children, type->child_count);
    host_open_writer(FLATTEN_TEXT(table), FLATTEN(schema), how->mode, how->keys, how->key_count, how->application,
                     FLATTEN_TEXT(application), how->version, &answer);
    if (!granted(answer.failed, &answer.refusal)) return false;
    writer->handle = answer.handle;
    writer->memory = new_memory();
    begin_batch(writer, type);
    return true;
}

static bool send(polder_writer *writer) {
    const polder_type *type = writer->rows->type;
    wit_opened answer = {};
    if (writer->rows->length) {
        polder_arena *before = polder_memory;
        polder_memory = writer->memory;
        wit_batch batch = lower_columns(writer->rows->children, type->child_count, writer->rows->length);
        polder_memory = before;
        host_push(writer->handle, batch.rows, FLATTEN(batch.arrays), &answer);
    }
    begin_batch(writer, type);
    return granted(answer.failed, &answer.refusal);
}

bool polder_writer_flush(polder_writer *writer) {
    return writer->rows->length < BATCH || send(writer);
}

bool polder_writer_commit(polder_writer *writer, uint64_t *version) {
    wit_committed answer = {};
    if (!send(writer)) return false;
    host_commit_writer(writer->handle, &answer);
    writer->handle = 0;
    free_memory(&writer->memory);
    if (version) *version = answer.version;
    return granted(answer.failed, &answer.refusal);
}

void polder_writer_close(polder_writer *writer) {
    if (writer->handle) host_drop_writer(writer->handle);
    free_memory(&writer->memory);
    *writer = (polder_writer){};
}
