/// `polder:plugin/tasks`
#include "border.h"
#include "json.h"

const polder_kind polder_task_kind = {POLDER_KIND_TASK, "task"};

/// Outputs by name, or what went wrong.
typedef struct wit_outcome {
    bool failed;
    union {
        wit_pairs outputs;
        polder_text message;
    };
} wit_outcome;

static const char *known_names(const polder_function *task) {
    polder_buffer names = {};
    for (size_t index = 0; index < task->parameter_count; index++) {
        polder_append(&names, polder_text_of(index ? ", " : "; there are: "));
        polder_append(&names, polder_text_of(task->parameters[index].name));
    }
    polder_append(&names, (polder_text){"", 1});
    return names.data;
}

static bool is_named(polder_text name, const polder_field *parameter) {
    return polder_text_equal(name, polder_text_of(parameter->name));
}

/// A column of a single value for each parameter.
static bool read_parameters(const polder_function *task, wit_pairs given, polder_column *columns) {
    for (size_t index = 0; index < given.length; index++) {
        size_t known = 0;
        polder_text name = given.items[index].name;
        while (known < task->parameter_count && !is_named(name, &task->parameters[known])) known++;
        if (known == task->parameter_count) {
            polder_fail("there is no parameter `%.*s`%s", (int)name.length, name.data, known_names(task));
            return false;
        }
    }
    for (size_t index = 0; index < task->parameter_count; index++) {
        const polder_field *parameter = &task->parameters[index];
        const polder_text *json = NULL;
        for (size_t pair = 0; pair < given.length && !json; pair++) {
            if (is_named(given.items[pair].name, parameter)) json = &given.items[pair].value;
        }
        polder_builder *value = take(polder_builder, 1);
        *value = polder_builder_of(parameter->type, 1, polder_memory);
        if (!json) {
            polder_push_null(value);
        } else if (!polder_json_read(parameter->name, *json, value)) {
            return false;
        }
        if (!parameter->optional && value->nulls) {
            polder_fail("parameter `%s` is %s", parameter->name, json ? "null" : "missing");
            return false;
        }
        wit_batch batch = lower_columns(value, 1, 1);
        size_t next = 0;
        columns[index] = lift_column(parameter->type, batch.arrays.items, &next);
    }
    return true;
}

static wit_pairs write_outputs(const polder_type *type, const polder_builder *row) {
    wit_pairs outputs = {take(wit_pair, type->child_count), type->child_count};
    for (size_t index = 0; index < type->child_count; index++) {
        outputs.items[index] =
            (wit_pair){polder_text_of(type->children[index].name), polder_json_write(&row->children[index], 0)};
    }
    return outputs;
}

EXPORT("polder:plugin/tasks@0.1.0#run")
wit_outcome *polder_task_run(FLAT_TEXT(name), FLAT(wit_pair, parameters)) {
    begin_call();
    // What the task takes lasts as long as the run.
    polder_arena *of_rows = polder_scratch;
    polder_scratch = polder_memory;
    wit_outcome outcome = {};
    const polder_function *task = find_function(TEXT_OF(name), POLDER_KIND_TASK, "task");
    polder_column *columns = task ? take(polder_column, task->parameter_count) : NULL;
    if (task && read_parameters(task, (wit_pairs){parameters, parameters_length}, columns)) {
        static const polder_type nothing = {.format = "+s"};
        const polder_type *type = task->returns ? task->returns : &nothing;
        polder_builder row = polder_builder_of(type, 1, polder_memory);
        polder_call call = {
            .function = task, .rows = 1, .columns = columns, .column_count = task->parameter_count};
        task->call(&call, &row);
        if (!polder_failed()) outcome.outputs = write_outputs(type, &row);
    }
    if (polder_failed()) {
        outcome.failed = true;
        outcome.message = polder_take_failure();
    }
    polder_scratch = of_rows;
    wit_outcome *result = take(wit_outcome, 1);
    *result = outcome;
    return result;
}

EXPORT("cabi_post_polder:plugin/tasks@0.1.0#run")
void polder_task_run_end(wit_outcome *) {
    end_call();
}
