//! The samples that every SDK has, as the conformance kit's README says what they do.

const std = @import("std");
const polder = @import("polder");

pub const plugin = polder.plugin(.{
    .scalars = .{
        .initials = .{
            .call = initials,
            .parameters = .{"name"},
            .doc = "A person's initials: the first letter of each word, in upper case.",
            .examples = .{.{ "{schema}.initials('ada lovelace')", "AL" }},
        },
    },
    .aggregates = .{
        .longest = .{
            .state = Longest,
            .parameters = .{"text"},
            .doc = "The longest text of a group; of several, the first.",
        },
    },
    .tables = .{
        .words = .{ .call = words, .parameters = .{"text"}, .doc = "The words of a text, one row each." },
    },
    .tasks = .{
        .load_lines = .{
            .call = loadLines,
            .parameters = .{ "volume", "path", "target" },
            .doc = "Loads the lines of a text file into a table with the columns `line`, counted from 1, and `text`.",
        },
    },
    .wants = .{
        .{ "storage", "READ VOLUME", "VOLUME", "reads the file that you name" },
        .{ "query", "MODIFY", "TABLE", "writes its lines to the table that you choose" },
    },
});

fn initials(allocator: std.mem.Allocator, name: []const u8) ![]const u8 {
    var letters: std.ArrayList(u8) = .empty;
    var rest = polder.text.words(name);
    while (rest.next()) |word| try polder.text.append(allocator, &letters, polder.text.upper(polder.text.first(word)));
    return letters.items;
}

const Longest = struct {
    text: polder.String = .{},

    pub fn update(longest: *Longest, text: []const u8) void {
        const before = longest.text.get();
        if (before == null or before.?.len < text.len) longest.text.set(text);
    }

    pub fn merge(longest: *Longest, other: Longest) void {
        if (other.text.get()) |text| longest.update(text);
    }

    pub fn evaluate(longest: Longest) ?[]const u8 {
        return longest.text.get();
    }
};

/// A word of a text and where it stands, counted from 1.
const Word = struct { word: []const u8, position: i64 };

const Words = struct {
    rest: polder.text.Words,
    position: i64 = 0,

    pub fn next(iterator: *Words) ?Word {
        const word = iterator.rest.next() orelse return null;
        iterator.position += 1;
        return .{ .word = word, .position = iterator.position };
    }
};

fn words(text: []const u8) Words {
    return .{ .rest = polder.text.words(text) };
}

const Line = struct { line: i64, text: []const u8 };

fn loadLines(volume: []const u8, path: []const u8, target: []const u8) !struct { rows: i64 } {
    var files = try polder.Volume.open(volume);
    defer files.close();
    var reader = try files.reader(path);
    defer reader.close();
    var writer = try polder.Writer(Line).open(target, .{});
    defer writer.close();
    var rows: i64 = 0;
    while (try reader.line()) |text| {
        rows += 1;
        try writer.push(.{ .line = rows, .text = text });
    }
    _ = try writer.commit();
    return .{ .rows = rows };
}
