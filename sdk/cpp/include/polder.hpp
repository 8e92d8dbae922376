/// Polder's SDK for C++: a plain function is a SQL function. The README is its guide.
#pragma once

#include "polder/aggregate.hpp"
#include "polder/host.hpp"
#include "polder/scalar.hpp"
#include "polder/table.hpp"
#include "polder/task.hpp"
#include "polder/text.hpp"
#include "polder/want.h"
