/// Memory that is taken piece by piece and given back at once.
#pragma once

#include <stddef.h>

typedef struct polder_arena {
    struct polder_chunk *chunk;
    char *at, *end;
    /// Bytes of all chunks.
    size_t size;
} polder_arena;

/// Bytes aligned to 16. Ends the instance when there are none.
void *polder_arena_alloc(polder_arena *arena, size_t size);
/// The same bytes with more room; in place if they were the last ones taken.
void *polder_arena_resize(polder_arena *arena, void *old, size_t old_size, size_t size);
/// Gives all back, and keeps as much as was needed in one piece for the next time.
void polder_arena_reset(polder_arena *arena);
void polder_arena_free(polder_arena *arena);

/// Where arguments and results of the call lie.
extern polder_arena *polder_memory;
/// Where `polder_alloc` takes from.
extern polder_arena *polder_scratch;

/// Takes over all that lies in the memory of the call.
polder_arena polder_take_memory(void);
/// The row that the failure is about; negative when it is about none.
extern ptrdiff_t polder_failed_row;
/// What the last failure said; it is forgotten.
struct polder_text polder_take_failure(void);
/// Fails for a reason of the host.
void polder_refuse(unsigned reason, struct polder_text message);
