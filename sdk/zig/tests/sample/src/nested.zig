const std = @import("std");
const polder = @import("polder");

pub fn total(numbers_: []const f64) f64 {
    var sum: f64 = 0;
    for (numbers_) |each| sum += each;
    return sum;
}

pub fn split(allocator: std.mem.Allocator, text: []const u8) ![]const []const u8 {
    var words: std.ArrayList([]const u8) = .empty;
    var rest = polder.text.words(text);
    while (rest.next()) |word| try words.append(allocator, word);
    return words.items;
}

pub fn concatenated(allocator: std.mem.Allocator, separator: []const u8, parts: []const []const u8) ![]const u8 {
    return std.mem.join(allocator, separator, parts);
}

const Person = struct { name: []const u8, age: ?i64 };

pub fn older(who: Person) Person {
    return .{ .name = who.name, .age = if (who.age) |age| age +% 1 else null };
}

pub fn typeOfFirst(arguments: []const polder.Argument) !*const polder.Type {
    if (arguments.len == 0) return polder.fail("there is nothing to choose from", .{});
    for (arguments) |argument| {
        if (!polder.sameType(argument.type, arguments[0].type)) return polder.fail("the arguments have several types", .{});
    }
    return arguments[0].type;
}

pub fn firstOf(values: []const polder.Value) polder.Value {
    for (values) |value| if (!value.isNull()) return value;
    return values[values.len - 1];
}

pub fn number(value: polder.Value) ?f64 {
    return value.number();
}

const Row = struct { number: i64, half: ?i64 };

const Numbers = struct {
    following: i64,
    last: i64,

    pub fn next(iterator: *Numbers) ?Row {
        const each = iterator.following;
        if (each > iterator.last or each == std.math.maxInt(i64)) return null;
        iterator.following += 1;
        return .{ .number = each, .half = if (@mod(each, 2) == 0) @divExact(each, 2) else null };
    }
};

pub fn numbers(first: i64, last: ?i64) !Numbers {
    const end = last orelse first;
    if (end > first and @as(i128, end) - first > 1_000_000) {
        return polder.fail("from {d} to {d} there are too many numbers", .{ first, end });
    }
    return .{ .following = first, .last = end };
}
