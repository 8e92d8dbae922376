#include <polder.h>

POLDER_ROW(row, (int64_t, number), (int64_t, half, optional))

typedef struct {
    int64_t next, last;
} numbers_cursor;

POLDER_TABLE(row, numbers, ((int64_t, first), (int64_t, last, optional)),
             .doc = "The numbers from the first to the last, if there is one, and of even ones the half.",
             .examples = POLDER_EXAMPLES({"SELECT sum(half) FROM {schema}.numbers(1, 10)", "15"}))

static void numbers_open(numbers_cursor *cursor, int64_t first, const int64_t *last) {
    cursor->next = first;
    cursor->last = last ? *last : first;
    if (cursor->last > first && (uint64_t)cursor->last - (uint64_t)first > 1000000) {
        polder_fail("from %lld to %lld there are too many numbers", (long long)first, (long long)cursor->last);
    }
}

static bool numbers_next(numbers_cursor *cursor, row *row) {
    if (cursor->next > cursor->last || cursor->next == INT64_MAX) return false;
    row->number = cursor->next++;
    if (row->number % 2 == 0) {
        int64_t *half = polder_alloc(sizeof(int64_t));
        *half = row->number / 2;
        row->half = half;
    }
    return true;
}
