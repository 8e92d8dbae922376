/// `polder:host/metrics`
#include "host.h"
#include "polder/host/small.h"

#define METRICS(NAME) IMPORT("polder:host/metrics@0.1.0", NAME)

METRICS("counter") void host_counter(FLAT_TEXT(name), uint64_t add);
METRICS("gauge") void host_gauge(FLAT_TEXT(name), double value);
METRICS("progress") void host_progress(uint64_t done, bool some, uint64_t total);

void polder_counter(polder_text name, uint64_t add) {
    host_counter(FLATTEN_TEXT(name), add);
}

void polder_gauge(polder_text name, double value) {
    host_gauge(FLATTEN_TEXT(name), value);
}

void polder_progress(uint64_t done, uint64_t total) {
    host_progress(done, total > 0, total);
}
