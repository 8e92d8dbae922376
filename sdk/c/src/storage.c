/// `polder:host/storage`
#include "polder/host/storage.h"

#include <stdlib.h>

#include "host.h"

/// Bytes that are read at once.
enum { PIECE = 1 << 20 };

ANSWER(wit_found, polder_entry entry)
ANSWER(wit_listed, LIST(polder_entry) entries)

#define STORAGE(NAME) IMPORT("polder:host/storage@0.1.0", NAME)

STORAGE("[static]volume.open") void host_open(FLAT_TEXT(name), wit_opened *);
STORAGE("[resource-drop]volume") void host_drop_volume(int32_t);
STORAGE("[method]volume.list")
void host_list(int32_t, FLAT_TEXT(prefix), bool some, FLAT_TEXT(after), wit_listed *);
STORAGE("[method]volume.stat") void host_stat(int32_t, FLAT_TEXT(path), wit_found *);
STORAGE("[method]volume.read") void host_read(int32_t, FLAT_TEXT(path), uint64_t offset, uint32_t length, wit_read *);
STORAGE("[method]volume.write") void host_write(int32_t, FLAT_TEXT(path), wit_opened *);
STORAGE("[method]volume.delete") void host_delete(int32_t, FLAT_TEXT(path), wit_opened *);
STORAGE("[method]upload.write") void host_write_bytes(int32_t, FLAT(const uint8_t, bytes), wit_opened *);
STORAGE("[static]upload.commit") void host_commit(int32_t, wit_found *);
STORAGE("[resource-drop]upload") void host_drop_upload(int32_t);

bool polder_volume_open(polder_volume *volume, polder_text name) {
    wit_opened answer;
    host_open(FLATTEN_TEXT(name), &answer);
    volume->handle = answer.failed ? 0 : answer.handle;
    return granted(answer.failed, &answer.refusal);
}

void polder_volume_close(polder_volume *volume) {
    if (volume->handle) host_drop_volume(volume->handle);
    volume->handle = 0;
}

bool polder_volume_list(const polder_volume *volume, polder_text prefix, polder_text after,
                        const polder_entry **entries, size_t *count) {
    wit_listed answer;
    host_list(volume->handle, FLATTEN_TEXT(prefix), after.length > 0, FLATTEN_TEXT(after), &answer);
    *count = 0;
    if (!granted(answer.failed, &answer.refusal)) return false;
    *entries = answer.entries.items;
    *count = answer.entries.length;
    return true;
}

bool polder_volume_stat(const polder_volume *volume, polder_text path, polder_entry *entry) {
    wit_found answer;
    host_stat(volume->handle, FLATTEN_TEXT(path), &answer);
    *entry = answer.entry;
    return granted(answer.failed, &answer.refusal);
}

bool polder_volume_read(const polder_volume *volume, polder_text path, uint64_t offset, uint32_t length,
                        polder_bytes *bytes) {
    wit_read answer;
    host_read(volume->handle, FLATTEN_TEXT(path), offset, length, &answer);
    *bytes = answer.bytes;
    return granted(answer.failed, &answer.refusal);
}

bool polder_volume_delete(const polder_volume *volume, polder_text path) {
    wit_opened answer;
    host_delete(volume->handle, FLATTEN_TEXT(path), &answer);
    return granted(answer.failed, &answer.refusal);
}

bool polder_volume_create(const polder_volume *volume, polder_text path, polder_upload *upload) {
    wit_opened answer;
    host_write(volume->handle, FLATTEN_TEXT(path), &answer);
    upload->handle = answer.failed ? 0 : answer.handle;
    return granted(answer.failed, &answer.refusal);
}

bool polder_upload_write(polder_upload *upload, polder_bytes bytes) {
    wit_opened answer;
    host_write_bytes(upload->handle, FLATTEN_TEXT(bytes), &answer);
    return granted(answer.failed, &answer.refusal);
}

bool polder_upload_commit(polder_upload *upload) {
    wit_found answer;
    host_commit(upload->handle, &answer);
    upload->handle = 0;
    return granted(answer.failed, &answer.refusal);
}

void polder_upload_close(polder_upload *upload) {
    if (upload->handle) host_drop_upload(upload->handle);
    upload->handle = 0;
}

bool polder_reader_open(polder_reader *reader, const polder_volume *volume, polder_text path) {
    polder_entry entry;
    *reader = (polder_reader){.volume = volume, .path = path};
    if (!polder_volume_stat(volume, path, &entry)) return false;
    reader->size = entry.size;
    return true;
}

void polder_reader_close(polder_reader *reader) {
    free(reader->piece);
    *reader = (polder_reader){};
}

/// Adds a piece to the bytes that are not used yet.
static bool fetch(polder_reader *reader) {
    static polder_arena piece;
    polder_arena *before = polder_memory;
    polder_bytes bytes;
    polder_memory = &piece;
    bool read = polder_volume_read(reader->volume, reader->path, reader->position, PIECE, &bytes);
    polder_memory = before;
    if (!read) return false;
    size_t left = reader->length - reader->used;
    if (left + bytes.length > reader->room) {
        reader->room = left + bytes.length;
        char *grown = malloc(reader->room);
        if (!grown) __builtin_trap();
        memcpy(grown, reader->piece + reader->used, left);
        free(reader->piece);
        reader->piece = grown;
    } else if (left) {
        memmove(reader->piece, reader->piece + reader->used, left);
    }
    memcpy(reader->piece + left, bytes.data, bytes.length);
    reader->used = 0;
    reader->length = left + bytes.length;
    reader->position += bytes.length;
    polder_arena_reset(&piece);
    // A file that became shorter ends where it ends.
    if (!bytes.length) reader->size = reader->position;
    return true;
}

bool polder_reader_line(polder_reader *reader, polder_text *line) {
    size_t searched = 0;
    for (;;) {
        polder_text rest = {reader->piece + reader->used, reader->length - reader->used};
        const char *end = rest.length > searched ? memchr(rest.data + searched, '\n', rest.length - searched) : NULL;
        if (!end && reader->position < reader->size) {
            searched = rest.length;
            if (!fetch(reader)) return false;
            continue;
        }
        if (!polder_next_line(&rest, line)) return false;
        reader->used = reader->length - rest.length;
        return true;
    }
}

bool polder_reader_bytes(polder_reader *reader, polder_bytes *bytes) {
    if (reader->used == reader->length && reader->position < reader->size && !fetch(reader)) return false;
    *bytes = (polder_bytes){(const uint8_t *)reader->piece + reader->used, reader->length - reader->used};
    reader->used = reader->length;
    return bytes->length > 0;
}
