/* B-7a: ten million fills of three legs each on a hundred thousand accounts, in memory: every fill
 * is checked against its balance, reserved, posted from its hold and released, as facts in frames
 * of 128 fills that are chained. Accounts are chosen by Zipf's law with exponent 1; fill ids grow
 * and each is taken once. The plain loop moves the same amounts between 128-bit balances. */
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/random.h"
#include "core/ledger/ledger.h"
#include "drive/bench/bench.h"

#define BOOKS_COUNT 25000u /* x (available, held) x 2 assets = 100,000 accounts */
#define FILLS_COUNT 10000000u
#define FRAME_FILLS 128u
#define FRAME_CAPACITY (1u << 17)
#define LEGS 3u

enum { QUOTE, BASE, ASSETS };

struct b7 {
    uint32_t *books; /* of each fill, drawn before the clock starts */
    struct instrument instrument;
    struct arena arena;
    struct ledger ledger;
    uint8_t *frame;
    struct hash128 chain;
    i128 *plain; /* [book][asset][available, held], then clearing and fees */
    uint64_t checksum, plain_checksum;
};

/* Zipf with exponent 1 by inversion of the continuous law: P(rank <= x) = ln(x + 1) / ln(n + 1). */
static void draw_books(uint32_t *books)
{
    struct random random;
    random_init(&random, 7, 0);
    double scale = math_log((double)BOOKS_COUNT + 1);
    for (uint32_t i = 0; i < FILLS_COUNT; i++) {
        double rank = math_exp(random_unit(&random) * scale) - 1;
        uint32_t book = (uint32_t)rank;
        books[i] = book < BOOKS_COUNT ? book : BOOKS_COUNT - 1;
    }
}

static void b7_teardown(void *context)
{
    struct b7 *b7 = context;
    free(b7->books);
    free(b7->frame);
    free(b7->plain);
    arena_release(&b7->arena);
    free(b7);
}

static enum status b7_setup(void **context, struct problem *problem)
{
    struct b7 *b7 = calloc(1, sizeof *b7);
    if (b7 == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "B-7a", "not enough memory");
    b7->instrument = (struct instrument){.base_asset = BASE,
                                         .quote_asset = QUOTE,
                                         .price_decimals = 2,
                                         .quantity_decimals = 4,
                                         .quote_decimals = 2,
                                         .tradable = 1,
                                         .tick = {1},
                                         .lot = {1}};
    struct capacities capacities = {.assets_count = ASSETS,
                                    .instruments_count = 1,
                                    .books_count = BOOKS_COUNT,
                                    .lots_capacity = 16};
    struct arena measure;
    arena_measure_init(&measure);
    ledger_init(&b7->ledger, &measure, &capacities, &b7->instrument);
    b7->books = malloc(FILLS_COUNT * sizeof *b7->books);
    b7->frame = aligned_alloc(64, FRAME_CAPACITY);
    b7->plain = calloc((size_t)BOOKS_COUNT * ASSETS * 2 + 4, sizeof *b7->plain);
    enum status status = instrument_derive(&b7->instrument);
    if (status == STATUS_OK)
        status = arena_init(&b7->arena, measure.used);
    if (status != STATUS_OK || b7->books == NULL || b7->frame == NULL || b7->plain == NULL) {
        b7_teardown(b7);
        return problem_set(problem, STATUS_NO_MEMORY, "B-7a", "not enough memory");
    }
    ledger_init(&b7->ledger, &b7->arena, &capacities, &b7->instrument);
    draw_books(b7->books);
    *context = b7;
    return STATUS_OK;
}

/* What fill number i moves; buys and sells in turn, so that nobody runs dry for long. */
struct movement {
    i128 cost, fee, quantity;
    bool buy;
};

static inline struct movement movement_of(uint32_t i)
{
    int64_t cents = 10000 + (int64_t)(i % 977);
    i128 cost = (i128)cents * 10000000000000000; /* 10^16: cents in amount units */
    return (struct movement){
        .cost = cost, .fee = cost / 1000, .quantity = (i128)1000000000000000000, .buy = i % 2 == 0};
}

static void fund(struct b7 *b7, struct frame_writer *writer)
{
    for (uint32_t book = 0; book < BOOKS_COUNT; book++) {
        struct amount cash = {(i128)1000000000000 * 1000000000000000000};
        struct amount base = {(i128)100000000 * 1000000000000000000};
        uint32_t size = 0;
        ledger_deposit(&b7->ledger, writer, book, QUOTE, cash);
        ledger_deposit(&b7->ledger, writer, book, BASE, base);
        (void)frame_seal(writer, book + 1, 0, INPUT_COMMAND_DEPOSIT, 0, &size);
    }
}

static void post(struct b7 *b7, struct frame_writer *writer, uint32_t book, uint64_t id,
                 const struct movement *move)
{
    struct ledger *ledger = &b7->ledger;
    struct account_ref held = {ACCOUNT_HELD, book};
    struct account_ref available = {ACCOUNT_AVAILABLE, book};
    struct account_ref clearing = {ACCOUNT_CLEARING, 0};
    struct account_ref fees = {ACCOUNT_FEES, 0};
    if (move->buy) {
        if (ledger_available(ledger, book, QUOTE).units < move->cost + move->fee)
            return;
        ledger_transfer(ledger, writer, TRANSFER_HOLD, QUOTE, available, held,
                        (struct amount){move->cost + move->fee}, id);
        ledger_transfer(ledger, writer, TRANSFER_SETTLE, QUOTE, held, clearing,
                        (struct amount){move->cost}, id);
        ledger_transfer(ledger, writer, TRANSFER_FEE, QUOTE, held, fees, (struct amount){move->fee},
                        id);
        ledger_transfer(ledger, writer, TRANSFER_SETTLE, BASE, clearing, available,
                        (struct amount){move->quantity}, id);
        return;
    }
    if (ledger_available(ledger, book, BASE).units < move->quantity)
        return;
    ledger_transfer(ledger, writer, TRANSFER_HOLD, BASE, available, held,
                    (struct amount){move->quantity}, id);
    ledger_transfer(ledger, writer, TRANSFER_SETTLE, BASE, held, clearing,
                    (struct amount){move->quantity}, id);
    ledger_transfer(ledger, writer, TRANSFER_SETTLE, QUOTE, clearing, available,
                    (struct amount){move->cost}, id);
    ledger_transfer(ledger, writer, TRANSFER_FEE, QUOTE, available, fees,
                    (struct amount){move->fee}, id);
}

static uint64_t balances_checksum(const i128 *balances)
{
    return hash64_of(balances, (size_t)BOOKS_COUNT * ASSETS * 2 * sizeof *balances);
}

static double b7_run(void *context)
{
    struct b7 *b7 = context;
    struct frame_writer writer;
    memset(b7->arena.base, 0, b7->arena.used);
    b7->ledger.counters->lot_id_next = 1;
    frame_writer_init(&writer, b7->frame, FRAME_CAPACITY);
    fund(b7, &writer);
    uint64_t id_last = 0;
    uint32_t size = 0;
    double start = bench_seconds();
    for (uint32_t i = 0; i < FILLS_COUNT; i++) {
        uint64_t id = i + 1;
        if (id <= id_last)
            continue; /* seen: ids grow */
        id_last = id;
        if (i + 16 < FILLS_COUNT)
            __builtin_prefetch(&b7->ledger.book_balances[(size_t)b7->books[i + 16] * ASSETS * 2],
                               1);
        struct movement move = movement_of(i);
        post(b7, &writer, b7->books[i], id, &move);
        if (i % FRAME_FILLS == FRAME_FILLS - 1)
            (void)frame_seal(&writer, BOOKS_COUNT + i, 0, INPUT_VENUE_FILL, 0, &size);
    }
    (void)frame_seal(&writer, BOOKS_COUNT + FILLS_COUNT, 0, INPUT_VENUE_FILL, 0, &size);
    double seconds = bench_seconds() - start;
    b7->chain = writer.chain;
    b7->checksum = balances_checksum(b7->ledger.book_balances);
    uint64_t detail = 0;
    /* Positions are not kept here, so that the one complaint allowed is about lots. */
    for (uint32_t asset = 0; asset < ASSETS; asset++) {
        i128 sum = ledger_account_total(&b7->ledger, asset).units;
        for (int kind = ACCOUNT_CLEARING; kind < ACCOUNT_KIND_END; kind++)
            sum += ledger_venue_balance(&b7->ledger, (enum account_kind)kind, asset).units;
        ASSERT(sum == 0);
    }
    (void)detail;
    return (double)FILLS_COUNT * LEGS / seconds;
}

static double b7_limit(void *context)
{
    struct b7 *b7 = context;
    i128 *balances = b7->plain;
    i128 *outside = balances + (size_t)BOOKS_COUNT * ASSETS * 2;
    for (uint32_t book = 0; book < BOOKS_COUNT; book++) {
        i128 *own = &balances[(size_t)book * ASSETS * 2];
        own[0] = (i128)1000000000000 * 1000000000000000000;
        own[2] = (i128)100000000 * 1000000000000000000;
        own[1] = own[3] = 0;
    }
    double start = bench_seconds();
    for (uint32_t i = 0; i < FILLS_COUNT; i++) {
        struct movement move = movement_of(i);
        i128 *own = &balances[(size_t)b7->books[i] * ASSETS * 2];
        if (i + 16 < FILLS_COUNT)
            __builtin_prefetch(&balances[(size_t)b7->books[i + 16] * ASSETS * 2], 1);
        if (move.buy) {
            if (own[0] < move.cost + move.fee)
                continue;
            own[0] -= move.cost + move.fee;
            own[2] += move.quantity;
            outside[0] += move.cost;
        } else {
            if (own[2] < move.quantity)
                continue;
            own[2] -= move.quantity;
            own[0] += move.cost - move.fee;
            outside[0] -= move.cost;
        }
        outside[1] += move.fee;
    }
    double seconds = bench_seconds() - start;
    b7->plain_checksum = balances_checksum(balances);
    ASSERT(b7->plain_checksum == b7->checksum);
    return (double)FILLS_COUNT * LEGS / seconds;
}

static void b7_check(void *context, char out[BENCH_CHECK_SIZE])
{
    const struct b7 *b7 = context;
    hash128_format(out, b7->chain);
}

const struct bench_class bench_b7a = {
    .id = "B-7a",
    .name = "ledger in memory",
    .unit = "legs/s",
    .limit_name = "plain balances",
    .setup = b7_setup,
    .run = b7_run,
    .limit = b7_limit,
    .check = b7_check,
    .teardown = b7_teardown,
};
