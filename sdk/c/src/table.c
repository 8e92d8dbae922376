#include "udf.h"

/// Rows for which a page has room before it has to grow.
enum { FIRST_ROOM = 1024 };

/// A table function, and the call whose rows are being asked for.
typedef struct table {
    binding bound;
    /// The arguments; no rows when no call is open.
    polder_call call;
    polder_arena call_memory;
    /// The row of the arguments that comes next.
    size_t row;
    void *cursor;
    bool is_open;
    polder_arena cursor_memory;
} table;

UDF_NEW("table-function") int32_t new_table(table *table);

static const polder_table *walk(const table *table) {
    return table->bound.function->table;
}

UDF("[static]table-function.bind")
wit_result *polder_table_bind(FLAT_TEXT(name), FLAT(const wit_argument, arguments)) {
    begin_call();
    binding bound;
    if (!bind_function(&bound, POLDER_KIND_TABLE, "table", TEXT_OF(name), arguments, arguments_length)) {
        return error_result();
    }
    bound.memory = polder_take_memory();
    table *kept = malloc(sizeof *kept);
    if (!kept) __builtin_trap();
    *kept = (table){.bound = bound, .cursor = malloc(bound.function->table->cursor_size)};
    wit_result *result = new_result();
    result->handle = new_table(kept);
    return result;
}
UDF_END("[static]table-function.bind", polder_table_bind)

UDF("[method]table-function.returns")
wit_schema *polder_table_returns(const table *table) {
    begin_call();
    const polder_type *row = table->bound.returns;
    wit_schema *schema = take(wit_schema, 1);
    *schema = lower_fields(row->children, row->child_count);
    return schema;
}
UDF_END("[method]table-function.returns", polder_table_returns)

static void close_cursor(table *table) {
    if (table->is_open && walk(table)->close) walk(table)->close(table->cursor);
    table->is_open = false;
    polder_arena_reset(&table->cursor_memory);
}

static void close_call(table *table) {
    close_cursor(table);
    table->call = (polder_call){};
    table->row = 0;
    polder_arena_free(&table->call_memory);
}

UDF("[method]table-function.open")
wit_result *polder_table_open(table *table, uint32_t rows, FLAT(wit_array, arrays)) {
    begin_call();
    close_call(table);
    table->call = call_with(&table->bound, (wit_batch){rows, {arrays, arrays_length}});
    table->call_memory = polder_take_memory();
    return new_result();
}
UDF_END("[method]table-function.open", polder_table_open)

/// Begins with the next row whose arguments are all there; false when there is none.
static bool advance(table *table) {
    polder_arena *before = polder_scratch;
    polder_scratch = &table->cursor_memory;
    close_cursor(table);
    while (!table->is_open && !polder_failed() && table->row < table->call.rows) {
        memset(table->cursor, 0, walk(table)->cursor_size);
        table->is_open = walk(table)->open(&table->call, table->row++, table->cursor);
    }
    polder_scratch = before;
    polder_pending &= POLDER_FAILED;
    return table->is_open && !polder_failed();
}

/// Some rows of output, and for each the row of the arguments that it comes from.
typedef struct wit_page {
    bool failed;
    union {
        struct {
            bool some;
            wit_batch columns;
            LIST(uint32_t) source;
        };
        wit_error error;
    };
} wit_page;

UDF("[method]table-function.next")
wit_page *polder_table_next(table *table, uint32_t max_rows) {
    begin_call();
    size_t room = max_rows < FIRST_ROOM ? max_rows : FIRST_ROOM, count = 0;
    polder_builder rows = polder_builder_of(table->bound.returns, room, polder_memory);
    uint32_t *source = take(uint32_t, room);
    while (count < max_rows && !polder_failed()) {
        if (table->is_open && walk(table)->next(table->cursor, &rows)) {
            if (count == room) {
                source = polder_arena_resize(polder_memory, source, room * sizeof *source, 2 * room * sizeof *source);
                room *= 2;
            }
            source[count++] = (uint32_t)table->row - 1;
            if (polder_pending) polder_settle(NULL, table->row - 1);
        } else if (polder_failed() || !advance(table)) {
            break;
        }
    }
    wit_page *page = take(wit_page, 1);
    *page = (wit_page){.some = count > 0};
    if (polder_failed()) {
        page->failed = true;
        page->error = (wit_error){polder_take_failure(), true, (uint32_t)table->row - 1};
        close_call(table);
    } else if (count) {
        page->columns = lower_columns(rows.children, rows.type->child_count, count);
        page->source.items = source;
        page->source.length = count;
    } else {
        close_call(table);
    }
    return page;
}
UDF_END("[method]table-function.next", polder_table_next)

UDF("[dtor]table-function")
void polder_table_drop(table *table) {
    close_call(table);
    polder_arena_free(&table->cursor_memory);
    polder_arena_free(&table->bound.memory);
    free(table->cursor);
    free(table);
}
