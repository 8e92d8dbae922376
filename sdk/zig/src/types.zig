//! What Zig types stand for which types of SQL: `sql(T)` tells, and reads and writes values of `T`.

const std = @import("std");
const core = @import("core.zig");
const memory = @import("memory.zig");

/// DATE: days since 1970-01-01.
pub const Date = extern struct {
    days: i32,

    pub const Parts = struct { year: i32, month: c_uint, day: c_uint };
    extern fn polder_date_from(i32, c_uint, c_uint, *Date) bool;
    extern fn polder_date_parts(i32, *i32, *c_uint, *c_uint) void;

    /// The day with this number in the month, both counted from 1; null when there is no such day.
    pub fn from(year: i32, month: c_uint, day: c_uint) ?Date {
        var date: Date = undefined;
        return if (polder_date_from(year, month, day, &date)) date else null;
    }

    /// Year, month and day, the latter two counted from 1.
    pub fn parts(date: Date) Parts {
        var all: Parts = undefined;
        polder_date_parts(date.days, &all.year, &all.month, &all.day);
        return all;
    }
};
/// TIMESTAMP: microseconds since 1970-01-01 00:00 UTC.
pub const Timestamp = extern struct { micros: i64 };
/// TIMESTAMP_NTZ: a reading of calendar and clock without a zone, in microseconds since 1970-01-01 00:00.
pub const LocalTimestamp = extern struct { micros: i64 };
/// BINARY; texts are `[]const u8`.
pub const Bytes = struct { data: []const u8 };

/// DECIMAL(p, s): `units` counts units of 10^-s.
pub fn Decimal(comptime p: u8, comptime s: u8) type {
    if (p == 0 or p > 38 or s > p) @compileError("a DECIMAL has 1 to 38 digits");
    return extern struct {
        units: i128,

        pub const precision = p;
        pub const scale = s;
    };
}

/// A value of any type, or null: a row of some column.
pub const Value = struct {
    raw: core.Value,

    pub fn isNull(value: Value) bool {
        return value.raw.column.isNull(value.raw.position);
    }

    /// The value as a Zig type; null when it is null or of another type.
    pub fn get(value: Value, comptime T: type) ?T {
        const column = value.raw.column;
        if (!core.polder_type_equal(column.type, &sql(T).type_) or !sql(T).valid(column, value.raw.position)) return null;
        return sql(T).read(column, value.raw.position);
    }

    /// A number of any type as a floating-point number; null when it is null or no number.
    pub fn number(value: Value) ?f64 {
        var result: f64 = undefined;
        return if (core.polder_value_number(&value.raw, &result)) result else null;
    }

    pub fn typeOf(value: Value) *const core.Type {
        return value.raw.column.type;
    }
};

/// A type of SQL: its `type_` in Arrow's words; `valid(column, position)`, whether there is a value, and
/// `read(column, position)`, which is it; `put(builder, row, value)`, which writes one.
pub fn sql(comptime T: type) type {
    return switch (T) {
        i8 => Fixed(T, "c"),
        i16 => Fixed(T, "s"),
        i32 => Fixed(T, "i"),
        i64 => Fixed(T, "l"),
        u8 => Fixed(T, "C"),
        u16 => Fixed(T, "S"),
        u32 => Fixed(T, "I"),
        u64 => Fixed(T, "L"),
        f32 => Fixed(T, "f"),
        f64 => Fixed(T, "g"),
        Date => Fixed(T, "tdD"),
        Timestamp => Fixed(T, "tsu:UTC"),
        LocalTimestamp => Fixed(T, "tsu:"),
        bool => Bool,
        []const u8 => Text,
        Bytes => Binary,
        Value => Any,
        memory.String => OwnedText,
        else => switch (@typeInfo(T)) {
            .optional => |optional| Optional(optional.child),
            .pointer => |pointer| if (pointer.size == .slice) List(pointer.child) else none(T),
            .@"struct" => |info| if (@hasDecl(T, "precision") and @hasDecl(T, "scale"))
                Fixed(T, std.fmt.comptimePrint("d:{d},{d}", .{ T.precision, T.scale }))
            else if (info.is_tuple)
                none(T)
            else
                Struct(T),
            else => none(T),
        },
    };
}

fn none(comptime T: type) type {
    @compileError("`" ++ @typeName(T) ++ "` is not a type of SQL: use bool, i8 to i64, u8 to u64, f32, f64, " ++
        "[]const u8, polder.Bytes, polder.Date, polder.Timestamp, polder.LocalTimestamp, polder.Decimal(p, s), " ++
        "a slice, an optional or a struct of these");
}

pub fn isFixed(comptime T: type) bool {
    return @hasDecl(sql(T), "fixed");
}

pub fn isOptional(comptime T: type) bool {
    return @typeInfo(T) == .optional;
}

pub fn push(comptime T: type, builder: *core.Builder, value: T) void {
    if (builder.length == builder.capacity) core.polder_builder_reserve(builder, builder.length + 1);
    sql(T).put(builder, builder.length, value);
    builder.length += 1;
}

fn notNull(column: *const core.Column, position: usize) bool {
    return !column.isNull(position);
}

fn Fixed(comptime T: type, comptime format: [:0]const u8) type {
    return struct {
        pub const type_: core.Type = .{ .format = format };
        pub const valid = notNull;
        pub const fixed = true;

        pub inline fn read(column: *const core.Column, position: usize) T {
            return column.slice(T)[position];
        }

        pub inline fn put(builder: *core.Builder, row: usize, value: T) void {
            builder.slice(T)[row] = value;
        }
    };
}

const Bool = struct {
    pub const type_: core.Type = .{ .format = "b" };
    pub const valid = notNull;

    pub fn read(column: *const core.Column, position: usize) bool {
        return core.bit(column.slice(u8), position);
    }

    pub fn put(builder: *core.Builder, row: usize, value: bool) void {
        const mask = @as(u8, 1) << @intCast(row & 7);
        const byte = &builder.slice(u8)[row >> 3];
        byte.* = if (value) byte.* | mask else byte.* & ~mask;
    }
};

const Text = struct {
    pub const type_: core.Type = .{ .format = "u" };
    pub const valid = notNull;

    pub fn read(column: *const core.Column, position: usize) []const u8 {
        return column.text(position);
    }

    pub fn put(builder: *core.Builder, row: usize, value: []const u8) void {
        core.polder_put_bytes(builder, row, value.ptr, value.len);
    }
};

const Binary = struct {
    pub const type_: core.Type = .{ .format = "z" };
    pub const valid = notNull;

    pub fn read(column: *const core.Column, position: usize) Bytes {
        return .{ .data = column.text(position) };
    }

    pub fn put(builder: *core.Builder, row: usize, value: Bytes) void {
        core.polder_put_bytes(builder, row, value.data.ptr, value.data.len);
    }
};

fn always(_: *const core.Column, _: usize) bool {
    return true;
}

const Any = struct {
    pub const type_: core.Type = .{ .format = null };
    pub const valid = always;

    pub fn read(column: *const core.Column, position: usize) Value {
        return .{ .raw = .{ .column = column, .position = position } };
    }

    pub fn put(builder: *core.Builder, row: usize, value: Value) void {
        core.polder_put_value(builder, row, &value.raw);
    }
};

/// In a state that is merged it is a view, which owns nothing.
const OwnedText = struct {
    pub const type_: core.Type = .{ .format = "u" };
    pub const valid = always;

    pub fn read(column: *const core.Column, position: usize) memory.String {
        if (column.isNull(position)) return .{};
        const text = column.text(position);
        return .{ .raw = .{ .data = @constCast(text.ptr), .length = text.len } };
    }

    pub fn put(builder: *core.Builder, row: usize, value: memory.String) void {
        if (value.get()) |text| Text.put(builder, row, text) else core.polder_put_null(builder, row);
    }
};

fn Optional(comptime T: type) type {
    return struct {
        pub const type_ = sql(T).type_;
        pub const valid = always;

        pub fn read(column: *const core.Column, position: usize) ?T {
            return if (sql(T).valid(column, position)) sql(T).read(column, position) else null;
        }

        pub fn put(builder: *core.Builder, row: usize, value: ?T) void {
            if (value) |there| sql(T).put(builder, row, there) else core.polder_put_null(builder, row);
        }
    };
}

fn List(comptime T: type) type {
    return struct {
        const item: core.Field = .{ .name = "item", .type = &sql(T).type_, .optional = true };
        pub const type_: core.Type = .{ .format = "+l", .children = @ptrCast(&item), .child_count = 1 };

        fn range(column: *const core.Column, position: usize) [2]usize {
            return .{ @intCast(column.offsets[position]), @intCast(column.offsets[position + 1]) };
        }

        pub fn valid(column: *const core.Column, position: usize) bool {
            if (column.isNull(position)) return false;
            const start, const end = range(column, position);
            for (start..end) |index| if (!sql(T).valid(&column.children[0], index)) return false;
            return true;
        }

        /// Numbers as they lie in the buffers; other items in memory of the row.
        pub fn read(column: *const core.Column, position: usize) []const T {
            const start, const end = range(column, position);
            if (start == end) return &.{};
            if (comptime isFixed(T)) return column.children[0].slice(T)[start..end];
            const items = memory.allocator.alloc(T, end - start) catch @panic("out of memory");
            for (items, start..end) |*to, index| to.* = sql(T).read(&column.children[0], index);
            return items;
        }

        pub fn put(builder: *core.Builder, row: usize, value: []const T) void {
            for (value) |each| push(T, &builder.children[0], each);
            core.polder_put_list(builder, row);
        }
    };
}

fn Struct(comptime T: type) type {
    const info = @typeInfo(T).@"struct";
    return struct {
        const fields = blk: {
            var all: [info.field_names.len]core.Field = undefined;
            for (&all, info.field_names, info.field_types) |*to, name, Field| {
                to.* = .{ .name = name, .type = &sql(Field).type_, .optional = isOptional(Field) };
            }
            break :blk all;
        };
        pub const type_: core.Type = .{ .format = "+s", .children = &fields, .child_count = fields.len };

        pub fn valid(column: *const core.Column, position: usize) bool {
            if (column.isNull(position)) return false;
            inline for (info.field_types, 0..) |Field, index| {
                if (!sql(Field).valid(&column.children[index], position)) return false;
            }
            return true;
        }

        pub fn read(column: *const core.Column, position: usize) T {
            var value: T = undefined;
            inline for (info.field_names, info.field_types, 0..) |name, Field, index| {
                @field(value, name) = sql(Field).read(&column.children[index], position);
            }
            return value;
        }

        pub fn put(builder: *core.Builder, row: usize, value: T) void {
            inline for (info.field_names, info.field_types, 0..) |name, Field, index| {
                sql(Field).put(&builder.children[index], row, @field(value, name));
            }
        }
    };
}
