/// Polder's SDK for C: a plain function is a SQL function. The README is its guide.
#pragma once

#include "polder/c/aggregate.h"
#include "polder/c/scalar.h"
#include "polder/c/table.h"
#include "polder/c/task.h"
#include "polder/host.h"
#include "polder/want.h"
