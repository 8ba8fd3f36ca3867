/* Folding a back-test's journal: the bars come from the data, everything else from the journal. */
#include <string.h>

#include "drive/backtest/playback.h"
#include "drive/backtest/timeline.h"

struct fold {
    struct backtest *backtest;
    const struct journal_records *records;
    struct journal_record pending; /* both NULL at the end */
    uint64_t seq;
    enum status status;
    struct problem *problem;
};

static void fold_fail(struct fold *fold, enum status status, const char *what)
{
    if (fold->status == STATUS_OK) {
        fold->status = problem_set(fold->problem, status, "journal", "%s", what);
    }
}

static void fold_next(struct fold *fold)
{
    fold->pending = (struct journal_record){0};
    enum status status = fold->records->next(fold->records->context, &fold->pending);
    if (status == STATUS_END) {
        fold->pending = (struct journal_record){0};
    } else if (status != STATUS_OK) {
        fold_fail(fold, status, "cannot be read");
    }
}

static uint64_t frame_input_seq(const struct journal_record *record)
{
    struct frame_header header;
    if (record->frame_size < sizeof header)
        return 0;
    memcpy(&header, record->frame, sizeof header);
    return header.input_seq;
}

/* The frames of the input just evolved. */
static void fold_frames(struct fold *fold)
{
    while (fold->status == STATUS_OK && fold->pending.frame != NULL &&
           frame_input_seq(&fold->pending) == fold->seq) {
        uint32_t size = 0;
        enum status status = engine_fold_frame(fold->backtest->engine, fold->pending.frame,
                                               fold->pending.frame_size, &size);
        if (status != STATUS_OK)
            fold_fail(fold, status, "a frame does not follow the one before");
        else
            fold_next(fold);
    }
}

static void fold_input(struct fold *fold, const struct input *input)
{
    fold->seq = input->seq;
    engine_fold_input(fold->backtest->engine, input);
    fold_frames(fold);
}

/* Inputs of the journal whose turn it is. */
static void fold_records(struct fold *fold)
{
    while (fold->status == STATUS_OK && fold->pending.input != NULL &&
           fold->pending.input->seq == fold->seq + 1) {
        struct input input = *fold->pending.input;
        if (input.time_ns < engine_time(fold->backtest->engine)) {
            fold_fail(fold, STATUS_CORRUPT, "an input goes back in time");
            return;
        }
        fold_next(fold);
        fold_input(fold, &input);
    }
}

static void fold_bar(struct fold *fold, enum input_kind kind, int64_t time_ns,
                     const struct timeline_cursor *cursor)
{
    fold_records(fold);
    if (fold->status != STATUS_OK)
        return;
    struct input input = {.seq = fold->seq + 1, .time_ns = time_ns, .kind = (uint16_t)kind};
    if (time_ns < engine_time(fold->backtest->engine)) {
        fold_fail(fold, STATUS_CORRUPT, "the journal and the data do not fit together");
        return;
    }
    if (cursor != NULL) {
        input.instrument = cursor->instrument;
        input.bar.bar_ns = cursor->bar_ns;
        input.bar.bar = cursor->bars[cursor->index];
    }
    fold_input(fold, &input);
}

static void fold_instant(struct fold *fold, struct timeline *timeline)
{
    uint32_t closed = 0;
    for (uint32_t i = 0; i < timeline->count; i++) {
        struct timeline_cursor *cursor = &timeline->cursors[i];
        if (!timeline_closes(timeline, cursor))
            continue;
        fold_bar(fold, INPUT_BAR_CLOSE, timeline->now_ns, cursor);
        timeline_close(cursor);
        closed++;
    }
    if (closed > 0)
        fold_bar(fold, INPUT_CYCLE, timeline->now_ns, NULL);
    for (uint32_t i = 0; i < timeline->count; i++) {
        struct timeline_cursor *cursor = &timeline->cursors[i];
        if (!timeline_opens(timeline, cursor))
            continue;
        fold_bar(fold, INPUT_BAR_OPEN, timeline->now_ns, cursor);
    }
}

/* What a session tells comes from its files, but for what is durable. */
static void fold_session(struct fold *fold)
{
    struct session_feed *feed = &fold->backtest->playback->feed;
    while (fold->status == STATUS_OK && session_feed_ns(feed) != INT64_MAX) {
        session_feed_step(feed);
        for (struct input *input = session_feed_next(feed);
             input != NULL && fold->status == STATUS_OK; input = session_feed_next(feed)) {
            fold_records(fold);
            if (input->kind == INPUT_HEALTH || fold->status != STATUS_OK)
                continue;
            if (input->time_ns < engine_time(fold->backtest->engine)) {
                fold_fail(fold, STATUS_CORRUPT, "the journal and the data do not fit together");
                return;
            }
            input->seq = fold->seq + 1;
            fold_input(fold, input);
        }
    }
}

enum status backtest_fold(struct backtest *backtest, const struct journal_records *records,
                          struct problem *problem)
{
    struct fold fold = {.backtest = backtest, .records = records, .problem = problem};
    struct timeline timeline;
    enum status status = timeline_init(&timeline, backtest->series, backtest->series_count);
    if (status != STATUS_OK)
        return problem_set(problem, status, "journal", "not enough memory");
    fold_next(&fold);
    if (backtest->playback != NULL)
        fold_session(&fold);
    while (backtest->playback == NULL && fold.status == STATUS_OK && timeline_advance(&timeline))
        fold_instant(&fold, &timeline);
    fold_records(&fold);
    if (fold.status == STATUS_OK && (fold.pending.frame != NULL || fold.pending.input != NULL)) {
        fold_fail(&fold, STATUS_CORRUPT, "it goes on behind the data");
    }
    timeline_release(&timeline);
    return fold.status;
}
