//! Memory of the row that is being answered, as an allocator.

const std = @import("std");
const core = @import("core.zig");

/// It is taken back when the row's result has been; in a task, when the run ends. Nothing has to be freed.
pub const allocator: std.mem.Allocator = .{ .ptr = undefined, .vtable = &.{
    .alloc = alloc,
    .resize = std.mem.Allocator.noResize,
    .remap = std.mem.Allocator.noRemap,
    .free = std.mem.Allocator.noFree,
} };

fn alloc(_: *anyopaque, length: usize, alignment: std.mem.Alignment, _: usize) ?[*]u8 {
    if (alignment.toByteUnits() > 16) return null;
    return core.polder_alloc(length);
}

/// A text in the state of an aggregate, which owns it: null until it is set.
pub const String = struct {
    raw: core.String = .{},

    pub fn get(string: *const String) ?[]const u8 {
        const data = string.raw.data orelse return null;
        return data[0..string.raw.length];
    }

    pub fn set(string: *String, text: []const u8) void {
        core.polder_string_set(&string.raw, &.of(text));
    }

    pub fn append(string: *String, text: []const u8) void {
        core.polder_string_append(&string.raw, &.of(text));
    }
};
