/* Folding a journal, snapshots, the state hash, the audit. */
#include <string.h>

#include "core/engine/state.h"

/* ---- folding --------------------------------------------------------------------------------- */

void engine_fold_input(struct engine *engine, const struct input *input)
{
    evolve_input(engine, input);
}

enum status engine_fold_frame(struct engine *engine, const uint8_t *data, size_t size,
                              uint32_t *frame_size)
{
    struct hash128 chain;
    struct engine_header *header = engine->header;
    enum status status = frame_check(data, size, header->chain, header->fact_seq_next, &chain,
                                     frame_size);
    if (status != STATUS_OK)
        return status;
    struct frame_header frame;
    memcpy(&frame, data, sizeof frame);
    if (frame.input_seq < header->input_seq || frame.time_ns < header->time_ns)
        return STATUS_CORRUPT;
    header->input_seq = frame.input_seq;
    header->time_ns = frame.time_ns;
    header->observed = frame.observed;
    const uint8_t *at = data + FRAME_HEADER_SIZE;
    /* Facts are 8-byte aligned within a frame; the frame itself may lie anywhere in what was read,
     * so each is copied out. */
    _Alignas(16) uint8_t fact[512];
    for (uint32_t i = 0; i < frame.fact_count; i++) {
        struct fact_header fact_header;
        memcpy(&fact_header, at, sizeof fact_header);
        ASSERT(fact_header.size <= sizeof fact);
        memcpy(fact, at, fact_header.size);
        const struct fact_header *read = (const struct fact_header *)(const void *)fact;
        if (!fact_fits(engine, read))
            return STATUS_CORRUPT;
        evolve_fact(engine, read, frame.time_ns);
        at += fact_header.size;
    }
    header->fact_seq_next += frame.fact_count;
    header->chain = chain;
    engine->writer.fact_seq_next = header->fact_seq_next;
    engine->writer.chain = chain;
    return STATUS_OK;
}

struct hash128 engine_state_hash(const struct engine *engine)
{
    return hash128_of(engine->durable.base, engine->durable.used);
}

/* ---- snapshots ------------------------------------------------------------------------------- */

/* | magic u64 | layout hash 16 | size u64 | checksum 16 | durable state … |
 * The layout hash covers the sizes of everything in the block, so that a build with another layout,
 * or an engine with another configuration, does not read it. */
struct snapshot_header {
    uint64_t magic;
    struct hash128 layout;
    uint64_t size;
    struct hash128 checksum;
};

#define SNAPSHOT_MAGIC UINT64_C(0x31504e5352455431) /* "1TERSNP1" */

static struct hash128 layout_hash(const struct engine *engine)
{
    const struct engine_config *config = engine->config;
    uint64_t words[] = {
        sizeof(struct engine_header), sizeof(struct order),           sizeof(struct lot),
        sizeof(struct position),      sizeof(struct bot_state),       sizeof(struct series_state),
        sizeof(struct account_risk),  sizeof(struct instrument_risk), sizeof(struct book_risk),
        config->assets_count,         config->instruments_count,      config->books_count,
        config->bots_count,           config->series_count,           engine->durable.used,
        config->config_hash.low,      config->config_hash.high,
    };
    return hash128_of(words, sizeof words);
}

size_t engine_snapshot_size(const struct engine *engine)
{
    return sizeof(struct snapshot_header) + engine->durable.used;
}

void engine_snapshot_write(const struct engine *engine, uint8_t *out)
{
    struct snapshot_header header = {
        .magic = SNAPSHOT_MAGIC,
        .layout = layout_hash(engine),
        .size = engine->durable.used,
        .checksum = engine_state_hash(engine),
    };
    memcpy(out, &header, sizeof header);
    memcpy(out + sizeof header, engine->durable.base, engine->durable.used);
}

enum status engine_snapshot_read(struct engine *engine, const uint8_t *data, size_t size)
{
    struct snapshot_header header;
    if (size < sizeof header)
        return STATUS_TRUNCATED;
    memcpy(&header, data, sizeof header);
    if (header.magic != SNAPSHOT_MAGIC)
        return STATUS_CORRUPT;
    if (!hash128_equal(header.layout, layout_hash(engine)))
        return STATUS_UNSUPPORTED;
    if (header.size != engine->durable.used)
        return STATUS_UNSUPPORTED;
    if (size - sizeof header < header.size)
        return STATUS_TRUNCATED;
    struct hash128 checksum = hash128_of(data + sizeof header, header.size);
    if (!hash128_equal(checksum, header.checksum))
        return STATUS_CORRUPT;
    memcpy(engine->durable.base, data + sizeof header, header.size);
    engine->writer.fact_seq_next = engine->header->fact_seq_next;
    engine->writer.chain = engine->header->chain;
    seen_rebuild(engine);
    return STATUS_OK;
}

/* ---- audit ----------------------------------------------------------------------------------- */

static const char *audit_order(const struct order *order)
{
    if (order->filled.units < 0 || order->provisional.units < 0)
        return "an order has a negative filled quantity";
    if (amount_from_bytes(order->hold).units < 0)
        return "an order holds a negative amount";
    if (order_state_is_end((enum order_state)order->state))
        return "an ended order is live";
    return NULL;
}

/* Counters and holds against a walk over the live orders. */
static const char *audit_orders(const struct engine *engine, uint64_t *detail)
{
    const struct engine_config *config = engine->config;
    uint32_t count = 0;
    for (uint32_t at = engine->header->live_first; at != 0; at = engine->orders[at - 1].live_next) {
        const struct order *order = &engine->orders[at - 1];
        *detail = order->id;
        const char *problem = audit_order(order);
        if (problem != NULL)
            return problem;
        count++;
        if (count > engine->header->live_count)
            return "the list of live orders is too long";
    }
    if (count != engine->header->live_count)
        return "the count of live orders is wrong";
    if (count != engine->risk.account->open_orders)
        return "the count of open orders is wrong";
    for (uint32_t book = 0; book < config->books_count; book++) {
        for (uint32_t asset = 0; asset < config->assets_count; asset++) {
            i128 held = 0;
            for (uint32_t at = engine->header->live_first; at != 0;
                 at = engine->orders[at - 1].live_next) {
                const struct order *order = &engine->orders[at - 1];
                const struct instrument *instrument = &config->instruments[order->instrument];
                bool buy = order->side == SIDE_BUY;
                uint32_t payer = buy ? order->cash_book : order->book;
                uint32_t own = buy ? instrument->quote_asset : instrument->base_asset;
                if (payer == book && own == asset)
                    held += amount_from_bytes(order->hold).units;
            }
            *detail = (uint64_t)book * config->assets_count + asset;
            if (held != ledger_held(&engine->ledger, book, asset).units) {
                return "held is not what live orders hold";
            }
        }
    }
    return NULL;
}

/* What live orders of an instrument add up to; of one book, or of all. */
struct open_sum {
    int64_t buy, sell;
    uint32_t orders, unknown;
};

static struct open_sum open_sum_of(const struct engine *engine, uint32_t instrument, uint32_t book)
{
    struct open_sum sum = {0};
    for (uint32_t at = engine->header->live_first; at != 0; at = engine->orders[at - 1].live_next) {
        const struct order *order = &engine->orders[at - 1];
        if ((instrument != NONE_INDEX && order->instrument != instrument) ||
            (book != NONE_INDEX && order->book != book))
            continue;
        if (order->side == SIDE_BUY)
            sum.buy += order_remaining(order).units;
        else
            sum.sell += order_remaining(order).units;
        sum.orders++;
        sum.unknown += order->delivery == DELIVERY_UNKNOWN;
    }
    return sum;
}

static const char *audit_exposure(const struct engine *engine, uint64_t *detail)
{
    const struct engine_config *config = engine->config;
    for (uint32_t i = 0; i < config->instruments_count; i++) {
        const struct instrument_risk *state = &engine->risk.states[i];
        struct open_sum sum = open_sum_of(engine, i, NONE_INDEX);
        *detail = i;
        if (sum.buy != state->open_buy)
            return "open buys are miscounted";
        if (sum.sell != state->open_sell)
            return "open sells are miscounted";
        if (sum.orders != state->open_orders || sum.unknown != state->unknown_orders)
            return "open orders of an instrument are miscounted";
    }
    for (uint32_t book = 0; book < config->books_count; book++) {
        *detail = book;
        if (open_sum_of(engine, NONE_INDEX, book).orders != engine->risk.books[book].open_orders)
            return "open orders of a book are miscounted";
        for (uint32_t i = 0; i < config->instruments_count; i++) {
            size_t at = (size_t)book * config->instruments_count + i;
            struct open_sum sum = open_sum_of(engine, i, book);
            if (sum.buy != engine->risk.exposures[at].open_buy ||
                sum.sell != engine->risk.exposures[at].open_sell)
                return "what is open in a book is miscounted";
        }
    }
    return NULL;
}

static const char *audit_bots(const struct engine *engine, uint64_t *detail)
{
    for (uint32_t bot = 0; bot < engine->config->bots_count; bot++) {
        uint32_t open = 0;
        *detail = bot;
        for (uint32_t at = engine->header->live_first; at != 0;
             at = engine->orders[at - 1].live_next)
            open += engine->orders[at - 1].bot == bot;
        if (open != engine->bots[bot].open_orders)
            return "open orders of a bot are miscounted";
    }
    return NULL;
}

static const char *audit_value(const struct engine *engine)
{
    i128 value = 0;
    for (uint32_t i = 0; i < engine->config->instruments_count; i++) {
        const struct instrument *instrument = &engine->config->instruments[i];
        value += (i128)engine->risk.states[i].close.units * engine->ledger.instrument_totals[i] *
                 instrument->amount_factor;
    }
    return value == engine->risk.account->market_value ? NULL : "the kept market value is wrong";
}

static const char *audit_negative(const struct engine *engine, uint64_t *detail)
{
    const struct engine_config *config = engine->config;
    for (uint32_t book = 0; book < config->books_count; book++) {
        for (uint32_t asset = 0; asset < config->assets_count; asset++) {
            *detail = (uint64_t)book * config->assets_count + asset;
            if (ledger_held(&engine->ledger, book, asset).units < 0)
                return "held is negative";
            if (ledger_available(&engine->ledger, book, asset).units < 0 &&
                !engine->risk.books[book].overdrawn) {
                return "a balance is negative and no overdrawn fact says why";
            }
        }
    }
    return NULL;
}

const char *engine_audit(const struct engine *engine, uint64_t *detail)
{
    const char *problem = ledger_audit(&engine->ledger, detail);
    if (problem == NULL)
        problem = audit_orders(engine, detail);
    if (problem == NULL)
        problem = audit_exposure(engine, detail);
    if (problem == NULL)
        problem = audit_bots(engine, detail);
    if (problem == NULL)
        problem = audit_value(engine);
    if (problem == NULL)
        problem = audit_negative(engine, detail);
    return problem;
}
