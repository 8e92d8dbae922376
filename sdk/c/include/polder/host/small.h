/// The small interfaces: state, metrics, clock, random, secrets.
#pragma once

#include "../memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A small value that outlives the run; `found` tells whether there is one.
bool polder_state_get(polder_text key, bool *found, polder_bytes *value);
bool polder_state_set(polder_text key, polder_bytes value);
bool polder_state_delete(polder_text key);
/// At most 1,000 keys that begin with `prefix`, in order, after the key `after`, "" for the first page.
bool polder_state_keys(polder_text prefix, polder_text after, const polder_text **keys, size_t *count);

/// Numbers for whoever watches the run.
void polder_counter(polder_text name, uint64_t add);
void polder_gauge(polder_text name, double value);
/// How much of the work is done, out of how much, in units of the plugin's choice; `total` is 0 while it is unknown.
void polder_progress(uint64_t done, uint64_t total);

/// Milliseconds since 1970-01-01 UTC; it never goes back within a run.
uint64_t polder_now(void);

/// At most 65,536 random bytes; the same ones again when the run is given the same seed.
polder_bytes polder_random(uint32_t length);

/// What to put into a header of a request in place of a secret of a connection.
bool polder_placeholder(polder_text connection, polder_text name, polder_text *placeholder);

#ifdef __cplusplus
}
#endif
