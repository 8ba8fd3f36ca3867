/* A back-test on a session out of files that the test writes, with its journal in memory. */
#ifndef TERN_TESTS_UNIT_DRIVE_PLAYBACK_FIXTURE_H
#define TERN_TESTS_UNIT_DRIVE_PLAYBACK_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive/backtest/execute.h"
#include "drive/backtest/playback.h"

#define SECOND NANOSECONDS_PER_SECOND
#define MILLISECOND (NANOSECONDS_PER_SECOND / 1000)

static const struct execute_ports no_ports = {.version = "test"};

struct stage {
    struct config config;
    struct loaded_data data;
    struct backtest backtest;
    struct backtest_result result;
};

/* ---- the journal ----------------------------------------------------------------------------- */

struct tape_record {
    size_t at, size;
    bool is_input;
};

struct tape {
    struct journal_sink sink;
    uint8_t *bytes; /* owned */
    size_t used, capacity;
    struct tape_record *records; /* owned */
    size_t count, records_capacity;
    size_t next; /* to be read */
    struct input input;
};

static inline void tape_put(struct tape *tape, const void *data, size_t size, bool is_input)
{
    if (tape->used + size > tape->capacity) {
        tape->capacity = (tape->used + size) * 2;
        tape->bytes = realloc(tape->bytes, tape->capacity);
        assert_non_null(tape->bytes);
    }
    if (tape->count == tape->records_capacity) {
        tape->records_capacity = tape->records_capacity * 2 + 1024;
        tape->records = realloc(tape->records, tape->records_capacity * sizeof *tape->records);
        assert_non_null(tape->records);
    }
    memcpy(tape->bytes + tape->used, data, size);
    tape->records[tape->count++] = (struct tape_record){tape->used, size, is_input};
    tape->used += size;
}

static inline enum status tape_input(void *context, const struct input *input)
{
    tape_put(context, input, sizeof *input, true);
    return STATUS_OK;
}

static inline enum status tape_frame(void *context, const uint8_t *data, uint32_t size)
{
    tape_put(context, data, size, false);
    return STATUS_OK;
}

static inline void tape_init(struct tape *tape)
{
    *tape = (struct tape){0};
    tape->sink = (struct journal_sink){tape, tape_input, tape_frame};
}

static inline void tape_release(struct tape *tape)
{
    free(tape->bytes);
    free(tape->records);
}

static inline struct input tape_input_at(const struct tape *tape, size_t index)
{
    struct input input;
    memcpy(&input, tape->bytes + tape->records[index].at, sizeof input);
    return input;
}

static inline enum status tape_next(void *context, struct journal_record *record)
{
    struct tape *tape = context;
    if (tape->next == tape->count)
        return STATUS_END;
    const struct tape_record *entry = &tape->records[tape->next++];
    if (entry->is_input) {
        tape->input = tape_input_at(tape, tape->next - 1);
        *record = (struct journal_record){.input = &tape->input};
    } else {
        *record = (struct journal_record){.frame = tape->bytes + entry->at,
                                          .frame_size = entry->size};
    }
    return STATUS_OK;
}

/* The inputs of a kind: how many, and the first. */
static inline size_t tape_find(const struct tape *tape, enum input_kind kind, struct input *first)
{
    size_t found = 0;
    for (size_t i = 0; i < tape->count; i++) {
        if (!tape->records[i].is_input)
            continue;
        struct input input = tape_input_at(tape, i);
        if (input.kind == kind && found++ == 0 && first != NULL)
            *first = input;
    }
    return found;
}

/* ---- a run ----------------------------------------------------------------------------------- */

static inline void stage_begin(struct stage *stage, const char *text)
{
    struct problem problem;
    struct execute_request request = {0};
    problem_init(&problem);
    *stage = (struct stage){0};
    enum status status = config_read_text("t.yaml", text_of(text), NULL, CONFIG_BACKTEST,
                                          &stage->config, &problem);
    if (status == STATUS_OK)
        status = data_load(&no_ports, &stage->config, &request, &stage->data, &problem);
    if (status == STATUS_OK)
        status = backtest_open(&stage->backtest, &stage->config, &stage->data, &problem);
    if (status != STATUS_OK)
        print_message("# %s: %s; %s\n", problem.where, problem.found, problem.allowed);
    assert_int_equal(status, STATUS_OK);
}

/* A fresh engine and exchange for the same session. */
static inline void stage_again(struct stage *stage)
{
    struct problem problem;
    problem_init(&problem);
    backtest_release(&stage->backtest);
    assert_int_equal(backtest_open(&stage->backtest, &stage->config, &stage->data, &problem),
                     STATUS_OK);
}

static inline void stage_run(struct stage *stage, struct tape *tape, const struct input *commands,
                             size_t count)
{
    struct problem problem;
    struct backtest_options options = {.collect_rows = true,
                                       .audit = true,
                                       .commands = commands,
                                       .commands_count = (uint32_t)count};
    problem_init(&problem);
    backtest_result_release(&stage->result);
    backtest_result_init(&stage->result);
    enum status status = backtest_run(&stage->backtest, tape == NULL ? NULL : &tape->sink, &options,
                                      &stage->result, &problem);
    if (status != STATUS_OK)
        print_message("# %s: %s\n", problem.where, problem.found);
    assert_int_equal(status, STATUS_OK);
}

static inline void stage_end(struct stage *stage)
{
    backtest_result_release(&stage->result);
    backtest_release(&stage->backtest);
    data_release(&no_ports, &stage->data);
    config_release(&stage->config);
}

/* An order of the desk on the first instrument; price 0: at market. */
static inline struct input order_at(int64_t time_ns, enum side side, int64_t quantity,
                                    int64_t price)
{
    struct input input = {.time_ns = time_ns, .kind = INPUT_COMMAND_ORDER};
    input.intent = (struct intent){.book = DESK_BOOK,
                                   .bot = NONE_INDEX,
                                   .side = (uint8_t)side,
                                   .type = price == 0 ? ORDER_MARKET : ORDER_LIMIT,
                                   .tif = TIF_GTC,
                                   .origin = ORIGIN_PERSON,
                                   .purpose = PURPOSE_ENTER,
                                   .quantity = {quantity},
                                   .price = {price}};
    return input;
}

/* ---- files ----------------------------------------------------------------------------------- */

static inline void file_path(char out[64], const char *name)
{
    (void)snprintf(out, 64, "/tmp/tern-playback-%ld-%s.csv", (long)getpid(), name);
}

static inline void file_write(const char *name, const char *text)
{
    char path[64];
    file_path(path, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static inline void file_remove(const char *name)
{
    char path[64];
    file_path(path, name);
    (void)remove(path);
}

#endif
