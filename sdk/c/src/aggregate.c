#include "udf.h"

/// An aggregate and its groups.
typedef struct groups {
    binding bound;
    char *states;
    /// Groups, and those that there is room for.
    size_t count, capacity;
} groups;

UDF_NEW("aggregate") int32_t new_aggregate(groups *groups);

static const polder_aggregate *operations(const groups *groups) {
    return groups->bound.function->aggregate;
}

static char *state_at(const groups *groups, size_t index) {
    return groups->states + index * operations(groups)->state_size;
}

UDF("[static]aggregate.bind")
wit_result *polder_aggregate_bind(FLAT_TEXT(name), FLAT(const wit_argument, arguments)) {
    begin_call();
    binding bound;
    if (!bind_function(&bound, POLDER_KIND_AGGREGATE, "aggregate", TEXT_OF(name), arguments, arguments_length)) {
        return error_result();
    }
    bound.memory = polder_take_memory();
    groups *kept = malloc(sizeof *kept);
    if (!kept) __builtin_trap();
    *kept = (groups){.bound = bound};
    wit_result *result = new_result();
    result->handle = new_aggregate(kept);
    return result;
}
UDF_END("[static]aggregate.bind", polder_aggregate_bind)

UDF("[method]aggregate.returns")
wit_schema *polder_aggregate_returns(const groups *groups) {
    begin_call();
    wit_schema *schema = take(wit_schema, 1);
    *schema = lower_type(groups->bound.function->name, groups->bound.returns);
    return schema;
}
UDF_END("[method]aggregate.returns", polder_aggregate_returns)

UDF("[method]aggregate.state-schema")
wit_schema *polder_aggregate_state_schema(const groups *groups) {
    begin_call();
    const polder_type *state = operations(groups)->state;
    wit_schema *schema = take(wit_schema, 1);
    *schema = lower_fields(state->children, state->child_count);
    return schema;
}
UDF_END("[method]aggregate.state-schema", polder_aggregate_state_schema)

static void grow(groups *groups, size_t total) {
    const polder_aggregate *aggregate = operations(groups);
    if (total > groups->capacity) {
        groups->capacity = total < 2 * groups->capacity ? 2 * groups->capacity : total;
        groups->states = realloc(groups->states, groups->capacity * aggregate->state_size);
        if (!groups->states) __builtin_trap();
    }
    for (; groups->count < total; groups->count++) {
        char *state = state_at(groups, groups->count);
        memset(state, 0, aggregate->state_size);
        if (aggregate->start) aggregate->start(state);
    }
}

/// Forgets the first groups; later ones move down.
static void forget(groups *groups, size_t first) {
    const polder_aggregate *aggregate = operations(groups);
    for (size_t index = 0; aggregate->drop && index < first; index++) aggregate->drop(state_at(groups, index));
    groups->count -= first;
    if (first) memmove(groups->states, state_at(groups, first), groups->count * aggregate->state_size);
}

static wit_result *done(void) {
    return polder_failed() ? error_result() : new_result();
}

UDF("[method]aggregate.update")
wit_result *polder_aggregate_update(groups *groups, uint32_t rows, FLAT(wit_array, arrays),
                                    FLAT(const uint32_t, numbers), uint32_t total) {
    begin_call();
    grow(groups, total);
    polder_call call = call_with(&groups->bound, (wit_batch){rows, {arrays, arrays_length}});
    operations(groups)->update(&call, groups->states, numbers);
    return done();
}
UDF_END("[method]aggregate.update", polder_aggregate_update)

UDF("[method]aggregate.merge")
wit_result *polder_aggregate_merge(groups *groups, uint32_t rows, FLAT(wit_array, arrays),
                                   FLAT(const uint32_t, numbers), uint32_t total) {
    begin_call();
    grow(groups, total);
    const polder_type *state = operations(groups)->state;
    polder_column *fields = take(polder_column, state->child_count);
    size_t next = 0;
    for (size_t field = 0; field < state->child_count; field++) {
        fields[field] = lift_column(state->children[field].type, arrays, &next);
    }
    polder_column others = {.type = state, .length = rows, .children = fields};
    operations(groups)->merge(&others, groups->states, numbers);
    return done();
}
UDF_END("[method]aggregate.merge", polder_aggregate_merge)

static size_t first_of(const groups *groups, bool some, uint32_t first) {
    return some && first < groups->count ? first : groups->count;
}

UDF("[method]aggregate.state")
wit_result *polder_aggregate_state(groups *groups, bool some, uint32_t first) {
    begin_call();
    size_t count = first_of(groups, some, first);
    const polder_aggregate *aggregate = operations(groups);
    polder_builder rows = polder_builder_of(aggregate->state, count, polder_memory);
    aggregate->save(groups->states, count, &rows);
    forget(groups, count);
    if (polder_failed()) return error_result();
    wit_result *result = new_result();
    result->batch = lower_columns(rows.children, aggregate->state->child_count, count);
    return result;
}
UDF_END("[method]aggregate.state", polder_aggregate_state)

UDF("[method]aggregate.evaluate")
wit_result *polder_aggregate_evaluate(groups *groups, bool some, uint32_t first) {
    begin_call();
    size_t count = first_of(groups, some, first);
    polder_builder values = polder_builder_of(groups->bound.returns, count, polder_memory);
    operations(groups)->evaluate(groups->states, count, &values);
    forget(groups, count);
    if (polder_failed()) {
        // Groups are no rows.
        polder_failed_row = -1;
        return error_result();
    }
    wit_result *result = new_result();
    result->batch = lower_columns(&values, 1, count);
    return result;
}
UDF_END("[method]aggregate.evaluate", polder_aggregate_evaluate)

UDF("[method]aggregate.size")
uint64_t polder_aggregate_size(const groups *groups) {
    const polder_aggregate *aggregate = operations(groups);
    uint64_t size = groups->capacity * aggregate->state_size;
    for (size_t index = 0; aggregate->size && index < groups->count; index++) {
        size += aggregate->size(state_at(groups, index));
    }
    return size;
}

UDF("[dtor]aggregate")
void polder_aggregate_drop(groups *groups) {
    forget(groups, groups->count);
    free(groups->states);
    polder_arena_free(&groups->bound.memory);
    free(groups);
}
