//! The small interfaces of the host: state, metrics, clock, random, secrets.

const core = @import("core.zig");
const failure = @import("failure.zig");
const Error = failure.Error;
const Text = core.Text;

/// Small values that outlive the run.
pub const state = struct {
    extern fn polder_state_get(*const Text, *bool, *Text) bool;
    extern fn polder_state_set(*const Text, *const Text) bool;
    extern fn polder_state_delete(*const Text) bool;

    pub fn get(key: []const u8) Error!?[]const u8 {
        var found: bool = false;
        var value: Text = undefined;
        if (!polder_state_get(&.of(key), &found, &value)) return failure.refused();
        return if (found) value.bytes() else null;
    }

    pub fn set(key: []const u8, value: []const u8) Error!void {
        if (!polder_state_set(&.of(key), &.of(value))) return failure.refused();
    }

    pub fn delete(key: []const u8) Error!void {
        if (!polder_state_delete(&.of(key))) return failure.refused();
    }
};

/// Numbers for whoever watches the run.
pub const metrics = struct {
    extern fn polder_counter(*const Text, u64) void;
    extern fn polder_gauge(*const Text, f64) void;
    extern fn polder_progress(u64, u64) void;

    pub fn counter(name: []const u8, add: u64) void {
        polder_counter(&.of(name), add);
    }

    pub fn gauge(name: []const u8, value: f64) void {
        polder_gauge(&.of(name), value);
    }

    /// How much of the work is done, out of how much if that is known, in units of the plugin's choice.
    pub fn progress(done: u64, total: ?u64) void {
        polder_progress(done, total orelse 0);
    }
};

extern fn polder_now() u64;

/// Milliseconds since 1970-01-01 UTC; it never goes back within a run.
pub fn now() u64 {
    return polder_now();
}

extern fn polder_random(*Text, u32) void;

/// At most 65,536 random bytes; the same ones again when the run is given the same seed.
pub fn random(length: u32) []const u8 {
    var bytes: Text = undefined;
    polder_random(&bytes, length);
    return bytes.bytes();
}

extern fn polder_placeholder(*const Text, *const Text, *Text) bool;

/// What to put into a header of a request in place of a secret of a connection.
pub fn placeholder(connection: []const u8, name: []const u8) Error![]const u8 {
    var text: Text = undefined;
    if (!polder_placeholder(&.of(connection), &.of(name), &text)) return failure.refused();
    return text.bytes();
}
