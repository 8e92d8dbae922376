const std = @import("std");
const polder = @import("polder");

const groups = @import("groups.zig");
const nested = @import("nested.zig");
const tasks = @import("tasks.zig");

pub const plugin = polder.plugin(.{
    .scalars = .{
        .haversine = .{
            .call = haversine,
            .parameters = .{ "lat1", "lon1", "lat2", "lon2" },
            .doc = "Great-circle distance in kilometres.",
            .examples = .{.{ "round({schema}.haversine(40.64, -73.78, 33.94, -118.41), 1)", "3974.4" }},
        },
        .parse = .{
            .call = parse,
            .parameters = .{ "text", "base" },
            .doc = "The number that a text is in a base, which is 10 unless it is given; no number for an empty text.",
            .examples = .{
                .{ "{schema}.parse('ff', 16)", "255" },
                .{ "{schema}.parse('12', NULL)", "12" },
                .{ "{schema}.parse('', 2)", "NULL" },
            },
        },
        .add = .{
            .call = add,
            .parameters = .{ "a", "b" },
            .doc = "The sum of two numbers.",
            .examples = .{.{ "{schema}.add(1, 2)", "3.0" }},
        },
        .plus = .{
            .columns = plus,
            .parameters = .{ "a", "b" },
            .doc = "The sum of two numbers, by whole columns.",
            .examples = .{.{ "{schema}.plus(1, 2)", "3.0" }},
        },
        .not_both = .{ .call = notBoth, .parameters = .{ "a", "b" }, .doc = "Whether one of two is false." },
        .narrow = .{
            .call = narrow,
            .parameters = .{ "a", "b", "c", "d", "e", "f", "g" },
            .doc = "The low byte of a sum of narrow numbers.",
        },
        .reverse = .{ .call = reverse, .parameters = .{"bytes"}, .doc = "Bytes in the other order." },
        .day_after = .{
            .call = dayAfter,
            .parameters = .{"day"},
            .doc = "The day after.",
            .examples = .{.{ "{schema}.day_after(DATE '2024-02-28')", "2024-02-29" }},
        },
        .in_utc = .{ .call = inUtc, .parameters = .{"time"}, .doc = "The same reading, as one of UTC." },
        .negative = .{
            .call = negative,
            .parameters = .{"amount"},
            .doc = "The other sign.",
            .examples = .{.{ "{schema}.negative(CAST(12.34 AS DECIMAL(10, 2)))", "-12.34" }},
        },
        .answer = .{ .call = answer, .parameters = .{}, .doc = "The answer.", .examples = .{.{ "{schema}.answer()", "42" }} },
        .total = .{
            .call = nested.total,
            .parameters = .{"numbers"},
            .doc = "The sum of numbers.",
            .examples = .{.{ "{schema}.total([1.5, 2])", "3.5" }},
        },
        .split = .{
            .call = nested.split,
            .parameters = .{"text"},
            .doc = "The words of a text, as a list.",
            .examples = .{.{ "{schema}.split(' make  land ')", "[make, land]" }},
        },
        .concatenated = .{
            .call = nested.concatenated,
            .parameters = .{ "separator", "parts" },
            .variadic = true,
            .doc = "Texts with a separator in between.",
            .examples = .{
                .{ "{schema}.concatenated('-', 'a', 'b', 'c')", "a-b-c" },
                .{ "{schema}.concatenated('-')", "" },
            },
        },
        .older = .{ .call = nested.older, .parameters = .{"who"}, .doc = "A person a year later." },
        .first_of = .{
            .call = nested.firstOf,
            .parameters = .{"values"},
            .variadic = true,
            .returns = nested.typeOfFirst,
            .doc = "The first argument that is not null.",
            .examples = .{.{ "{schema}.first_of(CAST(NULL AS STRING), 'a', 'b')", "a" }},
        },
        .number = .{
            .call = nested.number,
            .parameters = .{"value"},
            .doc = "A number of any type as a DOUBLE.",
            .examples = .{.{ "{schema}.number(CAST(12.5 AS DECIMAL(5, 1)))", "12.5" }},
        },
    },
    .aggregates = .{
        .corr = .{ .state = groups.Corr, .parameters = .{ "x", "y" }, .doc = "Pearson's correlation." },
        .joined = .{ .state = groups.Joined, .parameters = .{"text"}, .doc = "How many bytes the texts of a group have." },
    },
    .tasks = .{
        .everything = .{
            .call = tasks.everything,
            .parameters = .{ "volume", "least", "numbers" },
            .doc = "Calls all that the host has.",
        },
    },
    .wants = .{
        .{ "storage", "WRITE VOLUME", "VOLUME", "copies a file" },
        .{ "query", "SELECT", "TABLE", "counts rows" },
        .{ "state", "", "", "remembers the last run" },
        .{ "metrics", "", "", "tells how far it is" },
        .{ "clock", "", "", "stamps the run" },
        .{ "random", "", "", "draws a name" },
        .{ "secrets", "USE CONNECTION", "CONNECTION", "puts a key into a header" },
    },
    .tables = .{
        .numbers = .{
            .call = nested.numbers,
            .parameters = .{ "first", "last" },
            .doc = "The numbers from the first to the last, if there is one, and of even ones the half.",
            .examples = .{.{ "SELECT sum(half) FROM {schema}.numbers(1, 10)", "15" }},
        },
    },
});

fn haversine(lat1: f64, lon1: f64, lat2: f64, lon2: f64) f64 {
    const radians = std.math.pi / 180.0;
    const north = @sin((lat2 - lat1) * radians / 2);
    const east = @sin((lon2 - lon1) * radians / 2);
    const half = north * north + @cos(lat1 * radians) * @cos(lat2 * radians) * east * east;
    return 2 * 6371 * std.math.asin(@sqrt(half));
}

fn parse(text: []const u8, base: ?i64) !?i64 {
    const radix = base orelse 10;
    if (radix < 2 or radix > 16) return polder.fail("base {d} is not between 2 and 16", .{radix});
    if (text.len == 0) return null;
    return std.fmt.parseInt(i64, text, @intCast(radix)) catch
        polder.fail("'{s}' is no number in base {d}", .{ text, radix });
}

fn add(a: f64, b: f64) f64 {
    return a + b;
}

fn plus(result: polder.ColumnBuilder(f64), a: polder.Column(f64), b: polder.Column(f64)) void {
    const of_a, const of_b = .{ a.values(), b.values() };
    for (result.fill(), 0..) |*sum, row| {
        sum.* = of_a[if (a.isConstant()) 0 else row] + of_b[if (b.isConstant()) 0 else row];
    }
    result.nullWhere(a);
    result.nullWhere(b);
}

fn notBoth(a: bool, b: bool) bool {
    return !(a and b);
}

fn narrow(a: i8, b: i16, c: i32, d: u16, e: u32, f: u64, g: f32) u8 {
    const of_g: i64 = if (@abs(g) < 1e9) @trunc(g) else 0;
    const signed = @as(i64, a) + b + c + of_g;
    return @truncate(@as(u64, @bitCast(signed)) +% d +% e +% f);
}

fn reverse(allocator: std.mem.Allocator, bytes: polder.Bytes) !polder.Bytes {
    const reversed = try allocator.dupe(u8, bytes.data);
    std.mem.reverse(u8, reversed);
    return .{ .data = reversed };
}

fn dayAfter(day: polder.Date) polder.Date {
    const parts = day.parts();
    const first = polder.Date.from(parts.year, parts.month, 1) orelse return day;
    return .{ .days = first.days +% @as(i32, @intCast(parts.day)) };
}

fn inUtc(time: polder.LocalTimestamp) polder.Timestamp {
    return .{ .micros = time.micros };
}

fn negative(amount: polder.Decimal(10, 2)) polder.Decimal(10, 2) {
    return .{ .units = -amount.units };
}

fn answer() i64 {
    return 42;
}
