/// `polder:host/state`
#include "host.h"
#include "polder/host/small.h"

typedef struct wit_maybe_bytes {
    bool some;
    polder_bytes bytes;
} wit_maybe_bytes;

ANSWER(wit_got, wit_maybe_bytes value)
ANSWER(wit_keys, LIST(polder_text) keys)

#define STATE(NAME) IMPORT("polder:host/state@0.1.0", NAME)

STATE("get") void host_get(FLAT_TEXT(key), wit_got *);
STATE("set") void host_set(FLAT_TEXT(key), FLAT(const uint8_t, value), wit_opened *);
STATE("delete") void host_delete_key(FLAT_TEXT(key), wit_opened *);
STATE("keys") void host_keys(FLAT_TEXT(prefix), bool some, FLAT_TEXT(after), wit_keys *);

bool polder_state_get(polder_text key, bool *found, polder_bytes *value) {
    wit_got answer;
    host_get(FLATTEN_TEXT(key), &answer);
    *found = !answer.failed && answer.value.some;
    if (*found) *value = answer.value.bytes;
    return granted(answer.failed, &answer.refusal);
}

bool polder_state_set(polder_text key, polder_bytes value) {
    wit_opened answer;
    host_set(FLATTEN_TEXT(key), FLATTEN_TEXT(value), &answer);
    return granted(answer.failed, &answer.refusal);
}

bool polder_state_delete(polder_text key) {
    wit_opened answer;
    host_delete_key(FLATTEN_TEXT(key), &answer);
    return granted(answer.failed, &answer.refusal);
}

bool polder_state_keys(polder_text prefix, polder_text after, const polder_text **keys, size_t *count) {
    wit_keys answer;
    host_keys(FLATTEN_TEXT(prefix), after.length > 0, FLATTEN_TEXT(after), &answer);
    *count = 0;
    if (!granted(answer.failed, &answer.refusal)) return false;
    *keys = answer.keys.items;
    *count = answer.keys.length;
    return true;
}
