//! What the border in C (`sdk/c/include/polder`) declares, as Zig sees it.

pub const Text = extern struct {
    data: [*]const u8,
    length: usize,

    pub fn of(slice: []const u8) Text {
        return .{ .data = slice.ptr, .length = slice.len };
    }

    pub fn bytes(text: Text) []const u8 {
        return text.data[0..text.length];
    }
};

pub const Type = extern struct {
    /// Null: any type.
    format: ?[*:0]const u8,
    children: ?[*]const Field = null,
    child_count: usize = 0,
};

pub const Field = extern struct {
    name: [*:0]const u8,
    type: *const Type,
    doc: ?[*:0]const u8 = null,
    optional: bool = false,
};

pub const Column = extern struct {
    type: *const Type,
    length: usize,
    nulls: usize,
    validity: ?[*]const u8,
    values: ?*const anyopaque,
    offsets: [*]const i32,
    children: [*]const Column,
    constant: bool,

    pub fn position(column: *const Column, row: usize) usize {
        return if (column.constant) 0 else row;
    }

    pub fn isNull(column: *const Column, at: usize) bool {
        return if (column.validity) |bits| !bit(bits, at) else false;
    }

    pub fn slice(column: *const Column, comptime T: type) [*]const T {
        return @ptrCast(@alignCast(column.values.?));
    }

    pub fn text(column: *const Column, at: usize) []const u8 {
        const start: usize = @intCast(column.offsets[at]);
        const end: usize = @intCast(column.offsets[at + 1]);
        return if (start == end) "" else column.slice(u8)[start..end];
    }
};

pub fn bit(bits: [*]const u8, at: usize) bool {
    return bits[at >> 3] >> @intCast(at & 7) & 1 == 1;
}

pub const Value = extern struct {
    column: *const Column,
    position: usize,
};

pub const Builder = extern struct {
    type: *const Type,
    length: usize,
    capacity: usize,
    nulls: usize,
    validity: ?[*]u8,
    values: ?*anyopaque,
    offsets: ?[*]i32,
    used: usize,
    room: usize,
    children: [*]Builder,
    memory: ?*anyopaque,

    pub fn slice(builder: *Builder, comptime T: type) [*]T {
        return @ptrCast(@alignCast(builder.values.?));
    }
};

pub const Example = extern struct {
    sql: ?[*:0]const u8 = null,
    result: ?[*:0]const u8 = null,
};

pub const Volatility = enum(c_int) { immutable, stable, @"volatile" };

pub const Argument = extern struct {
    type: *const Type,
    constant: ?*const Column,
};

pub const Options = extern struct {
    doc: ?[*:0]const u8,
    examples: ?[*]const Example,
    volatility: Volatility,
    variadic: bool,
    name: ?[*:0]const u8 = null,
    returns: ?*const fn ([*]const Argument, usize) callconv(.c) ?*const Type,
};

pub const Call = extern struct {
    function: *const Function,
    rows: usize,
    columns: [*]const Column,
    column_count: usize,
    dense: bool,
};

pub const Aggregate = extern struct {
    state_size: usize,
    state: *const Type,
    update: *const fn (*const Call, *anyopaque, [*]const u32) callconv(.c) void,
    merge: *const fn (*const Column, *anyopaque, [*]const u32) callconv(.c) void,
    save: *const fn (?*anyopaque, usize, *Builder) callconv(.c) void,
    evaluate: *const fn (?*anyopaque, usize, *Builder) callconv(.c) void,
    start: ?*const fn (*anyopaque) callconv(.c) void,
    drop: ?*const fn (*anyopaque) callconv(.c) void,
    size: ?*const fn (*const anyopaque) callconv(.c) usize,
};

pub const Table = extern struct {
    cursor_size: usize,
    open: *const fn (*const Call, usize, *anyopaque) callconv(.c) bool,
    next: *const fn (*anyopaque, *Builder) callconv(.c) bool,
    close: ?*const fn (*anyopaque) callconv(.c) void = null,
};

pub const Kind = opaque {};
pub extern const polder_scalar_kind: Kind;
pub extern const polder_aggregate_kind: Kind;
pub extern const polder_table_kind: Kind;
pub extern const polder_task_kind: Kind;

pub const Function = extern struct {
    name: [*:0]const u8,
    kind: *const Kind,
    parameters: [*]const Field,
    parameter_count: usize,
    returns: ?*const Type,
    options: Options,
    call: ?*const fn (*const Call, *Builder) callconv(.c) void = null,
    aggregate: ?*const Aggregate = null,
    table: ?*const Table = null,
    next: ?*Function = null,
};

pub const Want = extern struct {
    interface: [*:0]const u8,
    privilege: [*:0]const u8,
    on: [*:0]const u8,
    reason: [*:0]const u8,
    next: ?*Want = null,
};

pub const pending_failed: c_uint = 4;
pub extern var polder_pending: c_uint;

pub extern fn polder_enter(*Function) void;
pub extern fn polder_enter_want(*Want) void;
pub extern fn polder_settle(?*Builder, usize) bool;
pub extern fn polder_alloc(usize) [*]align(16) u8;
pub extern fn polder_null() void;
pub extern fn polder_fail_with(*const Text) void;
pub extern fn polder_recover(?*Text) c_int;
pub extern fn polder_type_equal(*const Type, *const Type) bool;
pub extern fn polder_value_number(*const Value, *f64) bool;
pub extern fn polder_builder_reserve(*Builder, usize) void;
pub extern fn polder_put_null(*Builder, usize) void;
pub extern fn polder_put_bytes(*Builder, usize, [*]const u8, usize) void;
pub extern fn polder_put_value(*Builder, usize, *const Value) void;
pub extern fn polder_put_list(*Builder, usize) void;
pub extern fn polder_null_where(*Builder, *const Column) void;
pub extern fn polder_next_word(*Text, *Text) bool;
pub extern fn polder_next_line(*Text, *Text) bool;
pub extern fn polder_upper(u32) u32;
pub extern fn polder_lower(u32) u32;

pub const String = extern struct {
    data: ?[*]u8 = null,
    length: usize = 0,
    capacity: usize = 0,
};
pub extern fn polder_string_set(*String, *const Text) void;
pub extern fn polder_string_append(*String, *const Text) void;
pub extern fn polder_string_free(*String) void;

pub fn failed() bool {
    return polder_pending & pending_failed != 0;
}
