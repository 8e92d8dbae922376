//! How the arguments of a row reach a function, and what it returns reaches a column.

const std = @import("std");
const core = @import("core.zig");
const failure = @import("failure.zig");
const memory = @import("memory.zig");
const types = @import("types.zig");
const sql = types.sql;

/// The types of a function's parameters after the first `skip`, without an allocator, which is none of SQL.
pub fn Parameters(comptime function: anytype, comptime skip: usize) []const type {
    const all = @typeInfo(@TypeOf(function)).@"fn".param_types;
    var list: []const type = &.{};
    for (all[skip..]) |Parameter| {
        if (Parameter.? != std.mem.Allocator) list = list ++ .{Parameter.?};
    }
    return list;
}

/// What a function returns, without the error.
pub fn Returned(comptime function: anytype) type {
    const R = @typeInfo(@TypeOf(function)).@"fn".return_type.?;
    return switch (@typeInfo(R)) {
        .error_union => |result| result.payload,
        else => R,
    };
}

/// The same without an optional.
pub fn Result(comptime function: anytype) type {
    const R = Returned(function);
    return if (types.isOptional(R)) @typeInfo(R).optional.child else R;
}

/// What a call gave; null, and a failure, when it gave an error.
pub inline fn settled(returned: anytype) ?Payload(@TypeOf(returned)) {
    if (@typeInfo(@TypeOf(returned)) != .error_union) return returned;
    return returned catch |err| {
        failure.failWith(err);
        return null;
    };
}

fn Payload(comptime R: type) type {
    return switch (@typeInfo(R)) {
        .error_union => |result| result.payload,
        else => R,
    };
}

/// Arguments of some types, the last of which is a slice of all that are left if the function is variadic.
pub fn Arguments(comptime list: []const type, comptime variadic: bool) type {
    return struct {
        fn isRest(comptime index: usize) bool {
            return variadic and index + 1 == list.len;
        }

        fn Item(comptime index: usize) type {
            return @typeInfo(list[index]).pointer.child;
        }

        pub fn valid(call: *const core.Call, row: usize) bool {
            inline for (list, 0..) |T, index| {
                if (comptime isRest(index)) {
                    for (call.columns[index..call.column_count]) |*column| {
                        if (!sql(Item(index)).valid(column, column.position(row))) return false;
                    }
                } else if (!sql(T).valid(&call.columns[index], call.columns[index].position(row))) return false;
            }
            return true;
        }

        inline fn read(comptime index: usize, call: *const core.Call, row: usize) list[index] {
            if (comptime !isRest(index)) {
                const column = &call.columns[index];
                return sql(list[index]).read(column, column.position(row));
            }
            const columns = call.columns[index..call.column_count];
            const items = memory.allocator.alloc(Item(index), columns.len) catch @panic("out of memory");
            for (items, columns) |*to, *column| to.* = sql(Item(index)).read(column, column.position(row));
            return items;
        }

        /// Calls a function with `first`, a tuple, and then the arguments of a row.
        pub inline fn apply(
            comptime function: anytype,
            first: anytype,
            call: *const core.Call,
            row: usize,
        ) @typeInfo(@TypeOf(function)).@"fn".return_type.? {
            var values: std.meta.ArgsTuple(@TypeOf(function)) = undefined;
            comptime var index = 0;
            inline for (&values, 0..) |*to, place| {
                if (place < first.len) {
                    to.* = first[place];
                } else if (@TypeOf(to.*) == std.mem.Allocator) {
                    to.* = memory.allocator;
                } else {
                    to.* = read(index, call, row);
                    index += 1;
                }
            }
            return @call(.auto, function, values);
        }
    };
}

/// Puts what a function returned into a row.
pub inline fn put(builder: *core.Builder, row: usize, returned: anytype) void {
    if (settled(returned)) |value| sql(@TypeOf(value)).put(builder, row, value);
}

/// The fields of parameters with these names.
pub fn fields(comptime list: []const type, comptime names: anytype) [list.len]core.Field {
    if (names.len != list.len) {
        @compileError(std.fmt.comptimePrint("there are {d} parameters and {d} names", .{ list.len, names.len }));
    }
    var all: [list.len]core.Field = undefined;
    for (&all, list, 0..) |*to, T, index| {
        to.* = .{ .name = names[index], .type = &sql(T).type_, .optional = types.isOptional(T) };
    }
    return all;
}

/// What the author says of a function beside its signature: members of `definition` that it may leave out have defaults.
pub fn options(comptime definition: anytype) core.Options {
    const D = @TypeOf(definition);
    return .{
        .doc = definition.doc,
        .examples = if (@hasField(D, "examples")) examples(definition.examples) else null,
        .volatility = if (@hasField(D, "volatility")) definition.volatility else .immutable,
        .variadic = if (@hasField(D, "variadic")) definition.variadic else false,
        .returns = if (@hasField(D, "returns")) bound(definition.returns) else null,
    };
}

fn examples(comptime list: anytype) [*]const core.Example {
    const all = comptime blk: {
        var all: [list.len + 1]core.Example = undefined;
        for (all[0..list.len], 0..) |*to, index| to.* = .{ .sql = list[index][0], .result = list[index][1] };
        all[list.len] = .{};
        break :blk all;
    };
    return &all;
}

/// `fn ([]const Argument) !*const Type`, as C calls it.
fn bound(comptime function: anytype) *const fn ([*]const core.Argument, usize) callconv(.c) ?*const core.Type {
    return struct {
        fn call(arguments: [*]const core.Argument, count: usize) callconv(.c) ?*const core.Type {
            return settled(function(arguments[0..count]));
        }
    }.call;
}
