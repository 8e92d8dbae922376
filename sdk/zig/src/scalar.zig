//! Scalar functions: from rows to values.

const core = @import("core.zig");
const call_ = @import("call.zig");
const types = @import("types.zig");
const sql = types.sql;

/// A function from the values of a row to a value.
pub fn Scalar(comptime name: [:0]const u8, comptime definition: anytype) type {
    const list = call_.Parameters(definition.call, 0);
    const options = call_.options(definition);
    const Arguments = call_.Arguments(list, options.variadic);
    return struct {
        const fields = call_.fields(list, definition.parameters);

        pub var function: core.Function = .{
            .name = name,
            .kind = &core.polder_scalar_kind,
            .parameters = &fields,
            .parameter_count = fields.len,
            .returns = &sql(call_.Result(definition.call)).type_,
            .options = options,
            .call = call,
        };

        fn call(rows: *const core.Call, result: *core.Builder) callconv(.c) void {
            for (0..rows.rows) |row| {
                if (!rows.dense and !Arguments.valid(rows, row)) {
                    core.polder_put_null(result, row);
                    continue;
                }
                call_.put(result, row, Arguments.apply(definition.call, .{}, rows, row));
                if (core.polder_pending != 0 and !core.polder_settle(result, row)) return;
            }
            result.length = rows.rows;
        }
    };
}

/// A column of `T`; `values()` are those of numbers, which for a constant are one.
pub fn Column(comptime T: type) type {
    return struct {
        raw: *const core.Column,

        pub const Item = T;
        const Self = @This();

        pub fn len(column: Self) usize {
            return column.raw.length;
        }

        pub fn isConstant(column: Self) bool {
            return column.raw.constant;
        }

        pub fn values(column: Self) []const T {
            return column.raw.slice(T)[0..if (column.raw.constant) 1 else column.raw.length];
        }

        /// The value of a row; null where it is null.
        pub fn get(column: Self, row: usize) ?T {
            return sql(?T).read(column.raw, column.raw.position(row));
        }
    };
}

/// The result of a function of whole columns: as many values or nulls as there are rows are pushed, or filled in place.
pub fn ColumnBuilder(comptime T: type) type {
    return struct {
        raw: *core.Builder,
        rows: usize,

        pub const Item = T;
        const Self = @This();

        pub fn push(builder: Self, value: ?T) void {
            types.push(?T, builder.raw, value);
        }

        /// All rows of a result of numbers.
        pub fn fill(builder: Self) []T {
            core.polder_builder_reserve(builder.raw, builder.rows);
            builder.raw.length = builder.rows;
            return builder.raw.slice(T)[0..builder.rows];
        }

        /// Makes every row null that is null in `column`.
        pub fn nullWhere(builder: Self, column: anytype) void {
            core.polder_null_where(builder.raw, column.raw);
        }
    };
}

/// A function of whole columns: of the builder of its result, and a column for each parameter.
pub fn Columns(comptime name: [:0]const u8, comptime definition: anytype) type {
    const of_columns = call_.Parameters(definition.columns, 0);
    return struct {
        const list = blk: {
            var all: []const type = &.{};
            for (of_columns[1..]) |C| all = all ++ .{C.Item};
            break :blk all;
        };
        const fields = call_.fields(list, definition.parameters);

        pub var function: core.Function = .{
            .name = name,
            .kind = &core.polder_scalar_kind,
            .parameters = &fields,
            .parameter_count = fields.len,
            .returns = &sql(of_columns[0].Item).type_,
            .options = call_.options(definition),
            .call = call,
        };

        fn call(rows: *const core.Call, result: *core.Builder) callconv(.c) void {
            var values: @import("std").meta.ArgsTuple(@TypeOf(definition.columns)) = undefined;
            values[0] = .{ .raw = result, .rows = rows.rows };
            inline for (1..values.len) |index| values[index] = .{ .raw = &rows.columns[index - 1] };
            _ = call_.settled(@call(.auto, definition.columns, values));
        }
    };
}
