//! The component of a plugin: its `plugin` is entered when the border asks for it.

const std = @import("std");
const plugin = @import("plugin");
const polder = @import("polder");

export fn polder_enter_all() void {
    plugin.plugin.enter();
}

/// A panic ends the instance; its message is logged before.
pub const panic = std.debug.FullPanic(struct {
    fn call(message: []const u8, _: ?usize) noreturn {
        polder.log(.err, "panic: {s}", .{message});
        @trap();
    }
}.call);
