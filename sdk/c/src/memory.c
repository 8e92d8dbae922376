#include "arena.h"

#include <stdlib.h>

#include "polder/function.h"

enum { ALIGNMENT = 16, FIRST_CHUNK = 16 << 10 };

typedef struct polder_chunk {
    struct polder_chunk *next;
    size_t size;
    _Alignas(ALIGNMENT) char bytes[];
} polder_chunk;

static polder_arena call_memory, row_memory;
polder_arena *polder_memory = &call_memory, *polder_scratch = &row_memory;
unsigned polder_pending;
ptrdiff_t polder_failed_row;

static void *must(void *memory) {
    if (!memory) __builtin_trap();
    return memory;
}

static size_t rounded(size_t size) {
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static void add_chunk(polder_arena *arena, size_t size) {
    polder_chunk *chunk = must(aligned_alloc(ALIGNMENT, sizeof(polder_chunk) + size));
    *chunk = (polder_chunk){arena->chunk, size};
    arena->chunk = chunk;
    arena->at = chunk->bytes;
    arena->end = chunk->bytes + size;
    arena->size += size;
}

void *polder_arena_alloc(polder_arena *arena, size_t size) {
    if (size > PTRDIFF_MAX - ALIGNMENT) __builtin_trap();
    size = rounded(size);
    if ((size_t)(arena->end - arena->at) < size) {
        size_t least = arena->size < FIRST_CHUNK ? FIRST_CHUNK : arena->size;
        add_chunk(arena, size < least ? least : size);
    }
    void *memory = arena->at;
    arena->at += size;
    return memory;
}

void *polder_arena_resize(polder_arena *arena, void *old, size_t old_size, size_t size) {
    size_t grown = rounded(size);
    if (old && (char *)old + rounded(old_size) == arena->at && (size_t)(arena->end - (char *)old) >= grown) {
        arena->at = (char *)old + grown;
        return old;
    }
    void *memory = polder_arena_alloc(arena, size);
    if (old_size) memcpy(memory, old, old_size < size ? old_size : size);
    return memory;
}

void polder_arena_reset(polder_arena *arena) {
    if (!arena->chunk) return;
    if (arena->chunk->next) {
        size_t size = arena->size;
        polder_arena_free(arena);
        add_chunk(arena, size);
    }
    arena->at = arena->chunk->bytes;
}

void polder_arena_free(polder_arena *arena) {
    for (polder_chunk *chunk = arena->chunk, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    *arena = (polder_arena){};
}

polder_arena polder_take_memory(void) {
    polder_arena taken = *polder_memory;
    *polder_memory = (polder_arena){};
    return taken;
}

[[clang::export_name("cabi_realloc")]] void *polder_realloc(void *old, size_t old_size, size_t alignment, size_t size) {
    return size ? polder_arena_resize(polder_memory, old, old_size, size) : (void *)alignment;
}

void *polder_alloc(size_t size) {
    polder_pending |= POLDER_USED_MEMORY;
    return polder_arena_alloc(polder_scratch, size);
}

void polder_null(void) {
    polder_pending |= POLDER_IS_NULL;
}

bool polder_settle(polder_builder *result, size_t row) {
    if (polder_pending & POLDER_FAILED) {
        polder_failed_row = (ptrdiff_t)row;
        return false;
    }
    if (polder_pending & POLDER_USED_MEMORY) polder_arena_reset(polder_scratch);
    if (polder_pending & POLDER_IS_NULL && result) polder_put_null(result, row);
    polder_pending = 0;
    return true;
}

static char *grown(char *data, size_t *capacity, size_t wanted) {
    if (wanted > *capacity) {
        *capacity = wanted < 2 * *capacity ? 2 * *capacity : wanted < 16 ? 16 : wanted;
        data = must(realloc(data, *capacity));
    }
    return data;
}

void polder_string_set(polder_string *string, polder_text text) {
    string->data = grown(string->data, &string->capacity, text.length ? text.length : 1);
    memmove(string->data, text.data, text.length);
    string->length = text.length;
}

void polder_string_append(polder_string *string, polder_text text) {
    string->data = grown(string->data, &string->capacity, string->length + text.length + 1);
    memcpy(string->data + string->length, text.data, text.length);
    string->length += text.length;
}

void polder_string_free(polder_string *string) {
    if (string->capacity) free(string->data);
    *string = (polder_string){};
}

void polder_append(polder_buffer *buffer, polder_text text) {
    size_t wanted = buffer->length + text.length;
    if (wanted > buffer->capacity) {
        size_t capacity = wanted < 2 * buffer->capacity ? 2 * buffer->capacity : wanted < 32 ? 32 : wanted;
        polder_pending |= POLDER_USED_MEMORY;
        buffer->data = polder_arena_resize(polder_scratch, buffer->data, buffer->length, capacity);
        buffer->capacity = capacity;
    }
    memcpy(buffer->data + buffer->length, text.data, text.length);
    buffer->length = wanted;
}
