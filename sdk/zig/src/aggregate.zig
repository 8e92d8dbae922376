//! Aggregate functions: from groups of rows to one value a group.

const core = @import("core.zig");
const call_ = @import("call.zig");
const memory = @import("memory.zig");
const types = @import("types.zig");
const sql = types.sql;

/// `definition.state` is a struct whose fields, each with a default, are the columns of a partial state, with the methods
/// `update(*State, …)`, `merge(*State, State)` and `evaluate(State)`.
pub fn Aggregate(comptime name: [:0]const u8, comptime definition: anytype) type {
    const State = definition.state;
    const list = call_.Parameters(State.update, 1);
    const Arguments = call_.Arguments(list, false);
    const info = @typeInfo(State).@"struct";
    for (info.field_types) |T| {
        if (@typeInfo(T) == .pointer) @compileError("a state owns what is in it: a text is a polder.String");
    }
    return struct {
        const fields = call_.fields(list, definition.parameters);

        pub var function: core.Function = .{
            .name = name,
            .kind = &core.polder_aggregate_kind,
            .parameters = &fields,
            .parameter_count = fields.len,
            .returns = &sql(call_.Result(State.evaluate)).type_,
            .options = call_.options(definition),
            .aggregate = &operations,
        };

        const operations: core.Aggregate = .{
            .state_size = @sizeOf(State),
            .state = &sql(State).type_,
            .update = update,
            .merge = merge,
            .save = save,
            .evaluate = evaluate,
            .start = start,
            .drop = drop,
            .size = size,
        };

        fn at(states: *anyopaque) [*]State {
            return @ptrCast(@alignCast(states));
        }

        fn update(call: *const core.Call, states: *anyopaque, groups: [*]const u32) callconv(.c) void {
            for (0..call.rows) |row| {
                if (!call.dense and !Arguments.valid(call, row)) continue;
                _ = call_.settled(Arguments.apply(State.update, .{&at(states)[groups[row]]}, call, row));
                if (core.polder_pending != 0 and !core.polder_settle(null, row)) return;
            }
        }

        fn merge(others: *const core.Column, states: *anyopaque, groups: [*]const u32) callconv(.c) void {
            for (0..others.length) |row| {
                _ = call_.settled(State.merge(&at(states)[groups[row]], sql(State).read(others, row)));
                if (core.polder_pending != 0 and !core.polder_settle(null, row)) return;
            }
        }

        fn save(states: ?*anyopaque, count: usize, rows: *core.Builder) callconv(.c) void {
            for (0..count) |row| types.push(State, rows, at(states.?)[row]);
        }

        fn evaluate(states: ?*anyopaque, count: usize, result: *core.Builder) callconv(.c) void {
            for (0..count) |row| {
                call_.put(result, row, State.evaluate(at(states.?)[row]));
                if (core.polder_pending != 0 and !core.polder_settle(result, row)) return;
            }
            result.length = count;
        }

        fn start(state: *anyopaque) callconv(.c) void {
            at(state)[0] = .{};
        }

        fn drop(state: *anyopaque) callconv(.c) void {
            inline for (info.field_names, info.field_types) |field, T| {
                if (T == memory.String) core.polder_string_free(&@field(at(state)[0], field).raw);
            }
        }

        fn size(state: *const anyopaque) callconv(.c) usize {
            const of: *const State = @ptrCast(@alignCast(state));
            var sum: usize = 0;
            inline for (info.field_names, info.field_types) |field, T| {
                if (T == memory.String) sum += @field(of, field).raw.capacity;
            }
            return sum;
        }
    };
}
