//! Polder's SDK for Zig: a plain function is a SQL function. The README is its guide.
//!
//! From the inside out: `core` is the border in C as Zig sees it; `types` reads Zig values from columns and writes them to
//! others; `scalar`, `aggregate`, `table` and `task` call the author's functions; `host` calls the host.

const std = @import("std");
const core = @import("core.zig");
const failure = @import("failure.zig");
const host = @import("host.zig");
const memory = @import("memory.zig");
const scalar = @import("scalar.zig");
const small = @import("small.zig");
const types = @import("types.zig");
const Aggregate = @import("aggregate.zig").Aggregate;
const Table = @import("table.zig").Table;
const Task = @import("task.zig").Task;

pub const text = @import("text.zig");

pub const Bytes = types.Bytes;
pub const Date = types.Date;
pub const Decimal = types.Decimal;
pub const LocalTimestamp = types.LocalTimestamp;
pub const Timestamp = types.Timestamp;
pub const Value = types.Value;
pub const Argument = core.Argument;
pub const Type = core.Type;
pub const sql = types.sql;

/// Whether two types have the same values, whatever their fields are called.
pub fn sameType(a: *const Type, b: *const Type) bool {
    return core.polder_type_equal(a, b);
}

pub const Column = scalar.Column;
pub const ColumnBuilder = scalar.ColumnBuilder;
pub const String = memory.String;
pub const Error = failure.Error;
pub const fail = failure.fail;
pub const recover = failure.recover;

pub const Volume = host.Volume;
pub const Reader = host.Reader;
pub const Upload = host.Upload;
pub const Write = host.Write;
pub const Writer = host.Writer;
pub const Level = host.Level;
pub const log = host.log;
pub const query = host.query;
pub const state = small.state;
pub const metrics = small.metrics;
pub const now = small.now;
pub const random = small.random;
pub const placeholder = small.placeholder;

/// What a plugin has, by names in SQL:
///
///     pub const plugin = polder.plugin(.{
///         .scalars = .{ .initials = .{ .call = initials, .parameters = .{"name"}, .doc = "…" } },
///         .aggregates = .{ .longest = .{ .state = Longest, .parameters = .{"text"}, .doc = "…" } },
///         .tables = .{ .words = .{ .call = words, .parameters = .{"text"}, .doc = "…" } },
///         .tasks = .{ .load = .{ .call = load, .parameters = .{"day"}, .doc = "…" } },
///         .wants = .{.{ "storage", "READ VOLUME", "VOLUME main.nyc.inbox", "reads the day's file" }},
///     });
pub fn plugin(comptime definition: anytype) type {
    const D = @TypeOf(definition);
    return struct {
        /// Enters everything into the registry.
        pub fn enter() void {
            inline for (.{ "scalars", "aggregates", "tables", "tasks" }) |kind| {
                if (@hasField(D, kind)) enterAll(kind, @field(definition, kind));
            }
            if (@hasField(D, "wants")) inline for (definition.wants) |want| {
                const one = struct {
                    var entry: core.Want = .{ .interface = want[0], .privilege = want[1], .on = want[2], .reason = want[3] };
                };
                core.polder_enter_want(&one.entry);
            };
        }

        fn enterAll(comptime kind: []const u8, comptime functions: anytype) void {
            inline for (@typeInfo(@TypeOf(functions)).@"struct".field_names) |name| {
                core.polder_enter(&Function(kind, name, @field(functions, name)).function);
            }
        }
    };
}

fn Function(comptime kind: []const u8, comptime name: [:0]const u8, comptime definition: anytype) type {
    if (std.mem.eql(u8, kind, "aggregates")) return Aggregate(name, definition);
    if (std.mem.eql(u8, kind, "tables")) return Table(name, definition);
    if (std.mem.eql(u8, kind, "tasks")) return Task(name, definition);
    if (@hasField(@TypeOf(definition), "columns")) return scalar.Columns(name, definition);
    return scalar.Scalar(name, definition);
}
