/// `polder:plugin/description`: the registry of functions, in the words of the contract.
#include "border.h"

typedef struct wit_maybe_schema {
    bool some;
    wit_schema schema;
} wit_maybe_schema;

typedef struct wit_parameter {
    polder_text name;
    wit_maybe_schema type;
    bool optional;
    polder_text doc;
} wit_parameter;

typedef struct wit_function {
    polder_text name;
    uint8_t kind;
    polder_text doc;
    LIST(wit_parameter) parameters;
    bool variadic;
    wit_maybe_schema returns;
    uint8_t volatility;
    LIST(wit_pair) examples;
} wit_function;

typedef struct wit_capability {
    polder_text name, privilege, kind, on, reason;
} wit_capability;

typedef struct wit_plugin {
    polder_text name, version, summary, license;
    LIST(polder_text) authors;
    polder_text homepage;
    LIST(wit_function) functions;
    LIST(wit_capability) capabilities;
} wit_plugin;

static polder_function *functions;
static polder_want *wants;

void polder_enter(polder_function *function) {
    if (function->options.name) function->name = function->options.name;
    // By name, so that the order of files does not matter.
    polder_function **place = &functions;
    while (*place && strcmp((*place)->name, function->name) < 0) place = &(*place)->next;
    function->next = *place;
    *place = function;
}

void polder_enter_want(polder_want *want) {
    polder_want **place = &wants;
    while (*place) place = &(*place)->next;
    *place = want;
}

/// Enters what no constructor enters, in languages that have none.
[[gnu::weak]] void polder_enter_all(void) {}

static polder_function *all_functions(void) {
    static bool entered;
    if (!entered) {
        entered = true;
        polder_enter_all();
    }
    return functions;
}

const polder_function *find_function(polder_text name, polder_kind_number kind, const char *word) {
    for (const polder_function *function = all_functions(); function; function = function->next) {
        if (!polder_text_equal(polder_text_of(function->name), name)) continue;
        if (function->kind->number == kind) return function;
        polder_fail("`%s` is no %s function", function->name, word);
        return NULL;
    }
    polder_fail("there is no function `%.*s`", (int)name.length, name.data);
    return NULL;
}

static polder_text text_or_none(const char *string) {
    return polder_text_of(string ? string : "");
}

static wit_parameter describe_parameter(const polder_function *function, size_t index) {
    const polder_field *parameter = &function->parameters[index];
    bool is_rest = function->options.variadic && index + 1 == function->parameter_count;
    const polder_type *type = is_rest ? parameter->type->children[0].type : parameter->type;
    bool is_task = function->kind->number == POLDER_KIND_TASK;
    wit_parameter described = {
        .name = polder_text_of(parameter->name),
        .optional = is_task && parameter->optional,
        .doc = text_or_none(parameter->doc),
    };
    // A list is JSON, which has no type of SQL.
    bool is_typed = type->format && !(is_task && type->format[0] == '+');
    if (is_typed) described.type = (wit_maybe_schema){true, lower_type(parameter->name, type)};
    return described;
}

static wit_function describe_function(const polder_function *function) {
    wit_function described = {
        .name = polder_text_of(function->name),
        .kind = (uint8_t)function->kind->number,
        .doc = text_or_none(function->options.doc),
        .parameters = {take(wit_parameter, function->parameter_count), function->parameter_count},
        .variadic = function->options.variadic,
        .volatility = (uint8_t)function->options.volatility,
    };
    for (size_t index = 0; index < function->parameter_count; index++) {
        described.parameters.items[index] = describe_parameter(function, index);
    }
    const polder_type *type = function->returns;
    if (function->kind->number == POLDER_KIND_TASK) {
        described.volatility = POLDER_VOLATILE;
    } else if (function->kind->number == POLDER_KIND_TABLE) {
        described.returns = (wit_maybe_schema){true, lower_fields(type->children, type->child_count)};
    } else if (type->format) {
        described.returns = (wit_maybe_schema){true, lower_type(function->name, type)};
    }
    const polder_example *examples = function->options.examples;
    while (examples && examples[described.examples.length].sql) described.examples.length++;
    described.examples.items = take(wit_pair, described.examples.length);
    for (size_t index = 0; index < described.examples.length; index++) {
        described.examples.items[index] =
            (wit_pair){polder_text_of(examples[index].sql), polder_text_of(examples[index].result)};
    }
    return described;
}

static wit_capability describe_want(const polder_want *want) {
    polder_text on = text_or_none(want->on), kind, name;
    const char *space = memchr(on.data, ' ', on.length);
    kind = (polder_text){on.data, space ? (size_t)(space - on.data) : on.length};
    name = space ? polder_text_of(space + 1) : polder_text_of("");
    return (wit_capability){polder_text_of(want->interface), text_or_none(want->privilege), kind, name,
                            polder_text_of(want->reason)};
}

EXPORT("polder:plugin/description@0.1.0#describe")
wit_plugin *polder_describe(void) {
    begin_call();
    const polder_manifest *manifest = &polder_plugin;
    wit_plugin *plugin = take(wit_plugin, 1);
    *plugin = (wit_plugin){
        .name = text_or_none(manifest->name),
        .version = text_or_none(manifest->version),
        .summary = text_or_none(manifest->description),
        .license = text_or_none(manifest->license),
        .authors = {take(polder_text, manifest->author_count), manifest->author_count},
        .homepage = text_or_none(manifest->homepage),
    };
    for (size_t index = 0; index < manifest->author_count; index++) {
        plugin->authors.items[index] = polder_text_of(manifest->authors[index]);
    }
    for (const polder_function *function = all_functions(); function; function = function->next) {
        plugin->functions.length++;
    }
    wit_function *described = plugin->functions.items = take(wit_function, plugin->functions.length);
    for (const polder_function *function = functions; function; function = function->next) {
        *described++ = describe_function(function);
    }
    for (const polder_want *want = wants; want; want = want->next) plugin->capabilities.length++;
    wit_capability *capability = plugin->capabilities.items = take(wit_capability, plugin->capabilities.length);
    for (const polder_want *want = wants; want; want = want->next) *capability++ = describe_want(want);
    return plugin;
}

EXPORT("cabi_post_polder:plugin/description@0.1.0#describe")
void polder_described(wit_plugin *) {
    end_call();
}
