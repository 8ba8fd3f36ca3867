/* Collecting bars, growing their scale, judging times and prices. */
#include "world/import/bar_builder.h"

#include "base/time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WEEK_NS (7 * NANOSECONDS_PER_DAY)
#define MONDAY_NS (4 * NANOSECONDS_PER_DAY) /* 1970-01-05, the first Monday */
#define FIRST_CAPACITY 4096
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the content hash is little-endian");

/* ---- times ---- */

static int64_t time_past_boundary(int64_t time_ns, int64_t bar_ns)
{
    ASSERT(bar_ns > 0);
    /* First the remainder, then the shift, so that nothing overflows at the ends of the range. */
    int64_t past = time_ns % bar_ns;
    if (bar_ns % WEEK_NS == 0)
        past = (past - MONDAY_NS) % bar_ns;
    return past < 0 ? past + bar_ns : past;
}

bool bar_time_is_aligned(int64_t time_ns, int64_t bar_ns)
{
    return time_past_boundary(time_ns, bar_ns) == 0;
}

int64_t bar_time_floor(int64_t time_ns, int64_t bar_ns)
{
    int64_t out;
    return __builtin_sub_overflow(time_ns, time_past_boundary(time_ns, bar_ns), &out) ? INT64_MIN
                                                                                      : out;
}

static int64_t greatest_common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The steps decide what the bar length is or whether the given one is right. */
static enum bar_fault judge_step(struct bar_builder *builder, int64_t time_ns, uint64_t line)
{
    int64_t step;
    if (time_ns == builder->time_ns)
        return BAR_FAULT_TIME_SAME;
    if (UNLIKELY(time_ns < builder->time_ns) && builder->row_count == 1)
        builder->newest_first = true;
    if (UNLIKELY((time_ns < builder->time_ns) != builder->newest_first))
        return BAR_FAULT_TIME_UNSORTED;
    bool wraps = UNLIKELY(builder->newest_first)
                     ? __builtin_sub_overflow(builder->time_ns, time_ns, &step)
                     : __builtin_sub_overflow(time_ns, builder->time_ns, &step);
    if (wraps)
        step = INT64_MAX;
    int64_t bar_ns = builder->source->bar_ns;
    if (bar_ns != 0 && step != bar_ns) {
        if (step < bar_ns)
            return BAR_FAULT_TIME_CLOSE;
        if (!bar_time_is_aligned(time_ns, bar_ns))
            return BAR_FAULT_TIME_UNALIGNED;
    }
    if (step < builder->step_min) {
        builder->step_min = step;
        builder->step_min_line = line;
    }
    if (step != builder->step_gcd) {
        int64_t divisor = greatest_common_divisor(step, builder->step_gcd);
        if (divisor != builder->step_gcd) {
            builder->step_gcd = divisor;
            builder->step_gcd_line = line;
        }
    }
    return BAR_FAULT_NONE;
}

enum bar_fault bar_builder_time(struct bar_builder *builder, int64_t time_ns, uint64_t line,
                                bool *wanted)
{
    const struct bar_source *source = builder->source;
    if (UNLIKELY(source->skip_unaligned) && !bar_time_is_aligned(time_ns, source->bar_ns)) {
        builder->unaligned_count++;
        *wanted = false;
        return BAR_FAULT_NONE;
    }
    if (LIKELY(builder->row_count > 0)) {
        enum bar_fault fault = judge_step(builder, time_ns, line);
        if (UNLIKELY(fault != BAR_FAULT_NONE))
            return fault;
    } else {
        if (source->bar_ns != 0 && !bar_time_is_aligned(time_ns, source->bar_ns))
            return BAR_FAULT_TIME_UNALIGNED;
        builder->first_line = line;
        builder->first_time_ns = time_ns;
    }
    builder->row_count++;
    builder->line = line;
    builder->time_ns = time_ns;
    *wanted = time_ns >= source->from_ns && time_ns < source->to_ns;
    return BAR_FAULT_NONE;
}

/* ---- prices ---- */

/* All prices to `decimals` more decimals; false where one is too large for them. */
static bool grow_decimals(struct bar_builder *builder, unsigned decimals)
{
    int64_t factor = power_of_ten(decimals - builder->decimals);
    int64_t units_max;
    if (__builtin_mul_overflow(builder->units_max, factor, &units_max))
        return false;
    for (size_t i = 0; i < builder->count; i++) {
        struct bar *bar = &builder->bars[i];
        bar->open.units *= factor;
        bar->high.units *= factor;
        bar->low.units *= factor;
        bar->close.units *= factor;
    }
    builder->units_max = units_max;
    builder->decimals = decimals;
    return true;
}

/* Brings the scale of the series to what `price` needs. */
static enum bar_fault fit_decimals(struct bar_builder *builder, struct digits *price)
{
    if (LIKELY(price->decimals <= builder->decimals))
        return BAR_FAULT_NONE;
    digits_trim(price, builder->decimals);
    if (price->decimals <= builder->decimals)
        return BAR_FAULT_NONE;
    if (price->decimals > builder->source->price_decimals_max)
        return BAR_FAULT_PRICE_FINE;
    return grow_decimals(builder, price->decimals) ? BAR_FAULT_NONE : BAR_FAULT_PRICE_LARGE;
}

/* The four prices in units of the series. */
static enum bar_fault to_units(struct bar_builder *builder, struct digits prices[BAR_PRICE_COUNT],
                               int64_t units[BAR_PRICE_COUNT])
{
    /* First the scale of all, for it may grow. */
    for (unsigned i = 0; i < BAR_PRICE_COUNT; i++) {
        enum bar_fault fault = fit_decimals(builder, &prices[i]);
        if (UNLIKELY(fault != BAR_FAULT_NONE)) {
            builder->fault_price = i;
            return fault;
        }
    }
    for (unsigned i = 0; i < BAR_PRICE_COUNT; i++) {
        uint64_t factor = (uint64_t)power_of_ten(builder->decimals - prices[i].decimals);
        uint64_t value;
        builder->fault_price = i;
        if (UNLIKELY(__builtin_mul_overflow(prices[i].mantissa, factor, &value) ||
                     value > INT64_MAX))
            return BAR_FAULT_PRICE_LARGE;
        if (UNLIKELY(value == 0))
            return BAR_FAULT_PRICE_ZERO;
        units[i] = (int64_t)value;
    }
    return BAR_FAULT_NONE;
}

static enum bar_fault judge_prices(const int64_t units[BAR_PRICE_COUNT])
{
    int64_t low = units[BAR_LOW];
    int64_t high = units[BAR_HIGH];
    if (UNLIKELY(high < low))
        return BAR_FAULT_HIGH_LOW;
    if (UNLIKELY(units[BAR_OPEN] < low || units[BAR_OPEN] > high))
        return BAR_FAULT_OPEN;
    if (UNLIKELY(units[BAR_CLOSE] < low || units[BAR_CLOSE] > high))
        return BAR_FAULT_CLOSE;
    return BAR_FAULT_NONE;
}

static enum bar_fault append(struct bar_builder *builder, const int64_t units[BAR_PRICE_COUNT],
                             double volume)
{
    if (UNLIKELY(builder->count == builder->capacity)) {
        size_t capacity = builder->capacity == 0 ? FIRST_CAPACITY : builder->capacity * 2;
        if (builder->count >= BAR_SERIES_COUNT_MAX)
            return BAR_FAULT_MEMORY;
        struct bar *bars = realloc(builder->bars, capacity * sizeof *bars);
        if (bars == NULL)
            return BAR_FAULT_MEMORY;
        builder->bars = bars;
        builder->capacity = capacity;
    }
    builder->units_max = i64_max(builder->units_max, units[BAR_HIGH]);
    builder->bars[builder->count++] = (struct bar){
        .open_time_ns = builder->time_ns,
        .open = {units[BAR_OPEN]},
        .high = {units[BAR_HIGH]},
        .low = {units[BAR_LOW]},
        .close = {units[BAR_CLOSE]},
        .volume = volume,
    };
    return BAR_FAULT_NONE;
}

enum bar_fault bar_builder_prices(struct bar_builder *builder,
                                  struct digits prices[BAR_PRICE_COUNT], double volume)
{
    int64_t units[BAR_PRICE_COUNT];
    enum bar_fault fault = to_units(builder, prices, units);
    if (fault == BAR_FAULT_NONE)
        fault = judge_prices(units);
    return fault == BAR_FAULT_NONE ? append(builder, units, volume) : fault;
}

/* One side's prices in units, judged by themselves. */
static enum bar_fault side_units(struct bar_builder *builder, struct digits prices[BAR_PRICE_COUNT],
                                 int64_t units[BAR_PRICE_COUNT])
{
    enum bar_fault fault = to_units(builder, prices, units);
    return fault == BAR_FAULT_NONE ? judge_prices(units) : fault;
}

enum bar_fault bar_builder_quotes(struct bar_builder *builder, struct digits bids[BAR_PRICE_COUNT],
                                  struct digits asks[BAR_PRICE_COUNT], bool *of_ask)
{
    int64_t bid_units[BAR_PRICE_COUNT], ask_units[BAR_PRICE_COUNT], mids[BAR_PRICE_COUNT];
    for (;;) {
        unsigned decimals = builder->decimals;
        *of_ask = false;
        enum bar_fault fault = side_units(builder, bids, bid_units);
        if (fault != BAR_FAULT_NONE)
            return fault;
        *of_ask = true;
        fault = side_units(builder, asks, ask_units);
        if (fault != BAR_FAULT_NONE)
            return fault;
        *of_ask = false;
        /* Where the scale grew, the bids may be in the one before. */
        if (builder->decimals != decimals)
            continue;
        bool odd = false;
        for (unsigned i = 0; i < BAR_PRICE_COUNT && !odd; i++) {
            uint64_t sum = (uint64_t)bid_units[i] + (uint64_t)ask_units[i];
            mids[i] = (int64_t)(sum / 2);
            odd = sum % 2 != 0;
            builder->fault_price = i;
        }
        if (!odd)
            return append(builder, mids, 0);
        /* Half a unit: one more decimal holds it. */
        if (builder->decimals >= builder->source->price_decimals_max)
            return BAR_FAULT_PRICE_FINE;
        if (!grow_decimals(builder, builder->decimals + 1))
            return BAR_FAULT_PRICE_LARGE;
    }
}

/* ---- the whole ---- */

void bar_builder_init(struct bar_builder *builder, const struct bar_source *source)
{
    ASSERT(source->price_decimals_min <= source->price_decimals_max);
    ASSERT(source->price_decimals_max <= 18);
    ASSERT(source->bar_ns >= (source->skip_unaligned ? 1 : 0));
    *builder = (struct bar_builder){
        .source = source,
        .decimals = source->price_decimals_min,
        .step_min = INT64_MAX,
    };
}

void bar_builder_release(struct bar_builder *builder)
{
    free(builder->bars);
    *builder = (struct bar_builder){0};
}

static enum status finish_problem(const char *name, uint64_t line, struct problem *problem,
                                  const char *found)
{
    char where[sizeof problem->where];
    size_t size = strlen(name);
    snprintf(where, sizeof where, "%s%s:%llu: time", size > 160 ? "..." : "",
             size > 160 ? name + size - 160 : name, (unsigned long long)line);
    return problem_set(problem, STATUS_DATA_INVALID, line > 0 ? where : name, "%s", found);
}

/* The bar length by the steps seen. */
static enum status infer_length(const struct bar_builder *builder, const char *name,
                                int64_t *bar_ns, struct problem *problem)
{
    char found[200], step[DURATION_TEXT_SIZE], divisor[DURATION_TEXT_SIZE];
    if (builder->row_count < 2) {
        finish_problem(name, builder->line, problem,
                       "one row alone does not tell how long a bar is");
        problem_next(problem, "give the bar's length, such as 1h");
        return STATUS_DATA_INVALID;
    }
    duration_format(step, builder->step_min);
    if (builder->step_gcd != builder->step_min) {
        duration_format(divisor, builder->step_gcd);
        snprintf(found, sizeof found,
                 "rows up to line %llu are %s apart, here a step is no "
                 "multiple of that",
                 (unsigned long long)builder->step_min_line, step);
        finish_problem(name, builder->step_gcd_line, problem, found);
        problem_allowed(problem, "steps that are multiples of the smallest one");
        problem_next(problem, "if bars are missing, give the bar's length; %s would fit", divisor);
        return STATUS_DATA_INVALID;
    }
    if (!bar_time_is_aligned(builder->first_time_ns, builder->step_min)) {
        char time[TIME_TEXT_SIZE];
        time_format(time, builder->first_time_ns);
        snprintf(found, sizeof found, "%s, with rows %s apart", time, step);
        finish_problem(name, builder->first_line, problem, found);
        problem_allowed(problem, "open times at multiples of %s in UTC", step);
        problem_next(problem, "if bars are missing, give the bar's length");
        return STATUS_DATA_INVALID;
    }
    *bar_ns = builder->step_min;
    return STATUS_OK;
}

/* The length that was given: somewhere two rows must be that far apart. */
static enum status judge_length(const struct bar_builder *builder, const char *name,
                                struct problem *problem)
{
    int64_t bar_ns = builder->source->bar_ns;
    if (builder->row_count < 3 || builder->step_min == bar_ns)
        return STATUS_OK;
    char found[200], step[DURATION_TEXT_SIZE], length[DURATION_TEXT_SIZE];
    duration_format(step, builder->step_min);
    duration_format(length, bar_ns);
    snprintf(found, sizeof found, "no two rows are %s apart, the nearest are %s", length, step);
    finish_problem(name, builder->step_min_line, problem, found);
    problem_allowed(problem, "bars of the length given, %s", length);
    problem_next(problem, "give the bar's length as %s", step);
    return STATUS_DATA_INVALID;
}

static enum status judge_empty(const struct bar_builder *builder, const char *name,
                               struct problem *problem)
{
    char found[200], first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
    if (builder->count > 0)
        return STATUS_OK;
    if (builder->row_count == 0) {
        finish_problem(name, 0, problem, "no rows");
        problem_allowed(problem, "at least one bar");
        return STATUS_DATA_INVALID;
    }
    time_format(first, i64_min(builder->first_time_ns, builder->time_ns));
    time_format(last, i64_max(builder->first_time_ns, builder->time_ns));
    snprintf(found, sizeof found, "no bar lies in the time window; the file has %s to %s", first,
             last);
    finish_problem(name, 0, problem, found);
    problem_next(problem, "widen the window");
    return STATUS_DATA_INVALID;
}

enum status bar_builder_finish(struct bar_builder *builder, const char *name,
                               struct bar_series *out, struct problem *problem)
{
    *out = (struct bar_series){0};
    enum status status = judge_empty(builder, name, problem);
    int64_t bar_ns = builder->source->bar_ns;
    if (status == STATUS_OK)
        status = bar_ns == 0 ? infer_length(builder, name, &bar_ns, problem)
                             : judge_length(builder, name, problem);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0, k = builder->count; builder->newest_first && i + 1 < k; i++) {
        struct bar bar = builder->bars[i];
        builder->bars[i] = builder->bars[--k];
        builder->bars[k] = bar;
    }
    struct bar *bars = realloc(builder->bars, builder->count * sizeof *bars);
    if (bars != NULL)
        builder->bars = bars;
    struct bar_series series = {
        .bars = builder->bars,
        .count = builder->count,
        .price_decimals = builder->decimals,
        .bar_ns = bar_ns,
        .unaligned_count = builder->unaligned_count,
    };
    if (bar_series_summarise(&series) != STATUS_OK)
        return problem_set(problem, STATUS_NO_MEMORY, name, "no memory for the content hash");
    *out = series;
    builder->bars = NULL;
    bar_builder_release(builder);
    return STATUS_OK;
}

static void store_u64(unsigned char *out, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        out[i] = (unsigned char)(value >> (8 * i));
}

/* One bar's part of the counts; `before` is NULL for the first. */
static void count_gap(struct bar_series *series, int64_t before_ns, int64_t time_ns)
{
    int64_t step;
    if (__builtin_sub_overflow(time_ns, before_ns, &step))
        step = INT64_MAX;
    if (step == series->bar_ns)
        return;
    series->gap_count++;
    series->gap_bars_missing += (uint64_t)(step / series->bar_ns - 1);
    if (step > series->gap_longest_ns) {
        series->gap_longest_ns = step;
        series->gap_longest_at_ns = before_ns;
    }
}

enum status bar_summary_begin(struct bar_summary *summary, struct bar_series *series)
{
    *summary = (struct bar_summary){series, hash_stream_new(), INT64_MIN};
    if (summary->stream == NULL)
        return STATUS_NO_MEMORY;
    unsigned char head[40] = "tern bars";
    store_u64(head + 16, series->price_decimals);
    store_u64(head + 24, (uint64_t)series->bar_ns);
    store_u64(head + 32, series->count);
    hash_stream_append(summary->stream, head, sizeof head);
    series->zero_volume_count = series->gap_count = series->gap_bars_missing = 0;
    series->gap_longest_ns = series->gap_longest_at_ns = 0;
    series->low_min.units = INT64_MAX;
    series->high_max.units = 0;
    return STATUS_OK;
}

void bar_summary_add(struct bar_summary *summary, const struct bar *bars, size_t count)
{
    struct bar_series *series = summary->series;
    int64_t low = series->low_min.units, high = series->high_max.units;
    int64_t expected = (int64_t)((uint64_t)summary->last_ns + (uint64_t)series->bar_ns);
    int64_t before = summary->last_ns;
    uint64_t zeros = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t time = bars[i].open_time_ns;
        low = i64_min(low, bars[i].low.units);
        high = i64_max(high, bars[i].high.units);
        zeros += bars[i].volume == 0 ? 1 : 0;
        if (UNLIKELY(time != expected) && before != INT64_MIN)
            count_gap(series, before, time);
        expected = (int64_t)((uint64_t)time + (uint64_t)series->bar_ns);
        before = time;
    }
    series->low_min.units = low;
    series->high_max.units = high;
    series->zero_volume_count += zeros;
    summary->last_ns = before;
    /* A bar has no padding, and its fields stand in the order of the preimage. */
    hash_stream_append(summary->stream, bars, count * sizeof *bars);
}

void bar_summary_end(struct bar_summary *summary)
{
    if (summary->stream != NULL)
        summary->series->content_hash = hash_stream_value(summary->stream);
    hash_stream_free(summary->stream);
    summary->stream = NULL;
}

enum status bar_series_summarise(struct bar_series *series)
{
    struct bar_summary summary;
    if (bar_summary_begin(&summary, series) != STATUS_OK)
        return STATUS_NO_MEMORY;
    /* Counting and hashing in pieces that stay in the cache. */
    enum { PIECE = 512 };
    for (size_t begin = 0; begin < series->count; begin += PIECE) {
        size_t end = begin + PIECE < series->count ? begin + PIECE : series->count;
        bar_summary_add(&summary, series->bars + begin, end - begin);
    }
    bar_summary_end(&summary);
    return STATUS_OK;
}

void bar_series_release(struct bar_series *series)
{
    free(series->bars);
    *series = (struct bar_series){0};
}
