/* A demo on a clock of its own: what it says and journals is kept in memory. */
#ifndef TERN_TESTS_UNIT_DRIVE_DEMO_FIXTURE_H
#define TERN_TESTS_UNIT_DRIVE_DEMO_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "drive/live/demo.h"

#define MINUTE_NS (60 * NANOSECONDS_PER_SECOND)

/* A clock of its own: each look takes `tick_ns`; it says stop after so many waits. */
struct bench {
    int64_t now_ns, tick_ns;
    uint64_t waits, waits_max;
    enum demo_form form;
    unsigned width; /* of a screen; 0: plain */
    struct text_buffer said;
    char status[512];
    uint64_t statuses;
    enum status write_status;
    struct journal_sink sink;
    uint8_t *bytes; /* owned: inputs and frames one after another, each behind its size and kind */
    size_t used, capacity;
    const char *const *lines; /* that are typed */
    size_t lines_count, lines_next;
    uint64_t lines_due;      /* the next one is there with this look at the clock */
    uint64_t observed_count; /* inputs that do not belong in a journal */
    uint64_t frames_count;
};

static inline int64_t clock_now(void *context)
{
    struct bench *bench = context;
    bench->now_ns += bench->tick_ns;
    return bench->now_ns;
}

static inline bool clock_wait(void *context, int64_t due_ns)
{
    struct bench *bench = context;
    if (due_ns > bench->now_ns)
        bench->now_ns = due_ns;
    return ++bench->waits <= bench->waits_max;
}

static inline enum status write_lines(void *context, struct text lines)
{
    struct bench *bench = context;
    text_buffer_append(&bench->said, lines);
    return bench->write_status;
}

static inline void write_status_line(void *context, struct text line)
{
    struct bench *bench = context;
    if (line.size == 0)
        return;
    (void)text_copy(bench->status, sizeof bench->status, line);
    bench->statuses++;
}

static inline void bench_put(struct bench *bench, uint32_t is_input, const void *data,
                             uint32_t size)
{
    size_t needed = bench->used + size + 8;
    if (needed > bench->capacity) {
        bench->capacity = needed * 2;
        bench->bytes = realloc(bench->bytes, bench->capacity);
        assert_non_null(bench->bytes);
    }
    memcpy(bench->bytes + bench->used, &is_input, 4);
    memcpy(bench->bytes + bench->used + 4, &size, 4);
    memcpy(bench->bytes + bench->used + 8, data, size);
    bench->used = needed;
}

static inline enum status sink_input(void *context, const struct input *input)
{
    struct bench *bench = context;
    bench->observed_count += !input_kind_is_durable((enum input_kind)input->kind);
    bench_put(bench, 1, input, sizeof *input);
    return STATUS_OK;
}

static inline enum status sink_frame(void *context, const uint8_t *frame, uint32_t size)
{
    struct bench *bench = context;
    bench->frames_count++;
    bench_put(bench, 0, frame, size);
    return STATUS_OK;
}

/* A line comes eleven looks at the clock after the one before it. */
static inline bool lines_take(void *context, char *line, size_t size)
{
    struct bench *bench = context;
    if (bench->lines_next == bench->lines_count || bench->waits < bench->lines_due)
        return false;
    bench->lines_due = bench->waits + 11;
    return text_copy(line, size, text_of(bench->lines[bench->lines_next++]));
}

static inline void bench_init(struct bench *bench)
{
    *bench = (struct bench){.waits_max = UINT64_MAX, .tick_ns = 1000};
    bench->sink = (struct journal_sink){bench, sink_input, sink_frame};
    text_buffer_init(&bench->said, (size_t)1 << 24);
}

static inline void bench_release(struct bench *bench)
{
    text_buffer_release(&bench->said);
    free(bench->bytes);
}

static inline struct demo_outcome run(struct bench *bench, const struct demo_options *options)
{
    struct demo_outcome outcome;
    struct problem problem;
    struct demo_ports ports = {
        .clock = {bench, clock_now, clock_wait},
        .output = {.context = bench,
                   .form = bench->form,
                   .write = write_lines,
                   .status = write_status_line,
                   .style = {.width = bench->width, .plain = bench->width == 0, .ascii = true}},
        .lines = {bench, bench->lines == NULL ? NULL : lines_take},
        .sink = &bench->sink,
        .version = "test",
    };
    problem_init(&problem);
    enum status status = demo_run(options, &ports, &outcome, &problem);
    if (status != STATUS_OK)
        fail_msg("%s: %s", problem.where, problem.found);
    return outcome;
}

static inline struct demo_options options_of(uint64_t seed, enum scenario scenario,
                                             int64_t duration_ns)
{
    struct demo_options options;
    demo_options_init(&options, seed);
    options.scenario = scenario;
    options.duration_ns = duration_ns;
    options.speed = 0;
    return options;
}

static inline bool said(const struct bench *bench, const char *words)
{
    return memmem(bench->said.data, bench->said.size, words, strlen(words)) != NULL;
}

#endif
