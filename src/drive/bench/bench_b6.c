/* B-6: three million requests at a simulated exchange with about a thousand orders resting on 750
 * levels: 9 % orders that rest, 3 % that take, 6 % cancels, 82 % amends of the price (the mix of
 * exchange-core's tests). The plain loop knows each order's price and each level's total, and
 * nothing of time priority, ids, owners or events.
 *
 * Its note is of open-loop runs: requests are due every 200 ns by the wall clock, and the time from
 * when each was due to when it was done counts, waiting included. Medians over blocks of 2,000
 * requests, 0.4 ms each, so that other processes on the machine spoil blocks and not the figure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/random.h"
#include "drive/bench/bench.h"
#include "sim/book/matching.h"

#define REQUESTS_COUNT 3000000u
#define RESTING_COUNT 1000u
#define LEVELS_A_SIDE 375
#define CENTRE 650000
#define CAPACITY 4096u
#define DUE_NS 200 /* five million a second */
#define BLOCK_COUNT 2000u
#define BLOCKS (REQUESTS_COUNT / BLOCK_COUNT)

enum request_kind { REQUEST_PLACE, REQUEST_CANCEL, REQUEST_MOVE };

struct request {
    struct match_order order; /* id, owner, tick and quantity for all kinds */
    uint32_t kind;
    uint32_t reserved;
};

struct b6 {
    struct request *requests; /* the first RESTING_COUNT fill the book and are not counted */
    struct request *live;     /* while drawing: what rests */
    int64_t *plain_ticks;     /* [id]; 0 = does not rest */
    int64_t *plain_quantities;
    int64_t plain_totals[2 * LEVELS_A_SIDE + 2]; /* [tick above the lowest] */
    int64_t *latencies;                          /* of a block */
    uint64_t ids_count;
    uint64_t digest, resting;
};

/* ---- drawing the requests -------------------------------------------------------------------- */

static int64_t draw_tick(struct random *random, uint32_t side)
{
    int64_t away = 1 + (int64_t)random_below(random, LEVELS_A_SIDE);
    return side == SIDE_BUY ? CENTRE - away : CENTRE + away;
}

static struct match_order draw_order(struct b6 *b6, struct random *random, uint8_t tif)
{
    uint8_t side = random_below(random, 2) == 0 ? SIDE_BUY : SIDE_SELL;
    struct match_order order = {.id = ++b6->ids_count,
                                .owner = 1 + (uint32_t)random_below(random, 1000),
                                .side = side,
                                .tif = tif,
                                .quantity = {1 + (int64_t)random_below(random, 100)}};
    order.tick = tif == TIF_GTC ? draw_tick(random, side) : 0;
    return order;
}

/* What rests after a request, as the events tell. */
static uint32_t follow(struct b6 *b6, const struct matching *matching, uint32_t live_count)
{
    uint32_t count = 0;
    while (count < live_count && matching_find(matching, b6->live[count].order.id, NULL, NULL))
        count++;
    for (uint32_t i = count; i < live_count; i++) {
        if (matching_find(matching, b6->live[i].order.id, NULL, NULL))
            b6->live[count++] = b6->live[i];
    }
    return count;
}

static struct request draw_request(struct b6 *b6, struct random *random, uint32_t live_count)
{
    uint64_t kind = random_below(random, 100);
    if (kind < 9)
        return (struct request){.order = draw_order(b6, random, TIF_GTC)};
    if (kind < 12) {
        struct request request = {.order = draw_order(b6, random, TIF_IOC)};
        /* Takers hold the number of resting orders where it should be. */
        request.order.quantity.units = live_count > RESTING_COUNT ? 150 : 20;
        return request;
    }
    struct request request = b6->live[random_below(random, live_count)];
    request.kind = kind < 18 ? REQUEST_CANCEL : REQUEST_MOVE;
    request.order.tick = draw_tick(random, request.order.side);
    return request;
}

static void request_apply(struct matching *matching, const struct request *request)
{
    const struct match_order *order = &request->order;
    if (request->kind == REQUEST_MOVE)
        matching_amend(matching, order->id, order->owner, order->tick, order->quantity);
    else if (request->kind == REQUEST_CANCEL)
        matching_cancel(matching, order->id, order->owner);
    else
        matching_place(matching, order);
}

static void draw_requests(struct b6 *b6, struct matching *matching)
{
    struct random random;
    random_init(&random, 6, 0);
    uint32_t live_count = 0;
    for (uint32_t i = 0; i < RESTING_COUNT + REQUESTS_COUNT; i++) {
        struct request *request = &b6->requests[i];
        if (i < RESTING_COUNT || live_count == 0)
            *request = (struct request){.order = draw_order(b6, &random, TIF_GTC)};
        else
            *request = draw_request(b6, &random, live_count);
        request_apply(matching, request);
        uint32_t resting = matching_resting_count(matching);
        if (request->kind == REQUEST_PLACE && request->order.tif == TIF_GTC)
            b6->live[live_count++] = *request;
        if (resting != live_count)
            live_count = follow(b6, matching, live_count);
    }
}

/* ---- runs ------------------------------------------------------------------------------------ */

static void b6_teardown(void *context)
{
    struct b6 *b6 = context;
    free(b6->requests);
    free(b6->live);
    free(b6->plain_ticks);
    free(b6->plain_quantities);
    free(b6->latencies);
    free(b6);
}

static enum status b6_setup(void **context, struct problem *problem)
{
    struct b6 *b6 = calloc(1, sizeof *b6);
    struct matching *matching = NULL;
    if (b6 == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "B-6", "not enough memory");
    enum status status = matching_create(&(struct matching_config){CAPACITY}, &matching);
    b6->requests = malloc((RESTING_COUNT + REQUESTS_COUNT) * sizeof *b6->requests);
    b6->live = malloc(CAPACITY * sizeof *b6->live);
    b6->plain_ticks = calloc(REQUESTS_COUNT, sizeof *b6->plain_ticks);
    b6->plain_quantities = calloc(REQUESTS_COUNT, sizeof *b6->plain_quantities);
    b6->latencies = calloc(BLOCK_COUNT, sizeof *b6->latencies);
    if (status != STATUS_OK || b6->requests == NULL || b6->live == NULL ||
        b6->plain_ticks == NULL || b6->plain_quantities == NULL || b6->latencies == NULL) {
        matching_free(matching);
        b6_teardown(b6);
        return problem_set(problem, STATUS_NO_MEMORY, "B-6", "not enough memory");
    }
    draw_requests(b6, matching);
    matching_free(matching);
    *context = b6;
    return STATUS_OK;
}

static struct matching *filled(const struct b6 *b6)
{
    struct matching *matching = NULL;
    enum status status = matching_create(&(struct matching_config){CAPACITY}, &matching);
    ASSERT(status == STATUS_OK);
    for (uint32_t i = 0; i < RESTING_COUNT; i++)
        request_apply(matching, &b6->requests[i]);
    return matching;
}

/* Every event counts: what happened to whom, for how much and where. */
static uint64_t digest_add(uint64_t digest, const struct matching *matching)
{
    uint32_t count;
    const struct match_event *events = matching_events(matching, &count);
    for (uint32_t i = 0; i < count; i++) {
        const struct match_event *event = &events[i];
        uint64_t value = event->order ^ event->maker << 20 ^ (uint64_t)event->tick << 40 ^
                         (uint64_t)event->quantity.units << 8 ^ event->kind;
        digest = (digest ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    }
    return digest;
}

static double b6_run(void *context)
{
    struct b6 *b6 = context;
    struct matching *matching = filled(b6);
    uint64_t digest = 0;
    double start = bench_seconds();
    for (uint32_t i = RESTING_COUNT; i < RESTING_COUNT + REQUESTS_COUNT; i++) {
        request_apply(matching, &b6->requests[i]);
        digest = digest_add(digest, matching);
    }
    double seconds = bench_seconds() - start;
    b6->digest = digest;
    b6->resting = matching_resting_count(matching);
    matching_free(matching);
    return (double)REQUESTS_COUNT / seconds;
}

static double b6_limit(void *context)
{
    struct b6 *b6 = context;
    int64_t *totals = b6->plain_totals;
    const int64_t base = CENTRE - LEVELS_A_SIDE;
    memset(totals, 0, sizeof b6->plain_totals);
    memset(b6->plain_ticks, 0, REQUESTS_COUNT * sizeof *b6->plain_ticks);
    int64_t taken = 0;
    double start = 0;
    for (uint32_t i = 0; i < RESTING_COUNT + REQUESTS_COUNT; i++) {
        if (i == RESTING_COUNT)
            start = bench_seconds();
        const struct match_order *order = &b6->requests[i].order;
        if (order->tif == TIF_IOC) {
            int step = order->side == SIDE_BUY ? 1 : -1;
            int64_t left = order->quantity.units;
            for (int64_t tick = CENTRE + step;
                 left > 0 && tick > CENTRE - LEVELS_A_SIDE && tick < CENTRE + LEVELS_A_SIDE;
                 tick += step) {
                int64_t part = i64_min(left, i64_max(totals[tick - base], 0));
                totals[tick - base] -= part;
                left -= part;
                taken += part;
            }
            continue;
        }
        uint32_t kind = b6->requests[i].kind;
        if (kind != REQUEST_PLACE)
            totals[b6->plain_ticks[order->id] - base] -= b6->plain_quantities[order->id];
        if (kind != REQUEST_CANCEL) {
            totals[order->tick - base] += order->quantity.units;
            b6->plain_ticks[order->id] = order->tick;
            b6->plain_quantities[order->id] = order->quantity.units;
        }
    }
    double seconds = bench_seconds() - start;
    ASSERT(taken > 0);
    return (double)REQUESTS_COUNT / seconds;
}

static void b6_check(void *context, char out[BENCH_CHECK_SIZE])
{
    const struct b6 *b6 = context;
    uint64_t parts[2] = {b6->digest, b6->resting};
    hash128_format(out, hash128_of(parts, sizeof parts));
}

/* ---- open loop ------------------------------------------------------------------------------- */

static int64_t wall_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void b6_note(void *context, char out[BENCH_NOTE_SIZE])
{
    struct b6 *b6 = context;
    static const uint32_t ranks[] = {BLOCK_COUNT / 2, BLOCK_COUNT * 99 / 100,
                                     BLOCK_COUNT * 999 / 1000};
    int64_t found[ARRAY_COUNT(ranks)][BLOCKS];
    struct matching *matching = filled(b6);
    const struct request *request = &b6->requests[RESTING_COUNT];
    for (uint32_t block = 0; block < BLOCKS; block++) {
        int64_t due = wall_ns() + 1000;
        for (uint32_t i = 0; i < BLOCK_COUNT; i++, due += DUE_NS) {
            while (wall_ns() < due) {
            }
            request_apply(matching, request++);
            b6->latencies[i] = wall_ns() - due;
        }
        qsort(b6->latencies, BLOCK_COUNT, sizeof *b6->latencies, by_value);
        for (size_t i = 0; i < ARRAY_COUNT(ranks); i++)
            found[i][block] = b6->latencies[ranks[i]];
    }
    for (size_t i = 0; i < ARRAY_COUNT(ranks); i++)
        qsort(found[i], BLOCKS, sizeof found[i][0], by_value);
    matching_free(matching);
    (void)snprintf(out, BENCH_NOTE_SIZE,
                   "at 5 M/s, from due to done: p50 %lld ns, p99 %lld ns, p99.9 %lld ns "
                   "(medians of %u blocks)",
                   (long long)found[0][BLOCKS / 2], (long long)found[1][BLOCKS / 2],
                   (long long)found[2][BLOCKS / 2], BLOCKS);
}

const struct bench_class bench_b6 = {
    .id = "B-6",
    .name = "matching",
    .unit = "requests/s",
    .limit_name = "plain totals",
    .setup = b6_setup,
    .run = b6_run,
    .limit = b6_limit,
    .check = b6_check,
    .note = b6_note,
    .teardown = b6_teardown,
};
