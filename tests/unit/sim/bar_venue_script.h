/* Stories of the exchange on bars, told in lines: what happens, and below it what it answered.
 *
 *     at 5                                time; every line after it happens then
 *     place 1 buy limit 10000             market, limit P, stop S or stop_limit S P; then any of
 *                                         xN (quantity, 10000 where absent), ioc, fok, gtd T, post
 *     last 9990                           the last price that orders arriving from now on meet
 *     cancel 1  |  amend 1 P xN
 *     open P    |  close OPEN HIGH LOW CLOSE
 *       fill 1 10000 x10000 taker 20.00   an answer: indented, compared byte for byte
 *
 * Prices have two decimals and a tick of 5, quantities four decimals and a lot of 10; both are
 * written in units, so 10000 is a price of 100 and a quantity of 1. Fees are in quote units. */
#ifndef TERN_TESTS_UNIT_SIM_BAR_VENUE_SCRIPT_H
#define TERN_TESTS_UNIT_SIM_BAR_VENUE_SCRIPT_H

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sim/bar_venue.h"

#define SCRIPT_SIZE_MAX ((size_t)1 << 16)

struct script {
    struct instrument instrument;
    struct bar_venue *venue;
    struct price last;
    int64_t now_ns;
    struct text_buffer out;
};

static inline struct instrument script_instrument(void)
{
    struct instrument instrument = {.name = "BTC-USD",
                                    .quote_asset = 1,
                                    .price_decimals = 2,
                                    .quantity_decimals = 4,
                                    .quote_decimals = 2,
                                    .tradable = 1,
                                    .tick = {5},
                                    .lot = {10}};
    assert_int_equal(instrument_derive(&instrument), STATUS_OK);
    return instrument;
}

static inline void script_begin_with(struct script *script, const struct bar_venue_config *config)
{
    script->now_ns = 1;
    struct bar_venue_config own = *config;
    own.instruments = &script->instrument;
    own.instruments_count = 1;
    if (own.orders_capacity == 0)
        own.orders_capacity = 16;
    if (own.tiers_count == 0) {
        own.tiers[0] = (struct fee_tier){{0}, {1000}, {2000}};
        own.tiers_count = 1;
    }
    assert_int_equal(bar_venue_create(&own, &script->venue), STATUS_OK);
    text_buffer_init(&script->out, SCRIPT_SIZE_MAX);
}

static inline void script_end(struct script *script)
{
    bar_venue_free(script->venue);
    text_buffer_release(&script->out);
}

/* ---- words ----------------------------------------------------------------------------------- */

static inline struct text script_word(struct text *line)
{
    return text_split(line, ' ');
}

static inline int64_t script_number(struct text word)
{
    int64_t value = 0;
    if (word.size > 0 && word.data[0] == 'x') {
        word.data++;
        word.size--;
    }
    assert_int_equal(decimal_parse_i64(word, 0, &value), STATUS_OK);
    return value;
}

static inline struct price script_price(struct text *line)
{
    return (struct price){script_number(script_word(line))};
}

static inline void script_place(struct script *script, struct text line)
{
    struct order order = {.tif = TIF_GTC, .quantity = {10000}};
    order.id = (uint64_t)script_number(script_word(&line));
    order.side = text_equal(script_word(&line), TEXT("buy")) ? SIDE_BUY : SIDE_SELL;
    struct text type = script_word(&line);
    if (text_equal(type, TEXT("market"))) {
        order.type = ORDER_MARKET;
    } else if (text_equal(type, TEXT("limit"))) {
        order.type = ORDER_LIMIT;
        order.price = script_price(&line);
    } else if (text_equal(type, TEXT("stop"))) {
        order.type = ORDER_STOP;
        order.stop_price = script_price(&line);
    } else {
        assert_true(text_equal(type, TEXT("stop_limit")));
        order.type = ORDER_STOP_LIMIT;
        order.stop_price = script_price(&line);
        order.price = script_price(&line);
    }
    while (line.size > 0) {
        struct text word = script_word(&line);
        if (text_equal(word, TEXT("ioc"))) {
            order.tif = TIF_IOC;
        } else if (text_equal(word, TEXT("fok"))) {
            order.tif = TIF_FOK;
        } else if (text_equal(word, TEXT("post"))) {
            order.flags = ORDER_FLAG_POST_ONLY;
        } else if (text_equal(word, TEXT("gtd"))) {
            order.tif = TIF_GTD;
            order.expire_ns = script_number(script_word(&line));
        } else {
            order.quantity.units = script_number(word);
        }
    }
    bar_venue_place(script->venue, &order, script->last, script->now_ns);
}

static inline void script_line(struct script *script, struct text line)
{
    struct bar_venue *venue = script->venue;
    struct text verb = script_word(&line);
    if (text_equal(verb, TEXT("at"))) {
        script->now_ns = script_number(script_word(&line));
    } else if (text_equal(verb, TEXT("last"))) {
        script->last = script_price(&line);
    } else if (text_equal(verb, TEXT("place"))) {
        script_place(script, line);
    } else if (text_equal(verb, TEXT("cancel"))) {
        uint64_t id = (uint64_t)script_number(script_word(&line));
        bar_venue_cancel(venue, id, script->now_ns);
    } else if (text_equal(verb, TEXT("amend"))) {
        uint64_t id = (uint64_t)script_number(script_word(&line));
        struct price price = script_price(&line);
        struct quantity quantity = {script_number(script_word(&line))};
        bar_venue_amend(venue, id, price, quantity, script->now_ns);
    } else if (text_equal(verb, TEXT("open"))) {
        (void)bar_venue_open(venue, 0, script_price(&line), script->now_ns);
    } else {
        assert_true(text_equal(verb, TEXT("close")));
        struct bar bar = {.open = script_price(&line)};
        bar.high = script_price(&line);
        bar.low = script_price(&line);
        bar.close = script_price(&line);
        (void)bar_venue_close(venue, 0, &bar, script->now_ns);
    }
}

/* ---- answers --------------------------------------------------------------------------------- */

static inline void script_report(struct script *script, const struct input *report)
{
    struct text_buffer *out = &script->out;
    const struct venue_fill *fill = &report->fill;
    static const char *const names[] = {"accepted",        "rejected",      "fill",
                                        "canceled",        "expired",       "amended",
                                        "cancel_rejected", "amend_rejected"};
    char fee[DECIMAL_TEXT_SIZE];
    if (report->kind == INPUT_VENUE_EXPIRED) {
        assert_true(report->time_ns <= script->now_ns); /* inside a bar: before its end */
    } else {
        assert_int_equal(report->time_ns, script->now_ns);
    }
    assert_in_range(report->kind, INPUT_VENUE_ACCEPTED, INPUT_VENUE_AMEND_REJECTED);
    text_buffer_print(out, "  %s %llu", names[report->kind - INPUT_VENUE_ACCEPTED],
                      (unsigned long long)report->order);
    if (report->kind == INPUT_VENUE_FILL) {
        decimal_format_fixed(fee, amount_from_bytes(fill->fee).units, AMOUNT_DECIMALS, 2);
        text_buffer_print(out, " %lld x%lld %s %s", (long long)fill->price.units,
                          (long long)fill->quantity.units,
                          fill->liquidity == LIQUIDITY_MAKER ? "maker" : "taker", fee);
        assert_memory_equal(&fill->fee, &fill->fee_value, sizeof fill->fee);
        assert_int_equal(fill->fee_asset, script->instrument.quote_asset);
    } else if (report->kind == INPUT_VENUE_AMENDED) {
        text_buffer_print(out, " %lld x%lld", (long long)report->report.price.units,
                          (long long)report->report.quantity.units);
    } else if (report->report.reason != REASON_NONE) {
        text_buffer_print(out, " %s", reason_name((enum reason)report->report.reason));
    }
    text_buffer_print(out, "\n");
}

/* Tells the story again with what the exchange answers now, and compares. */
static inline void script_run(struct script *script, const char *story)
{
    struct text rest = text_of(story);
    text_buffer_reset(&script->out);
    while (rest.size > 0) {
        struct text line = text_split(&rest, '\n');
        if (line.size == 0 || line.data[0] == ' ')
            continue;
        text_buffer_print(&script->out, "%.*s\n", (int)line.size, line.data);
        script_line(script, line);
        uint32_t count = 0;
        const struct input *reports = bar_venue_reports(script->venue, &count);
        for (uint32_t i = 0; i < count; i++)
            script_report(script, &reports[i]);
        bar_venue_clear(script->venue);
    }
    assert_int_equal(script->out.status, STATUS_OK);
    assert_string_equal(script->out.data, story);
}

/* One story on an exchange of its own. */
static inline void script_tell(enum bar_fill fill, int64_t slippage_ppm, const char *story)
{
    struct script script = {.instrument = script_instrument()};
    struct bar_venue_config config = {.fill = fill, .slippage = {slippage_ppm}};
    script_begin_with(&script, &config);
    script_run(&script, story);
    script_end(&script);
}

#endif
