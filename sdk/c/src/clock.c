/// `polder:host/clock`
#include "host.h"
#include "polder/host/small.h"

IMPORT("polder:host/clock@0.1.0", "now") uint64_t host_now(void);

uint64_t polder_now(void) {
    return host_now();
}
