/// `polder:host/random`
#include "host.h"
#include "polder/host/small.h"

IMPORT("polder:host/random@0.1.0", "bytes") void host_bytes(uint32_t length, polder_bytes *);

polder_bytes polder_random(uint32_t length) {
    polder_bytes bytes;
    host_bytes(length, &bytes);
    return bytes;
}
