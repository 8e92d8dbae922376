#include "udf.h"

UDF_NEW("scalar") int32_t new_scalar(binding *bound);

UDF("[static]scalar.bind")
wit_result *polder_scalar_bind(FLAT_TEXT(name), FLAT(const wit_argument, arguments)) {
    begin_call();
    binding bound;
    if (!bind_function(&bound, POLDER_KIND_SCALAR, "scalar", TEXT_OF(name), arguments, arguments_length)) {
        return error_result();
    }
    bound.memory = polder_take_memory();
    binding *kept = malloc(sizeof bound);
    if (!kept) __builtin_trap();
    *kept = bound;
    wit_result *result = new_result();
    result->handle = new_scalar(kept);
    return result;
}
UDF_END("[static]scalar.bind", polder_scalar_bind)

UDF("[method]scalar.returns")
wit_schema *polder_scalar_returns(const binding *bound) {
    begin_call();
    wit_schema *schema = take(wit_schema, 1);
    *schema = lower_type(bound->function->name, bound->returns);
    return schema;
}
UDF_END("[method]scalar.returns", polder_scalar_returns)

UDF("[method]scalar.call")
wit_result *polder_scalar_call(const binding *bound, uint32_t rows, FLAT(wit_array, arrays)) {
    begin_call();
    polder_call call = call_with(bound, (wit_batch){rows, {arrays, arrays_length}});
    polder_builder values = polder_builder_of(bound->returns, rows, polder_memory);
    bound->function->call(&call, &values);
    if (!polder_failed() && values.length != rows) {
        polder_fail("`%s` gave %zu values for %u rows", bound->function->name, values.length, (unsigned)rows);
    }
    if (polder_failed()) return error_result();
    wit_result *result = new_result();
    result->batch = lower_columns(&values, 1, rows);
    return result;
}
UDF_END("[method]scalar.call", polder_scalar_call)

UDF("[dtor]scalar")
void polder_scalar_drop(binding *bound) {
    polder_arena_free(&bound->memory);
    free(bound);
}
