/// How the values of a type lie in buffers.
#pragma once

#include "polder/column.h"

typedef enum polder_layout {
    /// No buffers: every value is null.
    LAYOUT_NULL,
    LAYOUT_BITS,
    LAYOUT_FIXED,
    /// Offsets and bytes.
    LAYOUT_BYTES,
    /// Offsets, and a child with the items.
    LAYOUT_LIST,
    /// A child for each field.
    LAYOUT_STRUCT,
    LAYOUT_UNKNOWN,
} polder_layout;

/// The layout of a type; `width` becomes the bytes of a value where they are fixed.
polder_layout polder_layout_of(const polder_type *type, size_t *width);

/// An empty column of a type, with room for some rows.
polder_builder polder_builder_of(const polder_type *type, size_t rows, struct polder_arena *memory);
