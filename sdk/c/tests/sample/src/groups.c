#include <math.h>
#include <polder.h>

POLDER_STATE(corr, (int64_t, n), (double, x), (double, y), (double, xx), (double, yy), (double, xy))

POLDER_AGGREGATE(double, corr, ((double, x), (double, y)), .doc = "Pearson's correlation.")

static void corr_update(corr *state, double x, double y) {
    corr_merge(state, &(corr){1, x, y, x * x, y * y, x * y});
}

static void corr_merge(corr *state, const corr *other) {
    state->n += other->n;
    state->x += other->x, state->y += other->y;
    state->xx += other->xx, state->yy += other->yy, state->xy += other->xy;
}

static double corr_evaluate(const corr *state) {
    double n = (double)state->n, spread = (n * state->xx - state->x * state->x) * (n * state->yy - state->y * state->y);
    if (!(spread > 0)) polder_null();
    return (n * state->xy - state->x * state->y) / sqrt(spread);
}

POLDER_STATE(collected, (polder_string, text), (bool, any), (polder_date, last))

POLDER_AGGREGATE(int64_t, collected, ((polder_text, text), (polder_date, day, optional)),
                 .doc = "How many bytes there are in texts, and days since 1970 until the last day.")

static void collected_update(collected *state, polder_text text, const polder_date *day) {
    polder_string_append(&state->text, text);
    if (day && (!state->any || state->last.days < day->days)) state->last = *day, state->any = true;
}

static void collected_merge(collected *state, const collected *other) {
    collected_update(state, polder_string_text(&other->text), other->any ? &other->last : NULL);
}

static int64_t collected_evaluate(const collected *state) {
    return (int64_t)state->text.length + state->last.days;
}
