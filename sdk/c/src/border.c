#include "border.h"

static size_t count_fields(const polder_field *fields, size_t count) {
    size_t sum = count;
    for (size_t index = 0; index < count; index++) {
        sum += count_fields(fields[index].type->children, fields[index].type->child_count);
    }
    return sum;
}

static wit_field *put_fields(wit_field *to, const polder_field *fields, size_t count) {
    for (size_t index = 0; index < count; index++) {
        const polder_type *type = fields[index].type;
        *to++ = (wit_field){
            .name = polder_text_of(fields[index].name),
            .format = polder_text_of(type->format),
            .nullable = true,
            .children = (uint32_t)type->child_count,
        };
        to = put_fields(to, type->children, type->child_count);
    }
    return to;
}

wit_schema lower_fields(const polder_field *fields, size_t count) {
    wit_schema schema = {.length = count_fields(fields, count)};
    schema.items = take(wit_field, schema.length);
    put_fields(schema.items, fields, count);
    return schema;
}

wit_schema lower_type(const char *name, const polder_type *type) {
    polder_field field = {.name = name, .type = type};
    return lower_fields(&field, 1);
}

static const char *c_string(polder_text text) {
    char *string = take(char, text.length + 1);
    memcpy(string, text.data, text.length);
    string[text.length] = 0;
    return string;
}

polder_field lift_field(const wit_schema *schema, size_t *next) {
    const wit_field *from = &schema->items[(*next)++];
    polder_field *children = take(polder_field, from->children);
    for (size_t child = 0; child < from->children; child++) children[child] = lift_field(schema, next);
    polder_type *type = take(polder_type, 1);
    *type = (polder_type){c_string(from->format), children, from->children};
    return (polder_field){.name = c_string(from->name), .type = type, .optional = from->nullable};
}

static size_t count_arrays(const polder_type *type) {
    size_t sum = 1;
    for (size_t child = 0; child < type->child_count; child++) sum += count_arrays(type->children[child].type);
    return sum;
}

static wit_array *put_arrays(wit_array *to, const polder_builder *column, size_t rows) {
    size_t width;
    polder_layout layout = polder_layout_of(column->type, &width);
    size_t nulls = layout == LAYOUT_NULL ? 0 : column->nulls;
    polder_bytes *buffers = take(polder_bytes, 2), *end = buffers;
    if (layout == LAYOUT_BYTES || layout == LAYOUT_LIST) {
        *end++ = (polder_bytes){(const uint8_t *)column->offsets, (rows + 1) * sizeof(int32_t)};
    }
    if (layout == LAYOUT_BYTES) *end++ = (polder_bytes){column->values, column->used};
    if (layout == LAYOUT_FIXED) *end++ = (polder_bytes){column->values, rows * width};
    if (layout == LAYOUT_BITS) *end++ = (polder_bytes){column->values, (rows + 7) / 8};
    *to++ = (wit_array){
        .length = (uint32_t)rows,
        .null_count = (uint32_t)(layout == LAYOUT_NULL ? rows : nulls),
        .validity = {nulls ? column->validity : NULL, nulls ? (rows + 7) / 8 : 0},
        .buffers = {buffers, (size_t)(end - buffers)},
    };
    for (size_t child = 0; child < column->type->child_count; child++) {
        const polder_builder *inner = &column->children[child];
        to = put_arrays(to, inner, layout == LAYOUT_STRUCT ? rows : inner->length);
    }
    return to;
}

wit_batch lower_columns(const polder_builder *columns, size_t count, size_t rows) {
    wit_batch batch = {.rows = (uint32_t)rows};
    for (size_t column = 0; column < count; column++) batch.arrays.length += count_arrays(columns[column].type);
    wit_array *to = batch.arrays.items = take(wit_array, batch.arrays.length);
    for (size_t column = 0; column < count; column++) to = put_arrays(to, &columns[column], rows);
    return batch;
}

polder_column lift_column(const polder_type *type, const wit_array *arrays, size_t *next) {
    const wit_array *array = &arrays[(*next)++];
    const polder_bytes *buffer = array->buffers.items;
    size_t width;
    polder_layout layout = polder_layout_of(type, &width);
    polder_column column = {.type = type, .length = array->length, .nulls = array->null_count};
    if (layout == LAYOUT_NULL) {
        uint8_t *nothing = take(uint8_t, (column.length + 7) / 8);
        memset(nothing, 0, (column.length + 7) / 8);
        column.validity = nothing;
    } else if (column.nulls) {
        column.validity = array->validity.data;
    }
    if (layout == LAYOUT_BYTES || layout == LAYOUT_LIST) column.offsets = (const int32_t *)(buffer++)->data;
    if (layout != LAYOUT_NULL && layout != LAYOUT_LIST && layout != LAYOUT_STRUCT && array->buffers.length) {
        column.values = buffer->data;
    }
    polder_column *children = take(polder_column, type->child_count);
    for (size_t child = 0; child < type->child_count; child++) {
        children[child] = lift_column(type->children[child].type, arrays, next);
    }
    column.children = children;
    return column;
}

bool is_full(const polder_column *column) {
    if (column->nulls) return false;
    for (size_t child = 0; child < column->type->child_count; child++) {
        if (!is_full(&column->children[child])) return false;
    }
    return true;
}

void begin_call(void) {
    polder_pending = 0;
    polder_failed_row = -1;
    polder_arena_reset(polder_scratch);
}

void end_call(void) {
    polder_arena_reset(polder_memory);
}
