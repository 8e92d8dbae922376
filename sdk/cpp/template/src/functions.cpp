/// SQL functions: each function that is entered by a macro here is one.
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
