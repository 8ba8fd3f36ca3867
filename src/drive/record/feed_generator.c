#include "drive/record/feed_generator.h"

#include <stdlib.h>
#include <string.h>

#include "sim/generator/generator.h"

/* A book shows FLOW_DEPTH levels of each side; one move changes no more than all of them, twice. */
#define DELTAS_MAX (8u * FLOW_DEPTH)
#define TICKS_OF_PRICE_MIN 5000.0
#define GENERATED_DECIMALS_MAX 8u

struct feed_generator {
    struct feed feed;
    struct arena memory;
    struct generator generator;
    struct feed_instrument instruments[GENERATOR_INSTRUMENTS_MAX];
    char names[GENERATOR_INSTRUMENTS_MAX][INSTRUMENT_NAME_SIZE];
    uint64_t levels_seq[GENERATOR_INSTRUMENTS_MAX], quotes_seq[GENERATOR_INSTRUMENTS_MAX];
    struct market_event ahead;
    bool has_ahead;
    struct delta deltas[DELTAS_MAX];
};

/* ---- instruments ----------------------------------------------------------------------------- */

static enum status refuse(struct problem *problem, struct text found)
{
    problem_set(problem, STATUS_USAGE, "--instruments", "\"%.*s\"", (int)found.size, found.data);
    problem_allowed(problem, "1 to %d names with commas between them, such as BTC-USD,ETH-USD",
                    (int)GENERATOR_INSTRUMENTS_MAX);
    return STATUS_USAGE;
}

static bool name_is_good(struct text name)
{
    if (name.size == 0 || name.size >= INSTRUMENT_NAME_SIZE)
        return false;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        bool plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (c != '-' || i == 0 || i + 1 == name.size))
            return false;
    }
    return true;
}

/* A tick is a small part of the price, a lot is worth less than one of the quote asset. */
static void choose_decimals(double price, struct feed_instrument *out)
{
    unsigned decimals = 2, lots = 0;
    double ticks = price * 100;
    for (; ticks < TICKS_OF_PRICE_MIN && decimals < GENERATED_DECIMALS_MAX; decimals++)
        ticks *= 10;
    for (double value = price; value >= 1 && lots < GENERATED_DECIMALS_MAX; lots++)
        value /= 10;
    out->price_decimals = decimals;
    out->quantity_decimals = lots;
}

static enum status read_names(struct feed_generator *self, uint64_t seed, struct text names,
                              struct problem *problem)
{
    struct text rest = names;
    uint32_t count = 0;
    do {
        struct text name = text_split(&rest, ',');
        if (!name_is_good(name) || count == GENERATOR_INSTRUMENTS_MAX)
            return refuse(problem, names);
        for (uint32_t i = 0; i < count; i++) {
            if (text_equal(text_of(self->names[i]), name))
                return refuse(problem, names);
        }
        struct instrument_model model;
        (void)text_copy(self->names[count], sizeof self->names[count], name);
        (void)instrument_model_find(name, seed, &model);
        self->instruments[count].name = self->names[count];
        self->instruments[count].kinds = 1u << DEPTH_LEVELS | 1u << DEPTH_QUOTE | 1u << DEPTH_TRADE;
        choose_decimals(model.price, &self->instruments[count]);
        count++;
    } while (rest.size > 0);
    self->feed.instruments = self->instruments;
    self->feed.instruments_count = count;
    return STATUS_OK;
}

/* ---- events ---------------------------------------------------------------------------------- */

static bool take(struct feed_generator *self, struct market_event *out)
{
    if (!self->has_ahead)
        return generator_next(&self->generator, out);
    *out = self->ahead;
    self->has_ahead = false;
    return true;
}

/* Deltas of one book at one instant are a message; a snapshot begins one of its own and ends it. */
static void gather(struct feed_generator *self, struct market_event *event, struct depth_event *out)
{
    uint32_t count = 0, slot = event->slot;
    int64_t time_ns = event->time_ns;
    for (;;) {
        self->deltas[count++] = event->delta;
        if ((event->delta.flags & DELTA_LAST) != 0 || !take(self, event))
            break;
        if (event->kind != MARKET_EVENT_DELTA || event->slot != slot || event->time_ns != time_ns ||
            (event->delta.flags & DELTA_CLEAR) != 0 || count == DELTAS_MAX) {
            self->ahead = *event;
            self->has_ahead = true;
            break;
        }
    }
    out->kind = DEPTH_LEVELS;
    out->count = count;
    out->deltas = self->deltas;
    out->first_seq = out->last_seq = ++self->levels_seq[slot];
}

static enum status generator_feed_next(struct feed *feed, int64_t wait_ns, struct feed_event *out,
                                       struct problem *problem)
{
    (void)wait_ns;
    (void)problem;
    struct feed_generator *self = (struct feed_generator *)feed;
    struct market_event event;
    do {
        if (!take(self, &event))
            return STATUS_END;
    } while (event.kind == MARKET_EVENT_BAR);
    *out = (struct feed_event){
        .instrument = event.slot,
        .event = {.receive_ns = event.time_ns, .event_ns = event.time_ns},
    };
    struct depth_event *told = &out->event;
    if (event.kind == MARKET_EVENT_DELTA) {
        gather(self, &event, told);
    } else if (event.kind == MARKET_EVENT_QUOTE) {
        told->kind = DEPTH_QUOTE;
        told->quote = event.quote;
        told->first_seq = told->last_seq = ++self->quotes_seq[out->instrument];
    } else {
        told->kind = DEPTH_TRADE;
        told->trade = event.trade;
        told->last_seq = event.trade_id;
    }
    return STATUS_OK;
}

/* ---- life ------------------------------------------------------------------------------------ */

static void generator_feed_close(struct feed *feed)
{
    struct feed_generator *self = (struct feed_generator *)feed;
    arena_release(&self->memory);
    free(self);
}

static enum status build(struct feed_generator *self, uint64_t seed, enum scenario scenario,
                         struct problem *problem)
{
    struct generator_instrument sources[GENERATOR_INSTRUMENTS_MAX];
    struct generator_config config;
    struct arena measure;
    generator_config_default(&config);
    for (uint32_t i = 0; i < self->feed.instruments_count; i++) {
        sources[i] = (struct generator_instrument){
            .name = text_of(self->names[i]),
            .price_decimals = self->instruments[i].price_decimals,
            .quantity_decimals = self->instruments[i].quantity_decimals,
            .tick = {1},
            .lot = {1},
        };
    }
    config.seed = seed;
    config.scenario = scenario;
    config.instruments = sources;
    config.instruments_count = self->feed.instruments_count;
    config.instruments_capacity = self->feed.instruments_count;
    config.kinds = MARKET_EVENTS_ALL & ~MARKET_EVENT_BIT(MARKET_EVENT_BAR);
    memset(config.bar_lengths_ns, 0, sizeof config.bar_lengths_ns);
    arena_measure_init(&measure);
    enum status status = generator_init(&self->generator, &config, &measure, problem);
    if (status != STATUS_OK)
        return status;
    status = arena_init(&self->memory, measure.used);
    if (status != STATUS_OK)
        return problem_set(problem, status, "generator", "not enough memory");
    return generator_init(&self->generator, &config, &self->memory, problem);
}

enum status feed_generator_open(uint64_t seed, enum scenario scenario, struct text names,
                                struct feed **out, struct problem *problem)
{
    static const struct feed_class class = {.name = "generator",
                                            .is_repeatable = true,
                                            .next = generator_feed_next,
                                            .close = generator_feed_close};
    *out = NULL;
    struct feed_generator *self = calloc(1, sizeof *self);
    if (self == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "generator", "not enough memory");
    self->feed.class = &class;
    enum status status = read_names(self, seed, names, problem);
    if (status == STATUS_OK)
        status = build(self, seed, scenario, problem);
    if (status != STATUS_OK) {
        generator_feed_close(&self->feed);
        return status;
    }
    *out = &self->feed;
    return STATUS_OK;
}
