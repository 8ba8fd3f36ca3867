/* One run of a back-test: inputs go in, and what each step gives goes to the journal, the result
 * and the exchange. Shared by the loops over bars and over sessions; inner header of research. */
#ifndef TERN_DRIVE_BACKTEST_RUN_H
#define TERN_DRIVE_BACKTEST_RUN_H

#include "drive/backtest/collect.h"
#include "drive/backtest/session.h"

struct run {
    struct backtest *backtest;
    const struct journal_sink *sink; /* NULL: none */
    const struct backtest_options *options;
    struct collector collector;
    const uint32_t *waiting; /* of the exchange on bars: instruments with orders */
    /* Gives a command to the exchange. */
    void (*send)(struct backtest *backtest, const struct command *command, int64_t time_ns);
    uint64_t seq;
    uint32_t commands_at; /* next of options->commands */
    enum status status;   /* of the first failure */
    struct problem *problem;
};

/* The first failure is kept; the loops look at run->status. */
void run_fail(struct run *run, enum status status, const char *where, const char *what);
/* Durable inputs that are not bars are journaled before the frame they cause. */
void run_journal(struct run *run, const struct input *input);
/* The frame of the step just done: journal, collector, audit, commands to the exchange. */
void run_frame(struct run *run, const uint8_t *frame, uint32_t size, int64_t time_ns);

static inline void run_feed(struct run *run, const struct input *input)
{
    uint32_t size = 0;
    engine_step(run->backtest->engine, input);
    const uint8_t *frame = engine_frame(run->backtest->engine, &size);
    if (frame != NULL)
        run_frame(run, frame, size, input->time_ns);
}

/* The timers due by then, each at its deadline. */
void run_timers(struct run *run, int64_t time_ns);
void run_start(struct run *run, int64_t time_ns);

/* What is known of a result before the run: names, hashes, bots. */
MUST_USE enum status run_result_begin(const struct backtest *backtest,
                                      struct backtest_result *result);
/* Sums, hashes and the check that the books balance; after the last input. STATUS_DATA_INVALID
 * where the data end before a bot's warm-up. */
MUST_USE enum status run_finish(struct run *run, struct backtest_result *result,
                                struct problem *problem);
/* Sorted copies of the bars in backtest->series, in prices as fine as the configuration's;
 * `session` is what else the bots may look at, or NULL. STATUS_CONFIG_INVALID, STATUS_RANGE or
 * STATUS_NO_MEMORY with the problem set. */
MUST_USE enum status run_series_take(struct backtest *backtest,
                                     const struct backtest_series *series, uint32_t count,
                                     const struct session *session, struct problem *problem);
/* The exchange that fills orders on bars. fees: shared with another, or NULL. */
MUST_USE enum status run_bar_venue_create(struct backtest *backtest, struct fee_schedule *fees);
/* Its reports, in order; what the engine answers may make more. */
void run_bar_venue_take(struct run *run, int64_t time_ns);
void run_bar_venue_send(struct backtest *backtest, const struct command *command, int64_t time_ns);
/* What a result says of an instrument with recorded bars; to_ns: the end of the run. */
void run_series_row(const struct backtest_series *series, int64_t to_ns,
                    struct result_instrument *row);
/* A position held where the instrument's data ended earlier is valued at an old price. */
void run_mark_stale(const struct backtest *backtest, struct backtest_result *result);
/* One more series or file in the hash of the data: what it is, not where it lay. */
struct hash128 run_data_hash(struct hash128 hash, const char *name, struct hash128 content);
struct hash128 run_data_hash_begin(void);
/* Recorded data bring no report about an order of yesterday, so the table need not remember as many
 * as a live one; one that fits the cache is what makes many orders cheap. */
uint32_t run_orders_capacity(const struct config *config);

#endif
