#include "udf.h"

const polder_kind polder_scalar_kind = {POLDER_KIND_SCALAR, "scalar"};
const polder_kind polder_aggregate_kind = {POLDER_KIND_AGGREGATE, "aggregate"};
const polder_kind polder_table_kind = {POLDER_KIND_TABLE, "table"};

/// A plugin with one of the kinds has the exports of all three.
[[gnu::used]] static udf_bind *const exports[] = {polder_scalar_bind, polder_aggregate_bind, polder_table_bind};
