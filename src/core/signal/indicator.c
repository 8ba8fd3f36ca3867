#include "core/signal/indicator.h"

#include <string.h>

#include "core/signal/class.h"

const struct indicator_class *const indicator_classes[INDICATOR_COUNT] = {
#define INDICATOR_ROW(name) [INDICATOR_INDEX_##name] = &indicator_##name,
    INDICATOR_LIST(INDICATOR_ROW)
#undef INDICATOR_ROW
};

enum indicator_variant indicator_variant_of_cpu(void)
{
    if (signal_cpu_is_v4())
        return INDICATOR_VARIANT_V4;
    return signal_cpu_is_v3() ? INDICATOR_VARIANT_V3 : INDICATOR_VARIANT_BASE;
}

const struct indicator_class *indicator_find(struct text name)
{
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        if (text_equal(name, text_of(indicator_classes[i]->name)))
            return indicator_classes[i];
    }
    return NULL;
}

const char *indicator_convention_name(enum indicator_convention convention)
{
    static const char *const names[INDICATOR_CONVENTION_COUNT] = {
#define INDICATOR_CONVENTION_NAME(name, text) [INDICATOR_##name] = text,
        INDICATOR_CONVENTION_TABLE(INDICATOR_CONVENTION_NAME)
#undef INDICATOR_CONVENTION_NAME
    };
    return (unsigned)convention < INDICATOR_CONVENTION_COUNT ? names[convention] : "unknown";
}

int indicator_parameter_find(const struct indicator_class *class, struct text name)
{
    for (uint32_t i = 0; i < class->parameter_count; i++) {
        if (text_equal(name, text_of(class->parameters[i].name)))
            return (int)i;
    }
    return -1;
}

void indicator_params_default(const struct indicator_class *class, struct indicator_params *params)
{
    *params = (struct indicator_params){.convention = INDICATOR_TALIB};
    for (uint32_t i = 0; i < class->parameter_count; i++)
        params->values[i] = class->parameters[i].fallback;
}

enum status indicator_params_check(const struct indicator_class *class,
                                   const struct indicator_params *params, struct problem *problem)
{
    struct problem unread;
    if (!problem) {
        problem_init(&unread);
        problem = &unread;
    }
    if (params->convention >= INDICATOR_CONVENTION_COUNT)
        return problem_set(problem, STATUS_RANGE, class->name, "convention %llu",
                           (unsigned long long)params->convention);
    for (uint32_t i = 0; i < class->parameter_count; i++) {
        const struct indicator_parameter *parameter = &class->parameters[i];
        double value = params->values[i];
        /* A comparison with NaN is false, so a NaN is out of range as well. */
        bool inside = value >= parameter->min && value <= parameter->max;
        if (inside && (!parameter->integer || value == (double)(int64_t)value))
            continue;
        enum status status = problem_set(problem, STATUS_RANGE, class->name, "%s = %g",
                                         parameter->name, value);
        problem_allowed(problem, "%s %g to %g", parameter->integer ? "whole numbers" : "",
                        parameter->min, parameter->max);
        return status;
    }
    return STATUS_OK;
}

const char *indicator_fault_name(enum indicator_fault fault)
{
    static const char *const names[INDICATOR_FAULT_COUNT] = {
        [INDICATOR_FAULT_NONE] = "none",
        [INDICATOR_FAULT_NOT_FINITE] = "not_finite",
        [INDICATOR_FAULT_NOT_POSITIVE] = "not_positive",
        [INDICATOR_FAULT_VOLUME] = "volume",
        [INDICATOR_FAULT_INCONSISTENT] = "inconsistent",
    };
    return (unsigned)fault < INDICATOR_FAULT_COUNT ? names[fault] : "unknown";
}

/* Prices beyond these bounds are damage as well: between them sums of squares stay finite. */
#define PRICE_MAX 1e100

static enum indicator_fault price_fault(double price)
{
    if (!(price == price) || price > PRICE_MAX)
        return INDICATOR_FAULT_NOT_FINITE;
    return price > 0.0 ? INDICATOR_FAULT_NONE : INDICATOR_FAULT_NOT_POSITIVE;
}

static enum indicator_fault volume_fault(double volume)
{
    if (!(volume == volume) || volume > PRICE_MAX)
        return INDICATOR_FAULT_NOT_FINITE;
    return volume >= 0.0 ? INDICATOR_FAULT_NONE : INDICATOR_FAULT_VOLUME;
}

enum indicator_fault indicator_bar_fault(const struct indicator_bar *bar, uint32_t inputs)
{
    const double prices[4] = {bar->open, bar->high, bar->low, bar->close};
    static const uint32_t bits[4] = {INDICATOR_OPEN, INDICATOR_HIGH, INDICATOR_LOW,
                                     INDICATOR_CLOSE};
    double lowest = PRICE_MAX;
    double highest = 0.0;
    for (size_t i = 0; i < 4; i++) {
        if (!(inputs & bits[i]))
            continue;
        enum indicator_fault fault = price_fault(prices[i]);
        if (fault != INDICATOR_FAULT_NONE)
            return fault;
        lowest = signal_min(lowest, prices[i]);
        highest = signal_max(highest, prices[i]);
    }
    if (inputs & INDICATOR_VOLUME) {
        enum indicator_fault fault = volume_fault(bar->volume);
        if (fault != INDICATOR_FAULT_NONE)
            return fault;
    }
    if (((inputs & INDICATOR_HIGH) && bar->high < highest) ||
        ((inputs & INDICATOR_LOW) && bar->low > lowest))
        return INDICATOR_FAULT_INCONSISTENT;
    return INDICATOR_FAULT_NONE;
}

static enum indicator_fault side_fault(const double *price, const double *quantity, uint32_t count,
                                       double better)
{
    if (count > INDICATOR_BOOK_LEVELS)
        return INDICATOR_FAULT_INCONSISTENT;
    for (uint32_t i = 0; i < count; i++) {
        enum indicator_fault fault = price_fault(price[i]);
        if (fault == INDICATOR_FAULT_NONE)
            fault = volume_fault(quantity[i]);
        if (fault != INDICATOR_FAULT_NONE)
            return fault;
        if (i > 0 && (price[i - 1] - price[i]) * better <= 0.0)
            return INDICATOR_FAULT_INCONSISTENT;
    }
    return INDICATOR_FAULT_NONE;
}

enum indicator_fault indicator_book_fault(const struct indicator_book *book)
{
    enum indicator_fault fault = side_fault(book->bid_price, book->bid_quantity, book->bid_count,
                                            1.0);
    if (fault == INDICATOR_FAULT_NONE)
        fault = side_fault(book->ask_price, book->ask_quantity, book->ask_count, -1.0);
    if (fault != INDICATOR_FAULT_NONE)
        return fault;
    if (book->bid_count > 0 && book->ask_count > 0 && book->bid_price[0] >= book->ask_price[0])
        return INDICATOR_FAULT_INCONSISTENT;
    return INDICATOR_FAULT_NONE;
}

enum indicator_fault indicator_trade_fault(const struct indicator_trade *trade)
{
    enum indicator_fault fault = price_fault(trade->price);
    if (fault == INDICATOR_FAULT_NONE)
        fault = price_fault(trade->quantity);
    if (fault == INDICATOR_FAULT_NONE && trade->side != 1 && trade->side != -1)
        fault = INDICATOR_FAULT_INCONSISTENT;
    return fault;
}

static enum indicator_outcome skip(const struct indicator_class *class, double *out)
{
    for (uint32_t k = 0; k < class->output_count; k++)
        out[k] = SIGNAL_NAN;
    return INDICATOR_SKIPPED;
}

enum indicator_outcome indicator_feed(const struct indicator_class *class, void *state,
                                      const struct indicator_bar *bar, double *out)
{
    if (indicator_bar_fault(bar, class->inputs) != INDICATOR_FAULT_NONE)
        return skip(class, out);
    return class->update(state, bar, out) ? INDICATOR_READY : INDICATOR_WARMING;
}

enum indicator_outcome indicator_feed_book(const struct indicator_class *class, void *state,
                                           const struct indicator_book *book, double *out)
{
    if (indicator_book_fault(book) != INDICATOR_FAULT_NONE)
        return skip(class, out);
    return class->update_book(state, book, out) ? INDICATOR_READY : INDICATOR_WARMING;
}

enum indicator_outcome indicator_feed_trade(const struct indicator_class *class, void *state,
                                            const struct indicator_trade *trade, double *out)
{
    if (indicator_trade_fault(trade) != INDICATOR_FAULT_NONE)
        return skip(class, out);
    return class->update_trade(state, trade, out) ? INDICATOR_READY : INDICATOR_WARMING;
}

static bool row_faulty(const struct indicator_class *class, const struct indicator_columns *columns,
                       size_t i, struct indicator_bar *bar)
{
    if (class->update_book)
        return indicator_book_fault(&columns->books[i]) != INDICATOR_FAULT_NONE;
    if (class->update_trade)
        return indicator_trade_fault(&columns->trades[i]) != INDICATOR_FAULT_NONE;
    *bar = signal_row(columns, i, class->inputs);
    return indicator_bar_fault(bar, class->inputs) != INDICATOR_FAULT_NONE;
}

size_t indicator_run(const struct indicator_class *class, const struct indicator_params *params,
                     const struct indicator_columns *columns, size_t count, double *const *out)
{
    struct indicator_bar bar;
    size_t skipped = 0;
    for (size_t i = 0; i < count && skipped == 0; i++)
        skipped += row_faulty(class, columns, i, &bar);
    if (skipped == 0) {
        class->batch(params, columns, count, out);
        return 0;
    }
    _Alignas(8) unsigned char state[INDICATOR_STATE_SIZE_MAX];
    ASSERT(class->state_size(params) <= sizeof(state));
    class->init(state, params);
    skipped = 0;
    for (size_t i = 0; i < count; i++) {
        double values[INDICATOR_OUTPUTS_MAX];
        if (row_faulty(class, columns, i, &bar)) {
            skip(class, values);
            skipped++;
        } else if (class->update_book) {
            class->update_book(state, &columns->books[i], values);
        } else if (class->update_trade) {
            class->update_trade(state, &columns->trades[i], values);
        } else {
            class->update(state, &bar, values);
        }
        for (uint32_t k = 0; k < class->output_count; k++)
            out[k][i] = values[k];
    }
    return skipped;
}

/* Series number `lane` of eight, bar after bar. */
static void run_lane(const struct indicator_class *class, const struct indicator_params *params,
                     const struct indicator_lanes *columns, size_t lane, size_t count,
                     double *const *out)
{
    _Alignas(8) unsigned char state[INDICATOR_STATE_SIZE_MAX];
    uint32_t inputs = class->inputs;
    ASSERT(class->state_size(params) <= sizeof(state));
    class->init(state, params);
    for (size_t i = 0; i < count; i++) {
        size_t at = i * INDICATOR_LANES + lane;
        struct indicator_bar bar = {
            .open = inputs & INDICATOR_OPEN ? columns->open[at] : 0.0,
            .high = inputs & INDICATOR_HIGH ? columns->high[at] : 0.0,
            .low = inputs & INDICATOR_LOW ? columns->low[at] : 0.0,
            .close = inputs & INDICATOR_CLOSE ? columns->close[at] : 0.0,
            .volume = inputs & INDICATOR_VOLUME ? columns->volume[at] : 0.0,
            .open_time_ns = inputs & INDICATOR_TIME ? columns->open_time_ns[i] : 0,
        };
        double values[INDICATOR_OUTPUTS_MAX];
        class->update(state, &bar, values);
        for (uint32_t k = 0; k < class->output_count; k++)
            out[k][at] = values[k];
    }
}

void indicator_run_lanes(const struct indicator_class *class, const struct indicator_params *params,
                         const struct indicator_lanes *columns, size_t count, double *const *out)
{
    ASSERT(class->update != NULL);
    if (class->batch_lanes != NULL) {
        class->batch_lanes(params, columns, count, out);
        return;
    }
    for (size_t lane = 0; lane < INDICATOR_LANES; lane++)
        run_lane(class, params, columns, lane, count, out);
}
