//! Tasks: steps of workflows.

const core = @import("core.zig");
const call_ = @import("call.zig");
const types = @import("types.zig");
const sql = types.sql;

/// A task returns nothing, or a struct whose fields are the outputs; an optional parameter may be left out.
pub fn Task(comptime name: [:0]const u8, comptime definition: anytype) type {
    const list = call_.Parameters(definition.call, 0);
    const Arguments = call_.Arguments(list, false);
    const Outputs = call_.Returned(definition.call);
    return struct {
        const fields = call_.fields(list, definition.parameters);

        pub var function: core.Function = .{
            .name = name,
            .kind = &core.polder_task_kind,
            .parameters = &fields,
            .parameter_count = fields.len,
            .returns = if (Outputs == void) null else &sql(Outputs).type_,
            .options = call_.options(definition),
            .call = call,
        };

        fn call(parameters: *const core.Call, result: *core.Builder) callconv(.c) void {
            const outputs = call_.settled(Arguments.apply(definition.call, .{}, parameters, 0)) orelse return;
            if (Outputs != void) types.push(Outputs, result, outputs);
        }
    };
}
