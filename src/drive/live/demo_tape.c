#include "drive/live/demo_tape.h"

#include <stdlib.h>
#include <string.h>

#include "world/tape/recording.h"

#define PATH_SIZE 512

static const struct {
    const char *part, *upper, *name;
} names[] = {{"btc", "BTC", "BTC-USD"}, {"eth", "ETH", "ETH-USD"}};

/* ---- reading -------------------------------------------------------------------------------- */

/* The row of `names` whose part comes first in the file's own name. */
static uint32_t name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *first = NULL;
    uint32_t found = UINT32_MAX;
    const char *base = slash == NULL ? path : slash + 1;
    for (uint32_t i = 0; i < ARRAY_COUNT(names); i++) {
        const char *lower = strstr(base, names[i].part);
        const char *at = lower == NULL ? strstr(base, names[i].upper) : lower;
        if (at == NULL || (first != NULL && at > first))
            continue;
        first = at;
        found = i;
    }
    return found;
}

static uint32_t instrument_of(struct demo_tape *tape, uint32_t name)
{
    for (uint32_t i = 0; i < tape->instruments_count; i++) {
        if (tape->instruments[i] == name)
            return i;
    }
    ASSERT(tape->instruments_count < ARRAY_COUNT(tape->instruments));
    tape->instruments[tape->instruments_count] = name;
    return tape->instruments_count++;
}

static enum status read_file(struct demo_tape *tape, const char *path, struct problem *problem)
{
    struct depth_source source = {.path = path,
                                  .price_decimals = DEMO_TAPE_DECIMALS,
                                  .quantity_decimals = DEMO_TAPE_DECIMALS};
    enum depth_kind kind;
    uint32_t name = name_of(path);
    if (name == UINT32_MAX) {
        problem_set(problem, STATUS_USAGE, "demo: --tape", "no instrument in the name \"%.200s\"",
                    path);
        problem_allowed(problem, "files with btc or eth in their names");
        return STATUS_USAGE;
    }
    enum status status = recording_kind(&source, &kind, problem);
    if (status != STATUS_OK)
        return status;
    struct session_file *file = &tape->session.files[tape->session.count];
    status = recording_read(&source, kind, &file->data, problem);
    if (status != STATUS_OK)
        return status;
    tape->session.count++;
    file->instrument = instrument_of(tape, name);
    return STATUS_OK;
}

/* A recording without order book or quotes shows no price that an order could meet; where it has
 * both, two clocks would say what the top is. */
static enum status check(const struct demo_tape *tape, struct problem *problem)
{
    for (uint32_t i = 0; i < tape->instruments_count; i++) {
        bool levels = session_find(&tape->session, i, DEPTH_LEVELS) != NULL;
        bool quotes = session_find(&tape->session, i, DEPTH_QUOTE) != NULL;
        if (levels != quotes)
            continue;
        problem_set(problem, STATUS_USAGE, "demo: --tape", "%s of %s",
                    levels ? "both levels and quotes" : "neither levels nor quotes",
                    names[tape->instruments[i]].name);
        problem_allowed(problem, "one of the two for each instrument, with or without trades");
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

enum status demo_tape_read(struct demo_tape *tape, const char *files, struct problem *problem)
{
    *tape = (struct demo_tape){0};
    tape->session.files = calloc(DEMO_TAPE_FILES_MAX, sizeof *tape->session.files);
    if (tape->session.files == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "demo: --tape", "not enough memory");
    struct text rest = text_of(files);
    enum status status = STATUS_OK;
    do {
        char path[PATH_SIZE];
        struct text one = text_split(&rest, ',');
        if (one.size == 0 || one.size >= sizeof path ||
            tape->session.count == DEMO_TAPE_FILES_MAX) {
            problem_set(problem, STATUS_USAGE, "demo: --tape", "\"%.200s\"", files);
            problem_allowed(problem, "1 to %d paths with commas between them", DEMO_TAPE_FILES_MAX);
            return STATUS_USAGE;
        }
        (void)text_copy(path, sizeof path, one);
        status = read_file(tape, path, problem);
    } while (status == STATUS_OK && rest.size > 0);
    if (status == STATUS_OK)
        status = check(tape, problem);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < tape->session.count; i++) {
        struct session_file *file = &tape->session.files[i];
        if (file->data.kind == DEPTH_LEVELS)
            file->sequence = session_sequence_of(&file->data);
    }
    if (session_align(&tape->session, 50 * NANOSECONDS_PER_SECOND / 1000) != STATUS_OK)
        return problem_set(problem, STATUS_NO_MEMORY, "demo: --tape", "not enough memory");
    return STATUS_OK;
}

void demo_tape_release(struct demo_tape *tape)
{
    session_feed_release(&tape->feed);
    session_cursor_release(&tape->happened);
    session_release(&tape->session);
    *tape = (struct demo_tape){0};
}

/* ---- the configuration ------------------------------------------------------------------ */

static const char head[] = "tern: 1\n"
                           "profile: demo\n"
                           "currency: USD\n"
                           "feed: generator\n"
                           "venue: sim\n"
                           "account: {USD: '100000'}\n"
                           "fees: {maker_bps: 4, taker_bps: 8}\n"
                           "simulation: {latency: 50ms, queue: {model: power, power: 3}}\n"
                           "risk: {consecutive_losses_max: 100, fat_finger_sigma: off}\n"
                           "instruments:\n";

static const struct {
    const char *name, *rest;
} bots[] = {
    {"trend", "kind: ma_cross, bar: 5s, budget: '5000', params: {fast: 3, slow: 9}, "
              "size: {method: notional, amount: '2400'}, stop_loss: 0.04"},
    {"score", "kind: score, bar: 1s, budget: '4000', enter: 0.1, exit: -0.2, cooldown: 1m, "
              "size: {method: equity, fraction: 0.5}, stop_loss: 0.04"},
    {"revert", "kind: rsi, bar: 1s, budget: '4000', cooldown: 30s, "
               "size: {method: equity, fraction: 0.5}, stop_loss: 0.04"},
    {"maker", "kind: maker, bar: 1s, budget: '6000', params: {spread: 0.0002, refresh: 1s}, "
              "size: {method: notional, amount: '900'}"},
    {"saver", "kind: dca, bar: 1s, budget: '3000', params: {every: 1m, amount: '100'}"},
};

void demo_tape_configuration(const struct demo_tape *tape, struct text_buffer *out)
{
    text_buffer_append(out, text_of(head));
    for (uint32_t i = 0; i < tape->instruments_count; i++)
        text_buffer_print(out,
                          "  - {name: %s, price_increment: '0.01', quantity_increment: "
                          "'0.00000001'}\n",
                          names[tape->instruments[i]].name);
    text_buffer_append(out, TEXT("bots:\n"));
    for (uint32_t i = 0; i < tape->instruments_count; i++) {
        for (size_t bot = 0; bot < ARRAY_COUNT(bots); bot++)
            text_buffer_print(out, "  - {name: %s-%s, instrument: %s, %s}\n", bots[bot].name,
                              names[tape->instruments[i]].part, names[tape->instruments[i]].name,
                              bots[bot].rest);
    }
}

/* ---- playing ---------------------------------------------------------------------------- */

enum status demo_tape_begin(struct demo_tape *tape, const struct assembly *assembly,
                            int64_t cycle_ns)
{
    int64_t bars_ns[ARRAY_COUNT(tape->instruments)];
    for (uint32_t i = 0; i < tape->instruments_count; i++)
        bars_ns[i] = NANOSECONDS_PER_SECOND;
    enum status status = session_feed_init(&tape->feed, &tape->session, assembly->instruments,
                                           tape->instruments_count, bars_ns, cycle_ns);
    if (status == STATUS_OK)
        status = session_cursor_init(&tape->happened, &tape->session, SESSION_HAPPENED);
    return status;
}

enum book_sequence demo_tape_sequence(const struct demo_tape *tape)
{
    enum book_sequence weakest = BOOK_SEQUENCE_CONTIGUOUS;
    for (uint32_t i = 0; i < tape->session.count; i++) {
        const struct session_file *file = &tape->session.files[i];
        if (file->data.kind == DEPTH_LEVELS && file->sequence < weakest)
            weakest = file->sequence;
    }
    return weakest;
}

int64_t demo_tape_start_ns(const struct demo_tape *tape)
{
    int64_t from_ns = session_from_ns(&tape->session);
    return from_ns - from_ns % NANOSECONDS_PER_SECOND;
}

int64_t demo_tape_end_ns(const struct demo_tape *tape)
{
    int64_t to_ns = session_to_ns(&tape->session) + NANOSECONDS_PER_SECOND - 1;
    return to_ns - to_ns % NANOSECONDS_PER_SECOND;
}
