//! Texts: words and lines of UTF-8.

const std = @import("std");
const core = @import("core.zig");

fn Parts(comptime take: fn (*core.Text, *core.Text) callconv(.c) bool) type {
    return struct {
        rest: core.Text,

        pub fn next(parts: *@This()) ?[]const u8 {
            var part: core.Text = undefined;
            return if (take(&parts.rest, &part)) part.bytes() else null;
        }
    };
}

pub const Words = Parts(core.polder_next_word);
pub const Lines = Parts(core.polder_next_line);

/// The words of a text: what stands between white space, as Unicode has it.
pub fn words(text: []const u8) Words {
    return .{ .rest = .of(text) };
}

/// The lines of a text, without their `\n`.
pub fn lines(text: []const u8) Lines {
    return .{ .rest = .of(text) };
}

/// The first character of a text that is not empty.
pub fn first(text: []const u8) u21 {
    var view = std.unicode.Utf8View.initUnchecked(text).iterator();
    return view.nextCodepoint().?;
}

/// The upper or lower case of a character, if that is a single one too; else the character.
pub fn upper(character: u21) u21 {
    return @intCast(core.polder_upper(character));
}

pub fn lower(character: u21) u21 {
    return @intCast(core.polder_lower(character));
}

/// Appends a character to a text.
pub fn append(allocator: std.mem.Allocator, text: *std.ArrayList(u8), character: u21) !void {
    var bytes: [4]u8 = undefined;
    try text.appendSlice(allocator, bytes[0..try std.unicode.utf8Encode(character, &bytes)]);
}
