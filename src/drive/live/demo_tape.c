#include "drive/live/demo_tape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/generator/model_table.h"
#include "world/tape/recording.h"

#define PATH_SIZE 512
/* Orders may be in the market for so long before the other side hears of them. */
#define FEED_NS (50 * NANOSECONDS_PER_SECOND / 1000)

/* ---- which instrument ------------------------------------------------------------------------ */

static bool is_word_byte(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9');
}

/* In capitals; false where it is too long or has other bytes. */
static bool base_copy(char out[ASSET_NAME_SIZE], struct text name)
{
    if (name.size == 0 || name.size >= ASSET_NAME_SIZE)
        return false;
    for (size_t i = 0; i < name.size; i++) {
        char byte = name.data[i];
        if (!is_word_byte(byte))
            return false;
        out[i] = byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
    }
    out[name.size] = '\0';
    return true;
}

/* Whether the generator knows a coin of that name. */
static bool is_coin(const char *base)
{
    char name[ASSET_NAME_SIZE + 8];
    struct instrument_model model;
    (void)snprintf(name, sizeof name, "%s-USD", base);
    return instrument_model_find(text_of(name), 0, &model) && model.market_class == MARKET_CRYPTO;
}

/* `btc` or `btcusdt`: a coin, alone or before a dollar. */
static bool coin_of_word(struct text word, char out[ASSET_NAME_SIZE])
{
    static const char *const dollars[] = {"", "USD", "USDT", "USDC"};
    char whole[ASSET_NAME_SIZE];
    if (!base_copy(whole, word))
        return false;
    size_t size = strlen(whole);
    for (size_t i = 0; i < ARRAY_COUNT(dollars); i++) {
        size_t tail = strlen(dollars[i]);
        if (size <= tail || strcmp(whole + size - tail, dollars[i]) != 0)
            continue;
        (void)text_copy(out, ASSET_NAME_SIZE, (struct text){whole, size - tail});
        if (is_coin(out))
            return true;
    }
    return false;
}

static bool coin_of_path(const char *path, char out[ASSET_NAME_SIZE])
{
    const char *slash = strrchr(path, '/');
    struct text rest = text_of(slash == NULL ? path : slash + 1);
    while (rest.size > 0) {
        size_t size = 0;
        while (size < rest.size && is_word_byte(rest.data[size]))
            size++;
        if (coin_of_word((struct text){rest.data, size}, out))
            return true;
        size_t skip = size < rest.size ? size + 1 : size;
        rest = (struct text){rest.data + skip, rest.size - skip};
    }
    return false;
}

/* Of BTC, BTC-USD or BTC-USDT the first part. */
static bool base_of_name(struct text name, char out[ASSET_NAME_SIZE])
{
    struct text base = text_split(&name, '-');
    return base_copy(out, base) && strcmp(out, "USD") != 0;
}

static enum status instrument_of(struct demo_tape *tape, const char *base, uint32_t *out,
                                 struct problem *problem)
{
    for (*out = 0; *out < tape->instruments_count; (*out)++) {
        if (strcmp(tape->instruments[*out].base, base) == 0)
            return STATUS_OK;
    }
    if (*out == DEMO_TAPE_INSTRUMENTS_MAX) {
        problem_set(problem, STATUS_USAGE, "demo: --tape", "more than %d instruments",
                    DEMO_TAPE_INSTRUMENTS_MAX);
        problem_allowed(problem, "up to %d instruments in up to %d files",
                        DEMO_TAPE_INSTRUMENTS_MAX, DEMO_TAPE_FILES_MAX);
        return STATUS_USAGE;
    }
    (void)text_copy(tape->instruments[tape->instruments_count++].base, ASSET_NAME_SIZE,
                    text_of(base));
    return STATUS_OK;
}

/* Of a tape the instrument that stands in it. STATUS_END: it says none, or is none. */
static enum status base_of_tape(const char *path, char out[ASSET_NAME_SIZE],
                                struct problem *problem)
{
    struct tape_reader *reader = NULL;
    if (!tape_is_tape(path))
        return STATUS_END;
    enum status status = tape_reader_open(path, &reader, problem);
    if (status != STATUS_OK)
        return status;
    bool said = base_of_name(text_of(tape_reader_summary(reader)->facts.instrument), out);
    tape_reader_close(reader);
    return said ? STATUS_OK : STATUS_END;
}

/* ---- reading -------------------------------------------------------------------------------- */

/* path: without NAME=; base: of NAME, or "". */
static enum status read_file(struct demo_tape *tape, const char *path, char base[ASSET_NAME_SIZE],
                             struct problem *problem)
{
    struct depth_source source = {.path = path,
                                  .price_decimals = DEMO_TAPE_DECIMALS,
                                  .quantity_decimals = DEMO_TAPE_DECIMALS};
    enum depth_kind kind;
    enum status status = base[0] == '\0' ? base_of_tape(path, base, problem) : STATUS_OK;
    if (status == STATUS_END && coin_of_path(path, base))
        status = STATUS_OK;
    if (status == STATUS_END) {
        problem_set(problem, STATUS_USAGE, "demo: --tape", "no instrument in the name \"%.200s\"",
                    path);
        problem_allowed(problem, "a file with a coin in its name (btc, ethusdt), or NAME=FILE");
        return STATUS_USAGE;
    }
    if (status == STATUS_OK)
        status = recording_kind(&source, &kind, problem);
    if (status != STATUS_OK)
        return status;
    struct session_file *file = &tape->session.files[tape->session.count];
    status = recording_read(&source, kind, &file->data, problem);
    if (status != STATUS_OK)
        return status;
    const char *slash = strrchr(path, '/');
    (void)text_copy_clean(tape->files[tape->session.count], sizeof tape->files[0],
                          text_of(slash == NULL ? path : slash + 1));
    tape->session.count++;
    return instrument_of(tape, base, &file->instrument, problem);
}

/* Two files of one kind are two accounts of one thing; a recording without order book or quotes
 * shows no price that an order could meet; where it has both, two clocks would say what the top
 * is. */
static enum status check(const struct demo_tape *tape, struct problem *problem)
{
    static const char *const kinds[] = {
        [DEPTH_LEVELS] = "levels", [DEPTH_QUOTE] = "quotes", [DEPTH_TRADE] = "trades"};
    for (uint32_t i = 0; i < tape->session.count; i++) {
        const struct session_file *file = &tape->session.files[i];
        if (session_find(&tape->session, file->instrument, file->data.kind) == file)
            continue;
        problem_set(problem, STATUS_USAGE, "demo: --tape", "two files with %s of %s",
                    kinds[file->data.kind], tape->instruments[file->instrument].base);
        problem_allowed(problem, "one file of a kind for each instrument");
        return STATUS_USAGE;
    }
    for (uint32_t i = 0; i < tape->instruments_count; i++) {
        bool levels = session_find(&tape->session, i, DEPTH_LEVELS) != NULL;
        bool quotes = session_find(&tape->session, i, DEPTH_QUOTE) != NULL;
        if (levels != quotes)
            continue;
        problem_set(problem, STATUS_USAGE, "demo: --tape", "%s of %s-USD",
                    levels ? "both levels and quotes" : "neither levels nor quotes",
                    tape->instruments[i].base);
        problem_allowed(problem, "one of the two for each instrument, with or without trades");
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

static enum status read_files(struct demo_tape *tape, const char *files, struct problem *problem)
{
    struct text rest = text_of(files);
    do {
        char path[PATH_SIZE], base[ASSET_NAME_SIZE] = "";
        struct text one = text_split(&rest, ',');
        struct text file = one;
        struct text name = text_split(&file, '=');
        bool named = file.size > 0 && base_of_name(name, base);
        if (!named) {
            base[0] = '\0';
            file = one;
        }
        if (file.size == 0 || file.size >= sizeof path ||
            tape->session.count == DEMO_TAPE_FILES_MAX) {
            problem_set(problem, STATUS_USAGE, "demo: --tape", "\"%.200s\"", files);
            problem_allowed(problem, "1 to %d paths with commas between them, or NAME=FILE",
                            DEMO_TAPE_FILES_MAX);
            return STATUS_USAGE;
        }
        (void)text_copy(path, sizeof path, file);
        enum status status = read_file(tape, path, base, problem);
        if (status != STATUS_OK)
            return status;
    } while (rest.size > 0);
    return STATUS_OK;
}

/* ---- ticks and lots ------------------------------------------------------------------------- */

static int64_t common_step(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

#define WHOLE 100000000 /* in units of 10^-DEMO_TAPE_DECIMALS */
#define LOT_WORTH_MAX 100

/* The coarsest of 1, 2 and 5 times a power of ten, up to a whole and to `most`, that divides
 * `common`. */
static int64_t round_step(int64_t common, int64_t most)
{
    for (int64_t power = WHOLE; power > 1; power /= 10) {
        static const int64_t digits[] = {10, 5, 2};
        for (size_t i = 0; i < ARRAY_COUNT(digits); i++) {
            int64_t step = power / 10 * digits[i];
            if (step <= most && common % step == 0)
                return step;
        }
    }
    return 1;
}

static void steps_of(const struct depth_data *data, int64_t *price, int64_t *quantity)
{
    for (size_t i = 0; i < data->counts.deltas && data->kind == DEPTH_LEVELS; i++) {
        *price = common_step(*price, data->deltas[i].price.units);
        *quantity = common_step(*quantity, data->deltas[i].quantity.units);
    }
    for (size_t i = 0; i < data->count && data->kind == DEPTH_QUOTE; i++) {
        const struct quote *quote = &data->quotes[i];
        *price = common_step(common_step(*price, quote->bid.units), quote->ask.units);
        *quantity = common_step(common_step(*quantity, quote->bid_quantity.units),
                                quote->ask_quantity.units);
    }
    for (size_t i = 0; i < data->count && data->kind == DEPTH_TRADE; i++)
        *quantity = common_step(*quantity, data->trades[i].quantity.units);
}

/* Orders lie where the order book's prices lie; trades may be anywhere (averages of fills). */
static void find_steps(struct demo_tape *tape)
{
    for (uint32_t i = 0; i < tape->instruments_count; i++) {
        int64_t price = 0, quantity = 0;
        for (uint32_t j = 0; j < tape->session.count; j++) {
            if (tape->session.files[j].instrument == i)
                steps_of(&tape->session.files[j].data, &price, &quantity);
        }
        struct price first = session_first_price(&tape->session, i);
        i128 worth = (i128)LOT_WORTH_MAX * WHOLE * WHOLE / i64_max(first.units, 1);
        tape->instruments[i].tick = round_step(price, WHOLE);
        tape->instruments[i].lot = round_step(quantity, (int64_t)(worth < WHOLE ? worth : WHOLE));
    }
}

enum status demo_tape_read(struct demo_tape *tape, const char *files, struct problem *problem)
{
    *tape = (struct demo_tape){0};
    tape->session.files = calloc(DEMO_TAPE_FILES_MAX, sizeof *tape->session.files);
    if (tape->session.files == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "demo: --tape", "not enough memory");
    enum status status = read_files(tape, files, problem);
    if (status == STATUS_OK)
        status = check(tape, problem);
    if (status != STATUS_OK)
        return status;
    find_steps(tape);
    if (session_align(&tape->session, FEED_NS) != STATUS_OK)
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

#define ACCOUNT_LEAST 100000u
#define ACCOUNT_EACH 25000u /* the budgets of an instrument's bots, and something over */

static const char head[] = "tern: 1\n"
                           "profile: demo\n"
                           "currency: USD\n"
                           "feed: generator\n"
                           "venue: sim\n"
                           "fees: {maker_bps: 4, taker_bps: 8}\n"
                           "simulation: {latency: 50ms, queue: {model: power, power: 3}}\n"
                           "risk: {consecutive_losses_max: 100, fat_finger_sigma: off}\n";

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
    uint32_t wanted = tape->instruments_count * ACCOUNT_EACH;
    text_buffer_append(out, text_of(head));
    text_buffer_print(out, "account: {USD: '%u'}\ninstruments:\n",
                      wanted > ACCOUNT_LEAST ? wanted : ACCOUNT_LEAST);
    for (uint32_t i = 0; i < tape->instruments_count; i++) {
        const struct demo_tape_instrument *instrument = &tape->instruments[i];
        char tick[DECIMAL_TEXT_SIZE], lot[DECIMAL_TEXT_SIZE];
        (void)decimal_format_i64(tick, instrument->tick, DEMO_TAPE_DECIMALS);
        (void)decimal_format_i64(lot, instrument->lot, DEMO_TAPE_DECIMALS);
        text_buffer_print(out,
                          "  - {name: %s-USD, price_increment: '%s', quantity_increment: '%s'}\n",
                          instrument->base, tick, lot);
    }
    text_buffer_append(out, TEXT("bots:\n"));
    for (uint32_t i = 0; i < tape->instruments_count; i++) {
        const char *base = tape->instruments[i].base;
        char lower[ASSET_NAME_SIZE] = "";
        for (size_t at = 0; base[at] != '\0'; at++)
            lower[at] = base[at] >= 'A' && base[at] <= 'Z' ? (char)(base[at] - 'A' + 'a')
                                                           : base[at];
        for (size_t bot = 0; bot < ARRAY_COUNT(bots); bot++)
            text_buffer_print(out, "  - {name: %s-%s, instrument: %s-USD, %s}\n", bots[bot].name,
                              lower, base, bots[bot].rest);
    }
}

/* ---- playing ---------------------------------------------------------------------------- */

enum status demo_tape_begin(struct demo_tape *tape, const struct assembly *assembly,
                            const struct config *config)
{
    int64_t bars_ns[DEMO_TAPE_INSTRUMENTS_MAX];
    for (uint32_t i = 0; i < tape->instruments_count; i++)
        bars_ns[i] = NANOSECONDS_PER_SECOND;
    enum status status = session_feed_init(&tape->feed, &tape->session, assembly->instruments,
                                           tape->instruments_count, bars_ns, config->cycle_ns);
    if (status != STATUS_OK)
        return status;
    session_feed_set_age(&tape->feed, config->simulation.book_age_max_ns);
    return session_cursor_init(&tape->happened, &tape->session, SESSION_HAPPENED);
}

void demo_tape_sequences(const struct demo_tape *tape, enum book_sequence *out)
{
    for (uint32_t i = 0; i < tape->instruments_count; i++)
        out[i] = BOOK_SEQUENCE_NONE;
    for (uint32_t i = 0; i < tape->session.count; i++) {
        const struct session_file *file = &tape->session.files[i];
        if (file->data.kind == DEPTH_LEVELS)
            out[file->instrument] = file->sequence;
    }
}

uint32_t demo_tape_levels(const struct demo_tape *tape)
{
    uint32_t most = 1;
    for (uint32_t i = 0; i < tape->session.count; i++) {
        uint32_t wanted = session_levels_capacity(&tape->session.files[i].data);
        most = wanted > most ? wanted : most;
    }
    return most;
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

/* ---- what is wrong with it ------------------------------------------------------------------ */

static const char *const troubles[] = {
#define TROUBLE_NAME(name, invalidates, sentence) [BOOK_TROUBLE_##name] = #name,
    BOOK_TROUBLE_TABLE(TROUBLE_NAME)
#undef TROUBLE_NAME
};

static bool is_usual(size_t trouble)
{
    return trouble == BOOK_TROUBLE_ABSENT || trouble == BOOK_TROUBLE_EMPTY ||
           trouble == BOOK_TROUBLE_OVERLAP;
}

static size_t trouble_print(char *out, size_t size, const char *name, uint64_t count)
{
    char lower[32] = "";
    if (count == 0 || size == 0)
        return 0;
    for (size_t at = 0; name[at] != '\0' && at + 1 < sizeof lower; at++)
        lower[at] = name[at] == '_'                      ? ' '
                    : name[at] >= 'A' && name[at] <= 'Z' ? (char)(name[at] - 'A' + 'a')
                                                         : name[at];
    int written = snprintf(out, size, "%s %llu, ", lower, (unsigned long long)count);
    return written < 0 || (size_t)written >= size ? 0 : (size_t)written;
}

uint64_t demo_tape_troubles(const struct demo_tape *tape, uint32_t instrument, char *out,
                            size_t size)
{
    const struct session_view *view = &tape->feed.views[instrument];
    uint64_t sum = view->quotes_bad + view->old_count;
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; view->book != NULL && i < BOOK_TROUBLE_COUNT; i++) {
        uint64_t count = order_book_troubles(view->book, (enum book_trouble)i);
        if (is_usual(i))
            continue;
        sum += count;
        used += trouble_print(out + used, size - used, troubles[i], count);
    }
    used += trouble_print(out + used, size - used, "quotes without a market", view->quotes_bad);
    used += trouble_print(out + used, size - used, "silent", view->old_count);
    if (used >= 2)
        out[used - 2] = '\0';
    return sum;
}
