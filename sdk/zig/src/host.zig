//! What the host does for a component. An error has the host's words already, which a task that hands it on fails with.

const std = @import("std");
const core = @import("core.zig");
const failure = @import("failure.zig");
const memory = @import("memory.zig");
const types = @import("types.zig");
const Error = failure.Error;
const Text = core.Text;
const sql = types.sql;

fn done(succeeded: bool) Error!void {
    if (!succeeded) return failure.refused();
}

/// A volume whose files can be read or written, as far as the run has the right to.
pub const Volume = struct {
    raw: Raw = .{},

    const Raw = extern struct { handle: i32 = 0 };
    extern fn polder_volume_open(*Raw, *const Text) bool;
    extern fn polder_volume_close(*Raw) void;
    extern fn polder_volume_delete(*const Raw, *const Text) bool;
    extern fn polder_volume_create(*const Raw, *const Text, *Upload.Raw) bool;

    /// The volume `catalog.schema.volume`.
    pub fn open(name: []const u8) Error!Volume {
        var volume: Volume = .{};
        try done(polder_volume_open(&volume.raw, &.of(name)));
        return volume;
    }

    pub fn close(volume: *Volume) void {
        polder_volume_close(&volume.raw);
    }

    /// A file to be read piece by piece; the volume and the path have to stay.
    pub fn reader(volume: *const Volume, path: []const u8) Error!Reader {
        var file: Reader = .{};
        try done(Reader.polder_reader_open(&file.raw, &volume.raw, &.of(path)));
        return file;
    }

    /// All bytes of a file.
    pub fn read(volume: *const Volume, path: []const u8) ![]const u8 {
        var file = try volume.reader(path);
        defer file.close();
        var all: std.ArrayList(u8) = .empty;
        while (try file.bytes()) |piece| try all.appendSlice(memory.allocator, piece);
        return all.items;
    }

    /// A new file, or one in place of that which is there: nobody sees it before `commit`.
    pub fn create(volume: *const Volume, path: []const u8) Error!Upload {
        var upload: Upload = .{};
        try done(polder_volume_create(&volume.raw, &.of(path), &upload.raw));
        return upload;
    }

    pub fn delete(volume: *const Volume, path: []const u8) Error!void {
        try done(polder_volume_delete(&volume.raw, &.of(path)));
    }
};

pub const Reader = struct {
    raw: Raw = .{},

    const Raw = extern struct {
        volume: ?*const Volume.Raw = null,
        path: Text = .of(""),
        size: u64 = 0,
        position: u64 = 0,
        piece: ?[*]u8 = null,
        used: usize = 0,
        length: usize = 0,
        room: usize = 0,
    };
    extern fn polder_reader_open(*Raw, *const Volume.Raw, *const Text) bool;
    extern fn polder_reader_close(*Raw) void;
    extern fn polder_reader_line(*Raw, *Text) bool;
    extern fn polder_reader_bytes(*Raw, *Text) bool;

    pub fn close(reader: *Reader) void {
        polder_reader_close(&reader.raw);
    }

    /// The next line without its `\n`, which is there until the next one is read; null at the end.
    pub fn line(reader: *Reader) Error!?[]const u8 {
        return reader.take(polder_reader_line);
    }

    /// The next bytes, as many as there are at once; null at the end.
    pub fn bytes(reader: *Reader) Error!?[]const u8 {
        return reader.take(polder_reader_bytes);
    }

    fn take(reader: *Reader, next: *const fn (*Raw, *Text) callconv(.c) bool) Error!?[]const u8 {
        var part: Text = undefined;
        if (next(&reader.raw, &part)) return part.bytes();
        return if (core.failed()) failure.refused() else null;
    }
};

/// A file being written. Closed without `commit`, it never existed.
pub const Upload = struct {
    raw: Raw = .{},

    const Raw = extern struct { handle: i32 = 0 };
    extern fn polder_upload_write(*Raw, *const Text) bool;
    extern fn polder_upload_commit(*Raw) bool;
    extern fn polder_upload_close(*Raw) void;

    pub fn write(upload: *Upload, bytes: []const u8) Error!void {
        try done(polder_upload_write(&upload.raw, &.of(bytes)));
    }

    pub fn commit(upload: *Upload) Error!void {
        try done(polder_upload_commit(&upload.raw));
    }

    pub fn close(upload: *Upload) void {
        polder_upload_close(&upload.raw);
    }
};

/// How a writer's rows meet those of the table.
pub const Write = extern struct {
    mode: enum(c_int) { append, overwrite, merge } = .append,
    /// For `.merge`: rows replace those with equal values in these columns.
    keys: ?[*]const Text = null,
    key_count: usize = 0,
    /// The commit with this number, which grows, is made once by the application of this name.
    application: ?[*:0]const u8 = null,
    version: i64 = 0,
};

/// Rows of a struct that become one commit to a Delta table, all or nothing.
pub fn Writer(comptime Row: type) type {
    return struct {
        raw: Raw = .{},

        const Self = @This();
        const Raw = extern struct { handle: i32 = 0, rows: ?*core.Builder = null, memory: ?*anyopaque = null };
        extern fn polder_writer_open(*Raw, *const Text, *const core.Type, *const Write) bool;
        extern fn polder_writer_flush(*Raw) bool;
        extern fn polder_writer_commit(*Raw, *u64) bool;
        extern fn polder_writer_close(*Raw) void;

        pub fn open(table: []const u8, how: Write) Error!Self {
            var writer: Self = .{};
            try done(polder_writer_open(&writer.raw, &.of(table), &sql(Row).type_, &how));
            return writer;
        }

        pub fn push(writer: *Self, row: Row) Error!void {
            types.push(Row, writer.raw.rows.?, row);
            try done(polder_writer_flush(&writer.raw));
        }

        /// The table's version with these rows.
        pub fn commit(writer: *Self) Error!u64 {
            var version: u64 = 0;
            try done(polder_writer_commit(&writer.raw, &version));
            return version;
        }

        /// Without a commit nothing was written.
        pub fn close(writer: *Self) void {
            polder_writer_close(&writer.raw);
        }
    };
}

/// Runs a statement, in which `$1`, `$2` … stand for the fields of `values`, a struct, and gives its rows.
pub fn query(comptime Row: type, statement: []const u8, values: anytype) ![]const Row {
    const Raw = extern struct {
        handle: i32 = 0,
        fields: ?*const anyopaque = null,
        field_count: usize = 0,
        columns: ?*const anyopaque = null,
        length: usize = 0,
        memory: ?*anyopaque = null,
    };
    const c = struct {
        extern fn polder_query(*Raw, *const Text, *const core.Builder) bool;
        extern fn polder_rows_next(*Raw) bool;
        extern fn polder_rows_column(*core.Column, *const Raw, *const core.Type) void;
        extern fn polder_rows_close(*Raw) void;
        extern fn polder_parameters(*core.Builder, *const core.Type) void;
    };
    var parameters: core.Builder = undefined;
    c.polder_parameters(&parameters, &sql(@TypeOf(values)).type_);
    types.push(@TypeOf(values), &parameters, values);
    var rows: Raw = .{};
    try done(c.polder_query(&rows, &.of(statement), &parameters));
    defer c.polder_rows_close(&rows);
    var all: std.ArrayList(Row) = .empty;
    while (c.polder_rows_next(&rows)) {
        var column: core.Column = undefined;
        c.polder_rows_column(&column, &rows, &sql(Row).type_);
        for (0..column.length) |row| {
            if (!sql(Row).valid(&column, row)) {
                return failure.fail("a row of the query has a null where there can be none", .{});
            }
            try all.append(memory.allocator, sql(Row).read(&column, row));
        }
    }
    return if (core.failed()) failure.refused() else all.items;
}

pub const Level = enum(c_int) { trace, debug, info, warn, err };

/// A line for whoever runs the statement.
pub fn log(level: Level, comptime format: []const u8, values: anytype) void {
    const c = struct {
        extern fn polder_log_event(Level, *const Text, ?*const anyopaque, usize) void;
    };
    var line: [1024]u8 = undefined;
    const message = std.fmt.bufPrint(&line, format, values) catch &line;
    c.polder_log_event(level, &.of(message), null, 0);
}
