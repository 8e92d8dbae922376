//! Errors: what a function fails with fails the statement, which names the row.

const std = @import("std");
const core = @import("core.zig");
const memory = @import("memory.zig");

pub const Error = error{
    /// A right is missing.
    Denied,
    /// There is no such thing, or it may not be known of.
    NotFound,
    /// The request itself is wrong.
    Invalid,
    /// A limit was reached.
    Limit,
    /// The store, table or peer failed, or the function did.
    Failed,
};

/// An error with words of its own: `return polder.fail("base {d} is not between 2 and 36", .{base})`.
pub fn fail(comptime format: []const u8, values: anytype) Error {
    const text = std.fmt.allocPrint(memory.allocator, format, values) catch "out of memory";
    core.polder_fail_with(&.of(text));
    return error.Failed;
}

/// Takes a failure back, so that the function can go on, and gives its text.
pub fn recover() []const u8 {
    var text: core.Text = .of("");
    _ = core.polder_recover(&text);
    return text.bytes();
}

/// The error of the host's last call. Its words stay, for whoever runs the statement.
pub fn refused() Error {
    var text: core.Text = .of("");
    const reason = core.polder_recover(&text);
    core.polder_fail_with(&text);
    return switch (reason) {
        1 => error.Denied,
        2 => error.NotFound,
        3 => error.Invalid,
        4 => error.Limit,
        else => error.Failed,
    };
}

/// Fails the call with an error that has no words yet: its name are they.
pub fn failWith(err: anyerror) void {
    if (!core.failed()) core.polder_fail_with(&.of(@errorName(err)));
}
