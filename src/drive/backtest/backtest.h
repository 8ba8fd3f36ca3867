/* A back-test: recorded bars through the engine and the simulated exchange, on one thread, with the
 * data's own clock.
 *
 * The order of things at one instant: closes in the order of `instruments`, timers, decisions in
 * the order of `bots`, arrival of orders, openings in the order of `instruments`. A bar is two
 * inputs, its opening price when it opens and the whole bar when it closes; after the last close of
 * an instant comes one CYCLE, at which bots decide.
 *
 *     struct backtest backtest;
 *     backtest_init(&backtest, &config, series, count, &problem)
 *     backtest_run(&backtest, &sink, &options, &result, &problem)
 *     backtest_release(&backtest) */
#ifndef TERN_DRIVE_BACKTEST_BACKTEST_H
#define TERN_DRIVE_BACKTEST_BACKTEST_H

#include "drive/config/assemble.h"
#include "drive/result/result.h"
#include "sim/bar_venue.h"
#include "world/port/journal_sink.h"

/* The bars of one instrument, borrowed; at most one series an instrument. */
struct backtest_series {
    uint32_t instrument; /* index in the configuration */
    const struct bar *bars;
    size_t count; /* > 0 */
    int64_t bar_ns;
    unsigned price_decimals; /* of the bars */
    struct hash128 content_hash;
    uint64_t bars_missing; /* between the first and the last */
};

struct playback;
struct outbox;

struct backtest {
    const struct config *config;
    struct assembly assembly;
    struct engine *engine;
    struct bar_venue *venue;
    struct backtest_series *series; /* owned copy, sorted by instrument */
    struct bar **rescaled; /* owned; bars of a series that needed finer prices, else NULL */
    uint32_t series_count;
    struct hash128 data_hash;
    struct playback *playback; /* owned; of a session: series and venue are of what has bars */
    struct outbox *outbox;     /* while it runs with delay_bars: commands on their way */
};

struct backtest_options {
    bool collect_rows; /* keep fills, orders, trips and equity points, not only sums */
    bool audit;        /* engine_audit after every frame: slow, for tests */
    /* Over bars: before this instant bots see bars and decide nothing, so that a window of the data
     * begins with warm indicators and without a position; the result then is of the window alone.
     * 0: they decide from the first bar on. */
    int64_t decide_from_ns;
    /* Over bars: commands reach the exchange so many of their bot's bars after they were decided.
     * What a result loses by it is what depended on being fast. */
    uint32_t delay_bars;
    /* Commands of a person, in order of time, each at its time_ns and on the instrument's session;
     * seq is given in the run. Borrowed. A run over bars takes none. */
    const struct input *commands;
    uint32_t commands_count;
    /* Called now and then with the share done; false stops the run with STATUS_INTERRUPTED. May be
     * NULL. */
    bool (*progress)(void *context, uint64_t bars_done, uint64_t bars_total);
    void *progress_context;
};

/* Builds engine and exchange. Fails with STATUS_CONFIG_INVALID, STATUS_DATA_INVALID or
 * STATUS_NO_MEMORY and the problem set; nothing to release then. config is borrowed. */
MUST_USE enum status backtest_init(struct backtest *backtest, const struct config *config,
                                   const struct backtest_series *series, uint32_t series_count,
                                   struct problem *problem);
void backtest_release(struct backtest *backtest);

/* Runs once. sink may be NULL. On success *result is complete but for wall_seconds and trials,
 * which the caller knows. STATUS_DATA_INVALID where the data end before a bot's warm-up. */
MUST_USE enum status backtest_run(struct backtest *backtest, const struct journal_sink *sink,
                                  const struct backtest_options *options,
                                  struct backtest_result *result, struct problem *problem);

/* Folds a journal that backtest_run wrote (frames and inputs in the order they were written, given
 * by next) into a fresh back-test of the same configuration and data, without deciding. Afterwards
 * engine_state_hash of both is equal. `next` returns STATUS_END behind the last record. */
struct journal_record {
    const struct input *input; /* or */
    const uint8_t *frame;
    size_t frame_size;
};
struct journal_records {
    void *context;
    /* Borrowed until the next call. */
    enum status (*next)(void *context, struct journal_record *record);
};
MUST_USE enum status backtest_fold(struct backtest *backtest, const struct journal_records *records,
                                   struct problem *problem);

#endif
