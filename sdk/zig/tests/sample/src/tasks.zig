const polder = @import("polder");

const Counted = struct { rows: i64 };
const Outcome = struct { rows: i64, first: bool, at: polder.Timestamp, text: []const u8 };

pub fn everything(volume: []const u8, least: ?i64, numbers: []const f64) !Outcome {
    polder.log(.info, "begins with {d} numbers", .{numbers.len});
    polder.metrics.counter("runs", 1);
    polder.metrics.gauge("numbers", if (numbers.len > 0) numbers[0] else 0);
    polder.metrics.progress(1, null);
    const last = try polder.state.get("last");
    try polder.state.set("last", polder.random(8));
    try polder.state.delete("gone");
    _ = polder.placeholder("rates", "key") catch polder.recover();

    const rows = try polder.query(Counted, "SELECT count(*) FROM t WHERE x > $1", .{ .least = least orelse 0 });
    var files = try polder.Volume.open(volume);
    defer files.close();
    const text = try files.read("file");
    var upload = try files.create("copy");
    defer upload.close();
    try upload.write(text);
    try upload.commit();
    try files.delete("old");
    return .{
        .rows = if (rows.len > 0) rows[0].rows else 0,
        .first = last == null,
        .at = .{ .micros = @intCast(polder.now() * 1000) },
        .text = text,
    };
}
