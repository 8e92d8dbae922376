#include "arena.h"
#include "layout.h"

/// Bytes of the values of so many rows.
static size_t value_bytes(polder_layout layout, size_t width, size_t rows) {
    return layout == LAYOUT_BITS ? (rows + 7) / 8 : layout == LAYOUT_FIXED ? rows * width : 0;
}

static bool has_offsets(polder_layout layout) {
    return layout == LAYOUT_BYTES || layout == LAYOUT_LIST;
}

polder_builder polder_builder_of(const polder_type *type, size_t rows, polder_arena *memory) {
    polder_builder builder = {.type = type, .memory = memory};
    size_t width;
    polder_layout layout = polder_layout_of(type, &width);
    if (type->child_count) {
        builder.children = polder_arena_alloc(memory, type->child_count * sizeof(polder_builder));
        for (size_t child = 0; child < type->child_count; child++) {
            builder.children[child] = polder_builder_of(type->children[child].type, 0, memory);
        }
    }
    if (has_offsets(layout)) {
        builder.offsets = polder_arena_alloc(memory, sizeof(int32_t));
        builder.offsets[0] = 0;
    }
    polder_builder_reserve(&builder, rows);
    return builder;
}

void polder_builder_reserve(polder_builder *builder, size_t rows) {
    if (rows <= builder->capacity) return;
    size_t old = builder->capacity, capacity = rows < 2 * old ? 2 * old : rows < 8 ? 8 : rows, width;
    polder_layout layout = polder_layout_of(builder->type, &width);
    size_t had = value_bytes(layout, width, old), has = value_bytes(layout, width, capacity);
    if (has) builder->values = polder_arena_resize(builder->memory, builder->values, had, has);
    if (layout == LAYOUT_BITS) memset((char *)builder->values + had, 0, has - had);
    if (has_offsets(layout)) {
        size_t size = sizeof(int32_t);
        builder->offsets =
            polder_arena_resize(builder->memory, builder->offsets, (old + 1) * size, (capacity + 1) * size);
    }
    if (builder->validity) {
        had = (old + 7) / 8, has = (capacity + 7) / 8;
        builder->validity = polder_arena_resize(builder->memory, builder->validity, had, has);
        memset(builder->validity + had, 0xFF, has - had);
    }
    if (layout == LAYOUT_STRUCT) {
        for (size_t child = 0; child < builder->type->child_count; child++) {
            polder_builder_reserve(&builder->children[child], capacity);
        }
    }
    builder->capacity = capacity;
}

/// Marks a row as null.
static void mark_null(polder_builder *builder, size_t row) {
    if (!builder->validity) {
        size_t size = (builder->capacity + 7) / 8;
        builder->validity = polder_arena_alloc(builder->memory, size);
        memset(builder->validity, 0xFF, size);
    }
    uint8_t *byte = &builder->validity[row >> 3], mask = (uint8_t)(1 << (row & 7));
    builder->nulls += (*byte & mask) != 0;
    *byte = (uint8_t)(*byte & ~mask);
}

void polder_put_null(polder_builder *builder, size_t row) {
    size_t width;
    switch (polder_layout_of(builder->type, &width)) {
    case LAYOUT_FIXED: memset((char *)builder->values + row * width, 0, width); break;
    case LAYOUT_BYTES: builder->offsets[row + 1] = (int32_t)builder->used; break;
    case LAYOUT_LIST: builder->offsets[row + 1] = (int32_t)builder->children->length; break;
    case LAYOUT_STRUCT:
        for (size_t child = 0; child < builder->type->child_count; child++) {
            polder_put_null(&builder->children[child], row);
        }
        break;
    default: break;
    }
    mark_null(builder, row);
}

void polder_put_bytes(polder_builder *builder, size_t row, const void *data, size_t length) {
    size_t used = builder->used + length;
    if (used > builder->room) {
        if (used > INT32_MAX) {
            polder_fail("the texts of a result have more than 2 GiB");
            return;
        }
        size_t room = used < 2 * builder->room ? 2 * builder->room : used < 64 ? 64 : used;
        builder->values = polder_arena_resize(builder->memory, builder->values, builder->used, room);
        builder->room = room;
    }
    memcpy((char *)builder->values + builder->used, data, length);
    builder->used = used;
    builder->offsets[row + 1] = (int32_t)used;
}

void polder_put_list(polder_builder *builder, size_t row) {
    builder->offsets[row + 1] = (int32_t)builder->children->length;
}

void polder_put_value(polder_builder *builder, size_t row, polder_value value) {
    const polder_column *column = value.column;
    size_t position = value.position, width;
    if (!polder_type_equal(builder->type, column->type)) {
        polder_fail("a value has Arrow format `%s`, not `%s`", column->type->format, builder->type->format);
        return;
    }
    if (polder_value_is_null(value)) {
        polder_put_null(builder, row);
        return;
    }
    switch (polder_layout_of(builder->type, &width)) {
    case LAYOUT_BITS: polder_put_bit(builder, row, polder_bit(column->values, position)); break;
    case LAYOUT_FIXED:
        memcpy((char *)builder->values + row * width, (const char *)column->values + position * width, width);
        break;
    case LAYOUT_BYTES: {
        polder_text text = polder_text_at(column, position);
        polder_put_bytes(builder, row, text.data, text.length);
        break;
    }
    case LAYOUT_LIST:
        for (int32_t item = column->offsets[position]; item < column->offsets[position + 1]; item++) {
            polder_builder *items = builder->children;
            polder_builder_grow(items);
            polder_put_value(items, items->length++, (polder_value){column->children, (size_t)item});
        }
        polder_put_list(builder, row);
        break;
    case LAYOUT_STRUCT:
        for (size_t child = 0; child < builder->type->child_count; child++) {
            polder_put_value(&builder->children[child], row, (polder_value){&column->children[child], position});
        }
        break;
    default: polder_fail("values of Arrow format `%s` cannot be copied", builder->type->format);
    }
}

void polder_null_where(polder_builder *builder, const polder_column *column) {
    if (!column->nulls) return;
    for (size_t row = 0; row < builder->length; row++) {
        if (polder_is_null(column, polder_position(column, row))) mark_null(builder, row);
    }
}
