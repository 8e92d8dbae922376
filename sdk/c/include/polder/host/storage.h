/// Files in volumes.
#pragma once

#include "../memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A volume whose files can be read or written, as far as the run has the right to.
typedef struct polder_volume {
    int32_t handle;
} polder_volume;

/// A file of a volume.
typedef struct polder_entry {
    /// Relative to the volume.
    polder_text path;
    /// Bytes.
    uint64_t size;
    /// Milliseconds since 1970-01-01 UTC.
    uint64_t modified;
} polder_entry;

/// Opens the volume `catalog.schema.volume`.
bool polder_volume_open(polder_volume *volume, polder_text name);
void polder_volume_close(polder_volume *volume);

/// A page of the files below `prefix`, in order of their paths, after the path `after`, "" for the first page; no entries
/// at the end.
bool polder_volume_list(const polder_volume *volume, polder_text prefix, polder_text after,
                        const polder_entry **entries, size_t *count);
bool polder_volume_stat(const polder_volume *volume, polder_text path, polder_entry *entry);
/// At most `length` bytes from `offset`; fewer only at the end of the file.
bool polder_volume_read(const polder_volume *volume, polder_text path, uint64_t offset, uint32_t length,
                        polder_bytes *bytes);
bool polder_volume_delete(const polder_volume *volume, polder_text path);

/// A file that is read piece by piece, with no more than a piece in memory.
typedef struct polder_reader {
    const polder_volume *volume;
    polder_text path;
    /// Bytes of the file, and where the next piece begins in it.
    uint64_t size, position;
    char *piece;
    size_t used, length, room;
} polder_reader;

bool polder_reader_open(polder_reader *reader, const polder_volume *volume, polder_text path);
void polder_reader_close(polder_reader *reader);
/// The next line without its `\n`, which is there until the next one is read. False at the end, and when it failed.
bool polder_reader_line(polder_reader *reader, polder_text *line);
/// The next bytes, as many as there are at once.
bool polder_reader_bytes(polder_reader *reader, polder_bytes *bytes);

/// A file being written: seen by nobody before `polder_upload_commit`; closed without it, it never existed.
typedef struct polder_upload {
    int32_t handle;
} polder_upload;

bool polder_volume_create(const polder_volume *volume, polder_text path, polder_upload *upload);
bool polder_upload_write(polder_upload *upload, polder_bytes bytes);
bool polder_upload_commit(polder_upload *upload);
void polder_upload_close(polder_upload *upload);

#ifdef __cplusplus
}
#endif
