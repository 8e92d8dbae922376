/// What the host is asked, and what it answers.
#pragma once

#include "border.h"

/// An answer: what was asked for, or a refusal.
#define ANSWER(NAME, MEMBER)     \
    typedef struct NAME {        \
        bool failed;             \
        union {                  \
            MEMBER;              \
            wit_refusal refusal; \
        };                       \
    } NAME;

ANSWER(wit_opened, int32_t handle)
ANSWER(wit_read, polder_bytes bytes)

/// Whether the host did what it was asked to; else its words are those of the failure.
static inline bool granted(bool failed, const wit_refusal *refusal) {
    if (failed) polder_refuse(refusal->reason + POLDER_DENIED, refusal->message);
    return !failed;
}
