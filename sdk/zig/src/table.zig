//! Table functions: from one row to any number of rows.

const core = @import("core.zig");
const call_ = @import("call.zig");
const types = @import("types.zig");
const sql = types.sql;

/// `definition.call` returns an iterator, a struct with `next(*Iterator)`, which gives a row, or null at the end. It is
/// called no more often than the statement needs rows: they may be endless. It may borrow from the arguments.
pub fn Table(comptime name: [:0]const u8, comptime definition: anytype) type {
    const list = call_.Parameters(definition.call, 0);
    const options = call_.options(definition);
    const Arguments = call_.Arguments(list, options.variadic);
    const Iterator = call_.Returned(definition.call);
    const Row = call_.Result(Iterator.next);
    return struct {
        const fields = call_.fields(list, definition.parameters);

        pub var function: core.Function = .{
            .name = name,
            .kind = &core.polder_table_kind,
            .parameters = &fields,
            .parameter_count = fields.len,
            .returns = &sql(Row).type_,
            .options = options,
            .table = &operations,
        };

        const operations: core.Table = .{ .cursor_size = @sizeOf(Iterator), .open = open, .next = next };

        fn open(call: *const core.Call, row: usize, cursor: *anyopaque) callconv(.c) bool {
            if (!Arguments.valid(call, row)) return false;
            const iterator: *Iterator = @ptrCast(@alignCast(cursor));
            iterator.* = call_.settled(Arguments.apply(definition.call, .{}, call, row)) orelse return false;
            return true;
        }

        fn next(cursor: *anyopaque, rows: *core.Builder) callconv(.c) bool {
            const iterator: *Iterator = @ptrCast(@alignCast(cursor));
            const row = (call_.settled(iterator.next()) orelse return false) orelse return false;
            types.push(Row, rows, row);
            return true;
        }
    };
}
