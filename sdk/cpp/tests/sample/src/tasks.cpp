#include <polder.hpp>

POLDER_WANT(storage, "WRITE VOLUME", "VOLUME", "copies a file")
POLDER_WANT(query, "SELECT", "TABLE", "counts rows")

struct counted {
    int64_t rows;
};

POLDER_ROW(counted, rows)

struct outcome {
    int64_t rows;
    std::string text;
    std::vector<double> numbers;
};

POLDER_ROW(outcome, rows, text, numbers)

polder::result<outcome> copy(std::string_view volume, std::optional<int64_t> least, const std::vector<double> &numbers) {
    polder::log(POLDER_INFO, "copies ", numbers.size(), " files of ", volume);
    auto files = POLDER_TRY(polder::volume::open(volume));
    auto paths = POLDER_TRY(files.list(""));
    auto text = POLDER_TRY(files.read(paths.empty() ? "none" : paths.front()));
    auto upload = POLDER_TRY(files.create("copy"));
    POLDER_TRY(upload.write(text));
    POLDER_TRY(upload.commit());
    POLDER_TRY(files.remove("old"));
    auto rows = POLDER_TRY(polder::query<counted>("SELECT count(*) FROM t WHERE x > $1 AND y <> $2", least.value_or(0), volume));
    return outcome{rows.front().rows, text, numbers};
}

POLDER_TASK(copy, (volume, least, numbers), .doc = "Copies a file and counts rows.")
