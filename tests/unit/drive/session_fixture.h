/* Sessions made by hand, and the recorded ones where they are there. */
#ifndef TERN_TESTS_UNIT_DRIVE_SESSION_FIXTURE_H
#define TERN_TESTS_UNIT_DRIVE_SESSION_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive/backtest/session_feed.h"

#define SECOND NANOSECONDS_PER_SECOND

static inline struct instrument cents_instrument(void)
{
    struct instrument instrument = {.name = "BTC-USD",
                                    .base_asset = 1,
                                    .price_decimals = 8,
                                    .quantity_decimals = 8,
                                    .quote_decimals = 8,
                                    .tradable = 1,
                                    .tick = {1000000},
                                    .lot = {1}};
    ASSERT(instrument_derive(&instrument) == STATUS_OK);
    return instrument;
}

/* A session of so many files; each to be filled. */
static inline void session_make(struct session *session, uint32_t count)
{
    *session = (struct session){.count = count};
    session->files = calloc(count, sizeof *session->files);
    ASSERT(session->files != NULL);
}

/* Trades at the times given, of rising price from 100 on. */
static inline void trades_make(struct session_file *file, uint32_t instrument,
                               const int64_t (*times)[2], size_t count)
{
    *file = (struct session_file){.instrument = instrument};
    file->data.kind = DEPTH_TRADE;
    file->data.count = count;
    file->data.records = calloc(count, sizeof *file->data.records);
    file->data.trades = calloc(count, sizeof *file->data.trades);
    ASSERT(file->data.records != NULL && file->data.trades != NULL);
    for (size_t i = 0; i < count; i++) {
        file->data.records[i] = (struct depth_record){
            .event_ns = times[i][0], .receive_ns = times[i][1], .at = (uint32_t)i, .count = 1};
        file->data.trades[i] = (struct trade){{(int64_t)(100 + i)}, {1}, SIDE_BUY, 0};
    }
}

static inline void quotes_make(struct session_file *file, uint32_t instrument,
                               const int64_t (*times)[2], size_t count)
{
    *file = (struct session_file){.instrument = instrument};
    file->data.kind = DEPTH_QUOTE;
    file->data.count = count;
    file->data.records = calloc(count, sizeof *file->data.records);
    file->data.quotes = calloc(count, sizeof *file->data.quotes);
    ASSERT(file->data.records != NULL && file->data.quotes != NULL);
    for (size_t i = 0; i < count; i++) {
        int64_t bid = 100 + 2 * (int64_t)i;
        file->data.records[i] = (struct depth_record){
            .event_ns = times[i][0], .receive_ns = times[i][1], .at = (uint32_t)i, .count = 1};
        file->data.quotes[i] = (struct quote){{bid}, {bid + 2}, {1}, {1}};
    }
}

/* False where the recording is not there. */
static inline bool recording_read(struct session_file *file, const char *name, enum depth_kind kind,
                                  uint32_t instrument)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/../shared/data/l2/%s.csv.gz", TERN_SOURCE_ROOT, name);
    if (access(path, R_OK) != 0)
        return false;
    struct depth_source source = {.path = path, .price_decimals = 8, .quantity_decimals = 8};
    struct problem problem;
    problem_init(&problem);
    *file = (struct session_file){.instrument = instrument};
    enum status status = depth_data_read(&source, kind, &file->data, &problem);
    if (status != STATUS_OK)
        printf("# %s: %s\n", problem.where, problem.found);
    ASSERT(status == STATUS_OK);
    return true;
}

#endif
