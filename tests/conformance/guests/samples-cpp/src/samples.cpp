/// The samples that every SDK has, as the conformance kit's README says what they do.
#include <polder.hpp>

std::string initials(std::string_view name) {
    std::string letters;
    for (auto word : polder::words(name)) polder::append(letters, polder::upper(*polder::characters(word).begin()));
    return letters;
}

POLDER_SCALAR(initials, (name), .doc = "A person's initials: the first letter of each word, in upper case.",
              .examples = {{"{schema}.initials('ada lovelace')", "AL"}})

struct longest {
    std::optional<std::string> text;

    void update(std::string_view other) {
        if (!text || text->size() < other.size()) text = other;
    }

    void merge(longest other) {
        if (other.text) update(*other.text);
    }

    std::optional<std::string> evaluate() const {
        return text;
    }
};

POLDER_ROW(longest, text)
POLDER_AGGREGATE(longest, (text), .doc = "The longest text of a group; of several, the first.")

/// A word of a text and where it stands, counted from 1.
struct word {
    std::string_view word;
    int64_t position;
};

POLDER_ROW(word, word, position)

auto words(std::string_view text) {
    return [text, position = int64_t{0}] mutable -> std::optional<word> {
        auto found = polder::next_word(text);
        if (!found) return std::nullopt;
        return word{*found, ++position};
    };
}

POLDER_TABLE(words, (text), .doc = "The words of a text, one row each.")

POLDER_WANT(storage, "READ VOLUME", "VOLUME", "reads the file that you name")
POLDER_WANT(query, "MODIFY", "TABLE", "writes its lines to the table that you choose")

struct line {
    int64_t line;
    std::string_view text;
};

POLDER_ROW(line, line, text)

struct loaded {
    int64_t rows = 0;
};

POLDER_ROW(loaded, rows)

polder::result<loaded> load_lines(std::string_view volume, std::string_view path, std::string_view target) {
    auto files = POLDER_TRY(polder::volume::open(volume));
    auto reader = POLDER_TRY(files.reader(path));
    auto writer = POLDER_TRY(polder::writer<line>::open(target));
    loaded outputs;
    while (auto text = POLDER_TRY(reader.line())) POLDER_TRY(writer.push({++outputs.rows, *text}));
    POLDER_TRY(writer.commit());
    return outputs;
}

POLDER_TASK(load_lines, (volume, path, target),
            .doc = "Loads the lines of a text file into a table with the columns `line`, counted from 1, and `text`.")
