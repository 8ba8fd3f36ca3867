#include "sim/book/latency.h"

#include "base/math.h"

/* No message is under way for longer than a day. */
#define DURATION_MAX NANOSECONDS_PER_DAY
#define CONGESTION_SHARE_MAX 100.0

static bool is_duration(int64_t ns)
{
    return ns >= 0 && ns <= DURATION_MAX;
}

static bool row_is_fine(const struct latency_row *row)
{
    int64_t entry;
    int64_t total;
    return !__builtin_sub_overflow(row->exchange_ns, row->request_ns, &entry) &&
           !__builtin_sub_overflow(row->answer_ns, row->request_ns, &total) && is_duration(total) &&
           entry >= -DURATION_MAX && entry <= total;
}

static bool congestion_is_fine(const struct latency_model *model)
{
    if (!(model->congestion_share >= 0 && model->congestion_share <= CONGESTION_SHARE_MAX))
        return false;
    return !(model->congestion_share > 0) ||
           (model->kind != LATENCY_INTERPOLATED && model->congestion_fade_ns > 0 &&
            is_duration(model->congestion_fade_ns));
}

enum status latency_model_check(const struct latency_model *model)
{
    if (!is_duration(model->entry_ns) || !is_duration(model->response_ns) ||
        !is_duration(model->feed_ns))
        return STATUS_RANGE;
    if (model->kind == LATENCY_LOG_NORMAL && !(model->sigma >= 0 && model->sigma <= 10))
        return STATUS_RANGE;
    if (!congestion_is_fine(model))
        return STATUS_RANGE;
    if (model->kind != LATENCY_INTERPOLATED)
        return STATUS_OK;
    if (model->rows_count == 0)
        return STATUS_RANGE;
    for (uint32_t i = 0; i < model->rows_count; i++) {
        const struct latency_row *row = &model->rows[i];
        if (!row_is_fine(row) || (i > 0 && row->request_ns <= row[-1].request_ns))
            return STATUS_RANGE;
    }
    return STATUS_OK;
}

void latency_line_init(struct latency_line *line, const struct latency_model *model, uint64_t seed)
{
    *line = (struct latency_line){.model = *model,
                                  .exchange_last_ns = INT64_MIN,
                                  .answer_last_ns = INT64_MIN,
                                  .seen_last_ns = INT64_MIN};
    random_init(&line->random, seed, 0);
    random_init(&line->random_answers, seed, 1);
}

static int64_t interpolate(int64_t from, int64_t to, int64_t part, int64_t whole)
{
    return from + (int64_t)((i128)(to - from) * part / whole);
}

/* Entry (negative: refused) and total by the rows around a request. Requests rise, so the row is
 * the last one or soon behind it. */
static void by_rows(struct latency_line *line, int64_t request_ns, int64_t *entry, int64_t *total)
{
    const struct latency_row *rows = line->model.rows;
    uint32_t last = line->model.rows_count - 1;
    while (line->at < last && rows[line->at + 1].request_ns <= request_ns)
        line->at++;
    const struct latency_row *row = &rows[line->at];
    *entry = row->exchange_ns - row->request_ns;
    *total = row->answer_ns - row->request_ns;
    if (line->at == last || request_ns <= row->request_ns || *entry < 0)
        return;
    const struct latency_row *next = row + 1;
    int64_t next_entry = next->exchange_ns - next->request_ns;
    if (next_entry < 0)
        return; /* a refusal is no length of a way: nothing lies between it and one */
    int64_t part = request_ns - row->request_ns;
    int64_t whole = next->request_ns - row->request_ns;
    *entry = interpolate(*entry, next_entry, part, whole);
    *total = interpolate(*total, next->answer_ns - next->request_ns, part, whole);
}

/* ---- congestion ------------------------------------------------------------------------------ */

/* The sum over the requests so far, as it has faded by time_ns: each step fades all of it at once,
 * since e^(-a) e^(-b) is e^(-(a + b)). What an exchange's clock shows may lie before our last
 * request, by which nothing has faded. */
static double crowd_at(const struct latency_line *line, int64_t time_ns)
{
    int64_t passed_ns = time_ns - line->crowd_ns;
    if (line->crowd <= 0 || passed_ns <= 0)
        return line->crowd;
    return line->crowd * math_exp(-(double)passed_ns / (double)line->model.congestion_fade_ns);
}

/* How long a message takes that would take `ns` on an empty line. */
static int64_t slowed(const struct latency_line *line, int64_t ns, double crowd)
{
    if (crowd <= 0 || ns <= 0)
        return ns;
    double slow = (double)ns * (1 + line->model.congestion_share * crowd);
    return slow < (double)DURATION_MAX ? (int64_t)slow : DURATION_MAX;
}

/* ---- one message ----------------------------------------------------------------------------- */

/* Two draws an order in every case, so that streams stay aligned. */
static int64_t draw(const struct latency_line *line, struct random *random, int64_t median_ns)
{
    double ns = (double)median_ns * math_exp(line->model.sigma * random_normal(random));
    return ns < (double)DURATION_MAX ? (int64_t)ns : DURATION_MAX;
}

struct latency_times latency_line_send(struct latency_line *line, int64_t request_ns)
{
    int64_t entry = line->model.entry_ns;
    int64_t total = entry + line->model.response_ns;
    if (line->model.kind == LATENCY_INTERPOLATED) {
        by_rows(line, request_ns, &entry, &total);
    } else if (line->model.kind == LATENCY_LOG_NORMAL) {
        entry = draw(line, &line->random, line->model.entry_ns);
        total = entry + draw(line, &line->random, line->model.response_ns);
    }
    if (line->model.congestion_share > 0) {
        double crowd = crowd_at(line, request_ns);
        int64_t response = slowed(line, total - entry, crowd);
        entry = slowed(line, entry, crowd);
        total = entry + response;
        line->crowd = crowd + 1;
        line->crowd_ns = request_ns;
    }
    struct latency_times times = {.refused = entry < 0};
    times.exchange_ns = i64_max(request_ns + i64_max(entry, 0), line->exchange_last_ns);
    times.answer_ns = request_ns + total;
    if (times.refused)
        times.exchange_ns = request_ns;
    else
        line->exchange_last_ns = times.exchange_ns;
    times.answer_ns = i64_max(i64_max(times.answer_ns, times.exchange_ns), line->answer_last_ns);
    line->answer_last_ns = times.answer_ns;
    return times;
}

int64_t latency_line_answer(struct latency_line *line, int64_t exchange_ns)
{
    int64_t response = line->model.response_ns;
    if (line->model.kind == LATENCY_INTERPOLATED) {
        const struct latency_row *rows = line->model.rows;
        uint32_t last = line->model.rows_count - 1;
        while (line->at_answered < last && rows[line->at_answered + 1].exchange_ns <= exchange_ns)
            line->at_answered++;
        const struct latency_row *row = &rows[line->at_answered];
        response = row->answer_ns - i64_max(row->exchange_ns, row->request_ns);
    } else if (line->model.kind == LATENCY_LOG_NORMAL) {
        response = draw(line, &line->random_answers, response);
    }
    if (line->model.congestion_share > 0)
        response = slowed(line, response, crowd_at(line, exchange_ns));
    return exchange_ns + response;
}

int64_t latency_line_see(struct latency_line *line, int64_t event_ns)
{
    int64_t feed = line->model.feed_ns;
    if (line->model.kind == LATENCY_LOG_NORMAL)
        feed = draw(line, &line->random, feed);
    line->seen_last_ns = i64_max(event_ns + feed, line->seen_last_ns);
    return line->seen_last_ns;
}
