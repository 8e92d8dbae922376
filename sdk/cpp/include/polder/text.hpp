/// Texts: words, lines and characters of UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "polder/memory.h"

namespace polder {

/// For each word of a text, what stands between white space as Unicode has it: `for (auto word : polder::words(text))`.
/// For each line, without its `\n`: `polder::lines(text)`. For each character, its code point: `polder::characters(text)`.
template <class Part, bool (*take)(polder_text *, Part *)>
class parts {
public:
    explicit parts(std::string_view text) : rest{text.data(), text.size()} {}

    struct end_of_text {};

    class iterator {
    public:
        explicit iterator(polder_text rest) : rest(rest) {
            ++*this;
        }

        auto operator*() const {
            if constexpr (std::is_same_v<Part, polder_text>) return std::string_view(part.data, part.length);
            else return part;
        }

        iterator &operator++() {
            there = take(&rest, &part);
            return *this;
        }

        bool operator==(end_of_text) const {
            return !there;
        }

    private:
        polder_text rest;
        Part part;
        bool there;
    };

    iterator begin() const {
        return iterator(rest);
    }

    end_of_text end() const {
        return {};
    }

private:
    polder_text rest;
};

inline bool take_character(polder_text *rest, char32_t *character) {
    if (rest->length == 0) return false;
    *character = polder_next_character(rest);
    return true;
}

using words = parts<polder_text, polder_next_word>;
using lines = parts<polder_text, polder_next_line>;
using characters = parts<char32_t, take_character>;

/// Takes the next word off a text; none when none is left.
inline std::optional<std::string_view> next_word(std::string_view &text) {
    polder_text rest{text.data(), text.size()}, word;
    if (!polder_next_word(&rest, &word)) return std::nullopt;
    text = {rest.data, rest.length};
    return std::string_view(word.data, word.length);
}

/// The upper or lower case of a character, if that is a single one too; else the character.
inline char32_t upper(char32_t character) {
    return polder_upper(character);
}

inline char32_t lower(char32_t character) {
    return polder_lower(character);
}

/// Appends a character to a text.
inline void append(std::string &text, char32_t character) {
    if (character < 0x80) {
        text += static_cast<char>(character);
        return;
    }
    char bytes[4];
    int length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (int index = length - 1; index > 0; index--, character >>= 6) {
        bytes[index] = static_cast<char>(0x80 | (character & 0x3F));
    }
    bytes[0] = static_cast<char>((0xF00u >> length & 0xF0) | character);
    text.append(bytes, static_cast<size_t>(length));
}

}  // namespace polder
