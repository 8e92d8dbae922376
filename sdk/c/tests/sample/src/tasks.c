#include <polder.h>

POLDER_WANT(storage, "WRITE VOLUME", "VOLUME", "copies a file")
POLDER_WANT(query, "SELECT", "TABLE", "counts rows")
POLDER_WANT(state, "", "", "remembers the last run")
POLDER_WANT(metrics, "", "", "tells how far it is")
POLDER_WANT(clock, "", "", "stamps the run")
POLDER_WANT(random, "", "", "draws a name")
POLDER_WANT(secrets, "USE CONNECTION", "CONNECTION", "puts a key into a header")

POLDER_LIST(numbers, int64_t)
POLDER_ROW(parameters, (int64_t, least))
POLDER_ROW(counted, (int64_t, rows))
POLDER_ROW(outcome, (polder_text, name), (int64_t, rows), (double, share), (bool, first), (polder_date, day),
           (polder_timestamp, at), (numbers, numbers), (int32_t, nothing, optional))

static int64_t count(polder_text statement, int64_t least) {
    polder_rows rows;
    int64_t total = 0;
    polder_builder values = polder_parameters(&polder_type_parameters);
    polder_push_parameters(&values, (parameters){least});
    if (!polder_query(&rows, statement, &values)) return 0;
    while (polder_rows_next(&rows)) {
        polder_column batch = polder_rows_column(&rows, &polder_type_counted);
        for (size_t row = 0; row < batch.length; row++) total += polder_read_counted(&batch, row).rows;
    }
    polder_rows_close(&rows);
    return total;
}

static void copy(polder_text volume, polder_text path) {
    polder_volume files;
    polder_upload upload;
    polder_bytes bytes;
    const polder_entry *entries;
    size_t entry_count;
    if (!polder_volume_open(&files, volume)) return;
    if (polder_volume_list(&files, polder_text_of(""), polder_text_of(""), &entries, &entry_count)
        && polder_volume_read(&files, path, 0, 1 << 20, &bytes)
        && polder_volume_create(&files, polder_format("%.*s.copy", (int)path.length, path.data), &upload)) {
        if (polder_upload_write(&upload, bytes)) polder_upload_commit(&upload);
        polder_upload_close(&upload);
    }
    polder_volume_delete(&files, polder_text_of("old"));
    polder_volume_close(&files);
}

POLDER_TASK(outcome, everything, ((polder_text, volume), (int64_t, least, optional), (numbers, list), (double, share)),
            .doc = "Calls all that the host has.") {
    polder_log_event(POLDER_INFO, polder_text_of("begins"), (polder_log_field[]){{"volume", volume}}, 1);
    polder_text keys = polder_text_of("last"), placeholder;
    polder_bytes last;
    bool found;
    const polder_text *names;
    size_t name_count;
    outcome outcome = {.name = volume, .share = share, .at = {(int64_t)polder_now() * 1000}, .numbers = list};
    outcome.day.days = (int32_t)(outcome.at.micros / 86400000000);
    polder_counter(polder_text_of("runs"), 1);
    polder_gauge(polder_text_of("share"), share);
    polder_progress(1, 2);
    polder_bytes drawn = polder_random(8);
    if (!polder_state_get(keys, &found, &last) || !polder_state_set(keys, drawn)
        || !polder_state_keys(polder_text_of(""), polder_text_of(""), &names, &name_count)
        || !polder_state_delete(polder_text_of("gone"))) {
        return outcome;
    }
    if (!polder_placeholder(polder_text_of("rates"), polder_text_of("key"), &placeholder)) polder_recover(NULL);
    outcome.first = !found;
    outcome.rows = count(polder_text_of("SELECT count(*) FROM t WHERE x > $1"), least ? *least : 0);
    if (!polder_failed()) copy(volume, polder_text_of("file"));
    return outcome;
}
