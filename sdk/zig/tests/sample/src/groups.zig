const polder = @import("polder");

pub const Corr = struct {
    n: i64 = 0,
    x: f64 = 0,
    y: f64 = 0,
    xx: f64 = 0,
    yy: f64 = 0,
    xy: f64 = 0,

    pub fn update(corr: *Corr, x: f64, y: f64) void {
        corr.merge(.{ .n = 1, .x = x, .y = y, .xx = x * x, .yy = y * y, .xy = x * y });
    }

    pub fn merge(corr: *Corr, other: Corr) void {
        inline for (.{ "n", "x", "y", "xx", "yy", "xy" }) |field| @field(corr, field) += @field(other, field);
    }

    pub fn evaluate(corr: Corr) ?f64 {
        const n: f64 = @floatFromInt(corr.n);
        const spread = (n * corr.xx - corr.x * corr.x) * (n * corr.yy - corr.y * corr.y);
        return if (spread > 0) (n * corr.xy - corr.x * corr.y) / @sqrt(spread) else null;
    }
};

pub const Joined = struct {
    text: polder.String = .{},
    last: ?i32 = null,

    pub fn update(joined: *Joined, text: []const u8) void {
        joined.text.append(text);
        joined.last = @intCast(text.len);
    }

    pub fn merge(joined: *Joined, other: Joined) void {
        if (other.text.get()) |text| joined.update(text);
    }

    pub fn evaluate(joined: Joined) !?u32 {
        const text = joined.text.get() orelse return null;
        return if (text.len > 1 << 30) polder.fail("the texts are too long", .{}) else @intCast(text.len);
    }
};
