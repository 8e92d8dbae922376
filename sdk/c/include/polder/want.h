/// What a component asks for outside the sandbox.
#pragma once

#include "function.h"

/// Says what the component asks for, and why: an interface, and where that takes a grant a privilege on a securable.
/// Every interface that is called has to be told, but for the log.
///
///     POLDER_WANT(storage, "READ VOLUME", "VOLUME main.nyc.inbox", "reads the day's file")
///     POLDER_WANT(clock, "", "", "stamps the run")
#define POLDER_WANT(INTERFACE, PRIVILEGE, ON, REASON) POLDER_WANT_AT(__COUNTER__, INTERFACE, PRIVILEGE, ON, REASON)
#define POLDER_WANT_AT(...) POLDER_WANT_NUMBER(__VA_ARGS__)
#define POLDER_WANT_NUMBER(NUMBER, INTERFACE, PRIVILEGE, ON, REASON)                     \
    static polder_want polder_want_##NUMBER = {#INTERFACE, PRIVILEGE, ON, REASON, NULL}; \
    [[gnu::constructor]] static void polder_enter_want_##NUMBER(void) {                  \
        polder_enter_want(&polder_want_##NUMBER);                                        \
    }
