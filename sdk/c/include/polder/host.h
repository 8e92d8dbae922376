/// What the host does for a component. Functions that give a `bool` have failed when it is false, with the host's
/// words: a task that returns then fails with them, unless it calls `polder_recover`.
#pragma once

#include "host/log.h"
#include "host/query.h"
#include "host/small.h"
#include "host/storage.h"
