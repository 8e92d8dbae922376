/// `polder:plugin/udf`: the exports of an interface are all there, or none is.
#pragma once

#include <stdlib.h>

#include "binding.h"

#define UDF(NAME) EXPORT("polder:plugin/udf@0.1.0#" NAME)
/// Ends a call when the host has read what it gave.
#define UDF_END(NAME, FUNCTION)                       \
    EXPORT("cabi_post_polder:plugin/udf@0.1.0#" NAME) \
    void FUNCTION##_end(const void *) {               \
        end_call();                                   \
    }
#define UDF_NEW(NAME) IMPORT("[export]polder:plugin/udf@0.1.0", "[resource-new]" NAME)

typedef wit_result *udf_bind(FLAT_TEXT(name), FLAT(const wit_argument, arguments));
udf_bind polder_scalar_bind, polder_aggregate_bind, polder_table_bind;
