/// What the host does for a component: classes over `polder/host.h`. Functions that may fail return a `polder::result`.
#pragma once

#include <span>
#include <utility>

#include "call.hpp"
#include "polder/host.h"

namespace polder {

inline polder_text raw(std::string_view text) {
    return {text.data(), text.size()};
}

inline polder_bytes raw(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()};
}

/// What a call of the SDK did, as a result.
inline result<void> succeeded(bool done) {
    if (done) return {};
    return std::unexpected(error::last());
}

/// A file that is read piece by piece.
class reader {
public:
    reader(reader &&other) : raw_(std::exchange(other.raw_, {})) {}
    ~reader() {
        polder_reader_close(&raw_);
    }

    /// Bytes of the file.
    uint64_t size() const {
        return raw_.size;
    }

    /// The next line without its `\n`, which is there until the next one is read; none at the end.
    result<std::optional<std::string_view>> line() {
        polder_text line;
        if (polder_reader_line(&raw_, &line)) return std::string_view(line.data, line.length);
        if (polder_failed()) return std::unexpected(error::last());
        return std::nullopt;
    }

private:
    friend class volume;
    reader() = default;
    polder_reader raw_{};
};

/// A file being written. Dropped without `commit`, it never existed.
class upload {
public:
    upload(upload &&other) : raw_(std::exchange(other.raw_, {})) {}
    ~upload() {
        polder_upload_close(&raw_);
    }

    result<void> write(std::string_view text) {
        return succeeded(polder_upload_write(&raw_, {reinterpret_cast<const uint8_t *>(text.data()), text.size()}));
    }

    result<void> commit() {
        return succeeded(polder_upload_commit(&raw_));
    }

private:
    friend class volume;
    upload() = default;
    polder_upload raw_{};
};

/// A volume whose files can be read or written, as far as the run has the right to.
class volume {
public:
    volume(volume &&other) : raw_(std::exchange(other.raw_, {})) {}
    ~volume() {
        polder_volume_close(&raw_);
    }

    /// The volume `catalog.schema.volume`.
    static result<volume> open(std::string_view name) {
        volume volume;
        if (!polder_volume_open(&volume.raw_, polder::raw(name))) return std::unexpected(error::last());
        return volume;
    }

    /// A file to be read; the volume and its path have to stay.
    result<polder::reader> reader(std::string_view path) const {
        polder::reader reader;
        if (!polder_reader_open(&reader.raw_, &raw_, polder::raw(path))) return std::unexpected(error::last());
        return reader;
    }

    /// All bytes of a file, as a text.
    result<std::string> read(std::string_view path) const {
        auto reader = POLDER_TRY(this->reader(path));
        std::string text;
        text.reserve(reader.size());
        for (polder_bytes bytes; polder_reader_bytes(&reader.raw_, &bytes);) {
            text.append(reinterpret_cast<const char *>(bytes.data), bytes.length);
        }
        if (polder_failed()) return std::unexpected(error::last());
        return text;
    }

    /// The paths of the files below `prefix`, in order; all with an empty one.
    result<std::vector<std::string>> list(std::string_view prefix) const {
        std::vector<std::string> paths;
        for (;;) {
            const polder_entry *entries;
            size_t count;
            std::string after = paths.empty() ? "" : paths.back();
            POLDER_TRY(succeeded(polder_volume_list(&raw_, polder::raw(prefix), polder::raw(after), &entries, &count)));
            if (!count) return paths;
            for (size_t index = 0; index < count; index++) {
                paths.emplace_back(entries[index].path.data, entries[index].path.length);
            }
        }
    }

    /// A new file, or one in place of that which is there: nobody sees it before `commit`.
    result<polder::upload> create(std::string_view path) const {
        polder::upload upload;
        if (!polder_volume_create(&raw_, polder::raw(path), &upload.raw_)) return std::unexpected(error::last());
        return upload;
    }

    result<void> remove(std::string_view path) const {
        return succeeded(polder_volume_delete(&raw_, polder::raw(path)));
    }

private:
    volume() = default;
    polder_volume raw_{};
};

/// Rows of the struct `Row` that become one commit to a Delta table, all or nothing.
template <row_type Row>
class writer {
public:
    writer(writer &&other) : raw_(std::exchange(other.raw_, {})) {}
    ~writer() {
        polder_writer_close(&raw_);
    }

    static result<writer> open(std::string_view table, const polder_write &how = {}) {
        writer writer;
        if (!polder_writer_open(&writer.raw_, polder::raw(table), &sql<Row>::type, &how)) {
            return std::unexpected(error::last());
        }
        return writer;
    }

    result<void> push(const Row &row) {
        polder::push(*raw_.rows, row);
        return succeeded(polder_writer_flush(&raw_));
    }

    /// The table's version with these rows.
    result<uint64_t> commit() {
        uint64_t version = 0;
        if (!polder_writer_commit(&raw_, &version)) return std::unexpected(error::last());
        return version;
    }

private:
    writer() = default;
    polder_writer raw_{};
};

/// Runs a statement, in which `$1`, `$2` … stand for `values`, and gives its rows.
template <row_type Row, sql_type... Values>
result<std::vector<Row>> query(std::string_view statement, const Values &...values) {
    static constexpr std::array<polder_field, sizeof...(Values)> fields{
        polder_field{"", &sql<Values>::type, nullptr, true}...,
    };
    static constexpr polder_type type{"+s", fields.data(), fields.size()};
    polder_builder parameters = polder_parameters(&type);
    size_t index = 0;
    (sql<Values>::put(parameters.children[index++], 0, values), ...);
    polder_rows rows;
    if (!polder_query(&rows, raw(statement), &parameters)) return std::unexpected(error::last());
    std::vector<Row> all;
    while (polder_rows_next(&rows)) {
        polder_column column = polder_rows_column(&rows, &sql<Row>::type);
        for (size_t row = 0; row < column.length; row++) {
            if (!sql<Row>::valid(column, row)) {
                polder_rows_close(&rows);
                return fail("a row of the query has a null where there can be none");
            }
            all.push_back(sql<Row>::read(column, row));
        }
    }
    polder_rows_close(&rows);
    if (polder_failed()) return std::unexpected(error::last());
    return all;
}

/// A line for whoever runs the statement: texts and numbers, one after the other.
template <class... Parts>
void log(polder_level level, const Parts &...parts) {
    polder_log_event(level, raw(joined(parts...)), nullptr, 0);
}

}  // namespace polder
