#include "binding.h"

/// Whether the function takes so many arguments of these types.
static bool check(const polder_function *function, const polder_argument *arguments, size_t given) {
    size_t wanted = function->parameter_count;
    bool variadic = function->options.variadic;
    if (variadic ? given + 1 < wanted : given != wanted) {
        polder_fail("`%s` takes %s%zu arguments, not %zu", function->name, variadic ? "at least " : "",
                    wanted - variadic, given);
        return false;
    }
    for (size_t index = 0; index < given; index++) {
        bool is_rest = variadic && index + 1 >= wanted;
        const polder_field *parameter = &function->parameters[is_rest ? wanted - 1 : index];
        const polder_type *type = is_rest ? parameter->type->children[0].type : parameter->type;
        if (type->format && !polder_type_equal(type, arguments[index].type)) {
            polder_fail("argument %zu (`%s`) of `%s` has Arrow format `%s`, not `%s`", index + 1, parameter->name,
                        function->name, type->format, arguments[index].type->format);
            return false;
        }
    }
    return true;
}

bool bind_function(binding *bound, polder_kind_number kind, const char *word, polder_text name,
                   FLAT(const wit_argument, given)) {
    const polder_function *function = find_function(name, kind, word);
    if (!function) return false;
    polder_argument *arguments = take(polder_argument, given_length);
    for (size_t index = 0; index < given_length; index++) {
        const wit_argument *argument = &given[index];
        size_t next = 0;
        arguments[index] = (polder_argument){.type = lift_field(&argument->type, &next).type};
        if (argument->is_constant) {
            polder_column *constant = take(polder_column, 1);
            next = 0;
            *constant = lift_column(arguments[index].type, argument->constant.arrays.items, &next);
            constant->constant = true;
            arguments[index].constant = constant;
        }
    }
    if (!check(function, arguments, given_length)) return false;
    const polder_type *returns = function->returns;
    if (!returns->format) {
        returns = function->options.returns(arguments, given_length);
        if (polder_failed()) return false;
    }
    *bound = (binding){
        .function = function, .arguments = arguments, .argument_count = given_length, .returns = returns};
    return true;
}

polder_call call_with(const binding *bound, wit_batch batch) {
    size_t next = 0;
    polder_column *columns = take(polder_column, bound->argument_count);
    polder_call call = {
        .function = bound->function,
        .rows = batch.rows,
        .columns = columns,
        .column_count = bound->argument_count,
        .dense = true,
    };
    for (size_t index = 0; index < bound->argument_count; index++) {
        const polder_argument *argument = &bound->arguments[index];
        if (argument->constant) {
            columns[index] = *argument->constant;
            columns[index].length = batch.rows;
        } else {
            columns[index] = lift_column(argument->type, batch.arrays.items, &next);
        }
        call.dense &= !columns[index].constant && is_full(&columns[index]);
    }
    return call;
}

wit_result *new_result(void) {
    wit_result *result = take(wit_result, 1);
    *result = (wit_result){};
    return result;
}

wit_result *error_result(void) {
    wit_result *result = new_result();
    result->failed = true;
    result->error = (wit_error){polder_take_failure(), polder_failed_row >= 0, (uint32_t)polder_failed_row};
    return result;
}
