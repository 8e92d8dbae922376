/// The samples that every SDK has, as the conformance kit's README says what they do.
#include <polder.h>

POLDER_SCALAR(polder_text, initials, ((polder_text, name)),
              .doc = "A person's initials: the first letter of each word, in upper case.",
              .examples = POLDER_EXAMPLES({"{schema}.initials('ada lovelace')", "AL"})) {
    polder_buffer letters = {};
    for (polder_text word; polder_next_word(&name, &word);) {
        polder_append_character(&letters, polder_upper(polder_next_character(&word)));
    }
    return polder_buffer_text(&letters);
}

POLDER_STATE(longest, (polder_string, text))

POLDER_AGGREGATE(polder_text, longest, ((polder_text, text)),
                 .doc = "The longest text of a group; of several, the first.")

static void longest_update(longest *state, polder_text text) {
    if (!state->text.data || state->text.length < text.length) polder_string_set(&state->text, text);
}

static void longest_merge(longest *state, const longest *other) {
    if (other->text.data) longest_update(state, polder_string_text(&other->text));
}

static polder_text longest_evaluate(const longest *state) {
    if (!state->text.data) polder_null();
    return polder_string_text(&state->text);
}

/// A word of a text and where it stands, counted from 1.
POLDER_ROW(word, (polder_text, word), (int64_t, position))

typedef struct {
    polder_text rest;
    int64_t position;
} words_cursor;

POLDER_TABLE(word, words, ((polder_text, text)), .doc = "The words of a text, one row each.")

static void words_open(words_cursor *cursor, polder_text text) {
    cursor->rest = text;
}

static bool words_next(words_cursor *cursor, word *row) {
    row->position = ++cursor->position;
    return polder_next_word(&cursor->rest, &row->word);
}

POLDER_WANT(storage, "READ VOLUME", "VOLUME", "reads the file that you name")
POLDER_WANT(query, "MODIFY", "TABLE", "writes its lines to the table that you choose")

POLDER_ROW(line, (int64_t, line), (polder_text, text))
POLDER_ROW(loaded, (int64_t, rows))

POLDER_TASK(loaded, load_lines, ((polder_text, volume), (polder_text, path), (polder_text, target)),
            .doc = "Loads the lines of a text file into a table with the columns `line`, counted from 1, and `text`.") {
    polder_volume files;
    polder_reader reader;
    polder_writer writer;
    loaded outputs = {};
    if (!polder_volume_open(&files, volume) || !polder_reader_open(&reader, &files, path)
        || !polder_writer_open(&writer, target, &polder_type_line, NULL)) {
        return outputs;
    }
    for (polder_text text; polder_reader_line(&reader, &text);) {
        outputs.rows++;
        if (!polder_writer_push(&writer, line, ((line){outputs.rows, text}))) return outputs;
    }
    if (!polder_failed()) polder_writer_commit(&writer, NULL);
    return outputs;
}
