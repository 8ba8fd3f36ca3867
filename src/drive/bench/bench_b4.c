/* B-4: fourteen indicators over a million bars of a random walk, in three forms: whole columns
 * (B-4), bar after bar (B-4s), and eight series side by side (B-4x). The figure is the geometric
 * mean of the fourteen rates; the note has each one's time a bar. The plain loop reads the columns
 * (B-4s: the bars) that an indicator reads and writes the columns that it writes, with a sum
 * between them, by the widest instructions there are.
 *
 * B-4x has a million bars in all, as sixteen groups of eight series of 8,192 bars; the outputs of
 * all groups go to one place, as those of somebody who looks at each and goes on.
 *
 * A million bars come from memory, which takes as long as an EMA, so the notes compare forms on
 * pieces of 8,192 bars that are in the cache: of B-4s how many times the time of the column form
 * bar after bar takes; of B-4x how many times faster eight series are than the column form with the
 * same series one after another, and how many times faster they could be if reading and writing
 * were all there is to do.
 *
 * Before anything is measured the three forms are compared bit by bit; the check is a hash of all
 * outputs. Columns begin with a line of the cache, at different places of a page: at equal ones the
 * CPU believes that loads depend on stores. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/math.h"
#include "base/random.h"
#include "core/signal/indicator.h"
#include "core/signal/variant.h"
#include "drive/bench/bench.h"

#define BARS 1048576u
#define SERIES_BARS 8192u /* of B-4x, and of what is measured in the cache */
#define GROUP_SIZE (SERIES_BARS * INDICATOR_LANES)
#define GROUPS (BARS / GROUP_SIZE)
#define COLUMN_STRIDE (BARS + 520u)
#define OUTPUTS 3u
#define FIELDS 5u

static const struct indicator_class *const studies[] = {
    &indicator_sma, &indicator_ema,  &indicator_wma,      &indicator_vwma,     &indicator_rsi,
    &indicator_macd, &indicator_stoch, &indicator_cci,     &indicator_adx,      &indicator_psar,
    &indicator_atr, &indicator_bollinger, &indicator_donchian, &indicator_obv,
};
#define STUDIES ARRAY_COUNT(studies)

enum form { FORM_COLUMNS, FORM_STREAM, FORM_LANES };

struct b4 {
    enum form form;
    double *memory; /* FIELDS + 2 * OUTPUTS columns */
    double *fields[FIELDS];
    double *out[OUTPUTS], *again[OUTPUTS];
    double *series;             /* FORM_LANES: FIELDS + OUTPUTS columns of one series */
    struct indicator_bar *bars; /* FORM_STREAM */
    double *samples;            /* [study][run] ns a bar; run 0 is the warm-up */
    uint32_t run_count;
    struct hash128 hash;
};

static const uint32_t field_bits[FIELDS] = {INDICATOR_OPEN, INDICATOR_HIGH, INDICATOR_LOW,
                                            INDICATOR_CLOSE, INDICATOR_VOLUME};

static struct indicator_columns columns_of(const struct b4 *b4)
{
    return (struct indicator_columns){.open = b4->fields[0],
                                      .high = b4->fields[1],
                                      .low = b4->fields[2],
                                      .close = b4->fields[3],
                                      .volume = b4->fields[4]};
}

/* Eight series, `from` values behind the beginning. */
static struct indicator_lanes lanes_of(const struct b4 *b4, size_t from)
{
    return (struct indicator_lanes){.open = b4->fields[0] + from,
                                    .high = b4->fields[1] + from,
                                    .low = b4->fields[2] + from,
                                    .close = b4->fields[3] + from,
                                    .volume = b4->fields[4] + from};
}

/* A walk of `count` bars, `apart` values from one to the next. */
static void draw(const struct b4 *b4, struct random *random, size_t at, size_t count, size_t apart)
{
    double close = 100.0;
    for (size_t i = 0; i < count; i++, at += apart) {
        double open = close;
        close *= 1.0 + 0.004 * (random_unit(random) - 0.5);
        double top = open > close ? open : close;
        double bottom = open < close ? open : close;
        b4->fields[0][at] = open;
        b4->fields[1][at] = top + 0.2 * random_unit(random);
        b4->fields[2][at] = bottom - 0.2 * random_unit(random);
        b4->fields[3][at] = close;
        b4->fields[4][at] = 1.0 + 1000.0 * random_unit(random);
    }
}

static void draw_all(const struct b4 *b4)
{
    struct random random;
    random_init(&random, 4, 0);
    if (b4->form != FORM_LANES)
        draw(b4, &random, 0, BARS, 1);
    for (size_t s = 0; b4->form == FORM_LANES && s < BARS / SERIES_BARS; s++)
        draw(b4, &random, s / INDICATOR_LANES * GROUP_SIZE + s % INDICATOR_LANES, SERIES_BARS,
             INDICATOR_LANES);
}

/* ---- the three forms ------------------------------------------------------------------------- */

static void stream(const struct indicator_class *class, const struct indicator_params *params,
                   const struct indicator_bar *bars, size_t count, double *const *out)
{
    _Alignas(64) unsigned char state[INDICATOR_STATE_SIZE_MAX];
    bool (*update)(void *, const struct indicator_bar *, double *) = class->update;
    uint32_t output_count = class->output_count;
    class->init(state, params);
    for (size_t i = 0; i < count; i++) {
        double values[INDICATOR_OUTPUTS_MAX];
        update(state, &bars[i], values);
        for (uint32_t k = 0; k < output_count; k++)
            out[k][i] = values[k];
    }
}

/* Eight series side by side; the outputs go to `to` and after it. */
static void group_compute(const struct b4 *b4, const struct indicator_class *class, size_t group,
                          size_t to)
{
    const struct indicator_lanes lanes = lanes_of(b4, group * GROUP_SIZE);
    struct indicator_params params;
    double *out[OUTPUTS];
    indicator_params_default(class, &params);
    for (size_t k = 0; k < OUTPUTS; k++)
        out[k] = b4->out[k] + to;
    class->batch_lanes(&params, &lanes, SERIES_BARS, out);
}

/* group_size: how far apart the outputs of the groups of B-4x go. */
static void compute(const struct b4 *b4, const struct indicator_class *class, size_t group_size)
{
    struct indicator_params params;
    indicator_params_default(class, &params);
    if (b4->form == FORM_STREAM) {
        stream(class, &params, b4->bars, BARS, b4->out);
    } else if (b4->form == FORM_COLUMNS) {
        const struct indicator_columns columns = columns_of(b4);
        class->batch(&params, &columns, BARS, b4->out);
    }
    for (size_t group = 0; b4->form == FORM_LANES && group < GROUPS; group++)
        group_compute(b4, class, group, group * group_size);
}

/* Series by itself out of the eight of a group. */
static struct indicator_columns series_of(const struct b4 *b4, size_t group, size_t lane)
{
    for (size_t f = 0; f < FIELDS; f++) {
        const double *from = b4->fields[f] + group * GROUP_SIZE + lane;
        for (size_t i = 0; i < SERIES_BARS; i++)
            b4->series[f * SERIES_BARS + i] = from[i * INDICATOR_LANES];
    }
    return (struct indicator_columns){.open = b4->series,
                                      .high = b4->series + SERIES_BARS,
                                      .low = b4->series + 2 * (size_t)SERIES_BARS,
                                      .close = b4->series + 3 * (size_t)SERIES_BARS,
                                      .volume = b4->series + 4 * (size_t)SERIES_BARS};
}

/* Seconds that the column form takes for all series of B-4x, each by itself; `again` gets what it
 * makes, laid out as the groups are. */
static double each_alone(const struct b4 *b4, const struct indicator_class *class)
{
    struct indicator_params params;
    double *out[OUTPUTS];
    double seconds = 0.0;
    indicator_params_default(class, &params);
    for (size_t k = 0; k < OUTPUTS; k++)
        out[k] = b4->series + (FIELDS + k) * SERIES_BARS;
    for (size_t s = 0; s < BARS / SERIES_BARS; s++) {
        size_t group = s / INDICATOR_LANES;
        size_t lane = s % INDICATOR_LANES;
        const struct indicator_columns columns = series_of(b4, group, lane);
        double start = bench_seconds();
        class->batch(&params, &columns, SERIES_BARS, out);
        seconds += bench_seconds() - start;
        for (size_t k = 0; k < class->output_count; k++) {
            for (size_t i = 0; i < SERIES_BARS; i++)
                b4->again[k][group * GROUP_SIZE + i * INDICATOR_LANES + lane] = out[k][i];
        }
    }
    return seconds;
}

/* What the indicator gives by its column form, laid out as the form under test lays it out. */
static void compute_again(const struct b4 *b4, const struct indicator_class *class)
{
    struct indicator_params params;
    const struct indicator_columns columns = columns_of(b4);
    indicator_params_default(class, &params);
    if (b4->form == FORM_LANES)
        (void)each_alone(b4, class);
    else
        class->batch(&params, &columns, BARS, b4->again);
}

static enum status compare(struct b4 *b4, struct problem *problem)
{
    for (size_t i = 0; i < STUDIES; i++) {
        const struct indicator_class *class = studies[i];
        struct hash128 parts[OUTPUTS + 1] = {b4->hash};
        ASSERT(class->output_count <= OUTPUTS);
        compute(b4, class, GROUP_SIZE);
        compute_again(b4, class);
        for (size_t k = 0; k < class->output_count; k++) {
            if (memcmp(b4->out[k], b4->again[k], BARS * sizeof(double)) != 0)
                return problem_set(problem, STATUS_INTERNAL, class->name,
                                   "%s differs from the column form", class->outputs[k]);
            parts[k + 1] = hash128_of(b4->out[k], BARS * sizeof(double));
        }
        b4->hash = hash128_of(parts, (class->output_count + 1) * sizeof parts[0]);
    }
    return STATUS_OK;
}

/* ---- set-up ---------------------------------------------------------------------------------- */

static void b4_teardown(void *context)
{
    struct b4 *b4 = context;
    free(b4->memory);
    free(b4->series);
    free(b4->bars);
    free(b4->samples);
    free(b4);
}

static enum status prepare(struct b4 *b4, struct problem *problem)
{
    size_t size = (FIELDS + 2 * (size_t)OUTPUTS) * COLUMN_STRIDE * sizeof(double);
    b4->memory = aligned_alloc(64, size);
    b4->series = aligned_alloc(64, (FIELDS + OUTPUTS) * SERIES_BARS * sizeof *b4->series);
    b4->samples = calloc(STUDIES * (BENCH_RUNS_MAX + 1), sizeof *b4->samples);
    if (b4->memory == NULL || b4->series == NULL || b4->samples == NULL)
        return STATUS_NO_MEMORY;
    memset(b4->memory, 0, size);
    double *column = b4->memory;
    for (size_t f = 0; f < FIELDS; f++, column += COLUMN_STRIDE)
        b4->fields[f] = column;
    for (size_t k = 0; k < OUTPUTS; k++, column += 2 * (size_t)COLUMN_STRIDE) {
        b4->out[k] = column;
        b4->again[k] = column + COLUMN_STRIDE;
    }
    draw_all(b4);
    if (b4->form == FORM_STREAM) {
        b4->bars = calloc(BARS, sizeof *b4->bars);
        if (b4->bars == NULL)
            return STATUS_NO_MEMORY;
        for (size_t i = 0; i < BARS; i++)
            b4->bars[i] = (struct indicator_bar){
                b4->fields[0][i], b4->fields[1][i], b4->fields[2][i],
                b4->fields[3][i], b4->fields[4][i], (int64_t)i * NANOSECONDS_PER_SECOND};
    }
    return compare(b4, problem);
}

static enum status b4_setup(void **context, enum form form, struct problem *problem)
{
    struct b4 *b4 = calloc(1, sizeof *b4);
    if (b4 == NULL)
        return STATUS_NO_MEMORY;
    b4->form = form;
    enum status status = prepare(b4, problem);
    if (status != STATUS_OK)
        b4_teardown(b4);
    else
        *context = b4;
    return status;
}

static enum status b4_setup_columns(void **context, struct problem *problem)
{
    return b4_setup(context, FORM_COLUMNS, problem);
}

static enum status b4_setup_stream(void **context, struct problem *problem)
{
    return b4_setup(context, FORM_STREAM, problem);
}

static enum status b4_setup_lanes(void **context, struct problem *problem)
{
    return b4_setup(context, FORM_LANES, problem);
}

/* ---- runs ------------------------------------------------------------------------------------ */

/* Bars a second, the geometric mean over the studies. */
static double b4_run(void *context)
{
    struct b4 *b4 = context;
    double logs = 0.0;
    ASSERT(b4->run_count <= BENCH_RUNS_MAX);
    for (size_t i = 0; i < STUDIES; i++) {
        double start = bench_seconds();
        compute(b4, studies[i], 0);
        double nanoseconds = (bench_seconds() - start) * 1e9 / BARS;
        b4->samples[i * (BENCH_RUNS_MAX + 1) + b4->run_count] = nanoseconds;
        logs += math_log(nanoseconds);
    }
    b4->run_count++;
    return 1e9 / math_exp(logs / (double)STUDIES);
}

/* One row after the other, each value read and written once; both counts are constants. */
ALWAYS_INLINE void plain_loop(const double *const *in, size_t in_count, size_t rows,
                              double *const *outs, size_t out_count)
{
    const double *a = in[0], *b = in[in_count > 1], *c = in[in_count > 2 ? 2 : 0];
    double *restrict x = outs[0], *restrict y = outs[1], *restrict z = outs[2];
    for (size_t i = 0; i < rows; i++) {
        double sum = a[i] * 0.5;
        if (in_count > 1)
            sum += b[i];
        if (in_count > 2)
            sum += c[i];
        x[i] = sum;
        if (out_count > 1)
            y[i] = sum;
        if (out_count > 2)
            z[i] = sum;
    }
}

/* `rows` rows of the columns that the indicator reads, written to those that it writes. */
ALWAYS_INLINE void plain_rows(const struct indicator_class *class, const double *const *fields,
                              size_t rows, double *const *outs)
{
    const double *in[FIELDS] = {NULL};
    size_t count = 0;
    for (size_t f = 0; f < FIELDS; f++) {
        if (class->inputs & field_bits[f])
            in[count++] = fields[f];
    }
    switch (count * 4 + class->output_count) {
    case 4 + 1: plain_loop(in, 1, rows, outs, 1); return;
    case 4 + 3: plain_loop(in, 1, rows, outs, 3); return;
    case 8 + 1: plain_loop(in, 2, rows, outs, 1); return;
    case 8 + 3: plain_loop(in, 2, rows, outs, 3); return;
    case 12 + 1: plain_loop(in, 3, rows, outs, 1); return;
    case 12 + 2: plain_loop(in, 3, rows, outs, 2); return;
    case 12 + 3: plain_loop(in, 3, rows, outs, 3); return;
    default: ASSERT(false);
    }
}

#define PLAIN_ARGS                                                                 \
    const struct indicator_class *class, const double *const *fields, size_t rows, \
        double *const *outs

static void plain_base(PLAIN_ARGS)
{
    plain_rows(class, fields, rows, outs);
}

SIGNAL_V3 static void plain_v3(PLAIN_ARGS)
{
    plain_rows(class, fields, rows, outs);
}

SIGNAL_V4 static void plain_v4(PLAIN_ARGS)
{
    plain_rows(class, fields, rows, outs);
}

/* Rows from `from` on, written to `to` and after it. */
static void plain(const struct b4 *b4, const struct indicator_class *class, size_t from,
                  size_t rows, size_t to)
{
    static void (*const forms[INDICATOR_VARIANT_COUNT])(PLAIN_ARGS) = {plain_base, plain_v3,
                                                                       plain_v4};
    const double *fields[FIELDS];
    double *outs[OUTPUTS];
    for (size_t f = 0; f < FIELDS; f++)
        fields[f] = b4->fields[f] + from;
    for (size_t k = 0; k < OUTPUTS; k++)
        outs[k] = b4->out[k] + to;
    forms[indicator_variant_of_cpu()](class, fields, rows, outs);
}

/* The same with bars, which are read whole: their fields share lines of the cache. */
static void plain_bars(const struct b4 *b4, const struct indicator_class *class)
{
    const struct indicator_bar *bars = b4->bars;
    double *const *out = b4->out;
    for (size_t i = 0; i < BARS; i++) {
        double sum = bars[i].high + bars[i].low + bars[i].close + bars[i].volume;
        for (uint32_t k = 0; k < class->output_count; k++)
            out[k][i] = sum;
    }
}

static double b4_limit(void *context)
{
    const struct b4 *b4 = context;
    double logs = 0.0;
    for (size_t i = 0; i < STUDIES; i++) {
        double start = bench_seconds();
        for (size_t from = 0; b4->form == FORM_LANES && from < BARS; from += GROUP_SIZE)
            plain(b4, studies[i], from, GROUP_SIZE, 0);
        if (b4->form == FORM_STREAM)
            plain_bars(b4, studies[i]);
        if (b4->form == FORM_COLUMNS)
            plain(b4, studies[i], 0, BARS, 0);
        logs += math_log((bench_seconds() - start) * 1e9 / BARS);
    }
    return 1e9 / math_exp(logs / (double)STUDIES);
}

static void b4_check(void *context, char out[BENCH_CHECK_SIZE])
{
    const struct b4 *b4 = context;
    hash128_format(out, b4->hash);
}

/* ---- in the cache ---------------------------------------------------------------------------- */

/* A piece of the data is done twice; the second time it is in the cache. Pieces differ, so that the
 * CPU cannot know a market by heart. */
typedef void piece_call(const struct b4 *b4, const struct indicator_class *class, size_t piece);

static double each_in_cache(const struct b4 *b4, const struct indicator_class *class, size_t pieces,
                            piece_call *call)
{
    double seconds = 0.0;
    for (size_t piece = 0; piece < pieces; piece++) {
        call(b4, class, piece);
        double start = bench_seconds();
        call(b4, class, piece);
        seconds += bench_seconds() - start;
    }
    return seconds;
}

static void piece_group(const struct b4 *b4, const struct indicator_class *class, size_t piece)
{
    group_compute(b4, class, piece, 0);
}

static void piece_plain(const struct b4 *b4, const struct indicator_class *class, size_t piece)
{
    plain(b4, class, piece * GROUP_SIZE, GROUP_SIZE, 0);
}

static void piece_stream(const struct b4 *b4, const struct indicator_class *class, size_t piece)
{
    struct indicator_params params;
    indicator_params_default(class, &params);
    stream(class, &params, b4->bars + piece * SERIES_BARS, SERIES_BARS, b4->out);
}

static void piece_columns(const struct b4 *b4, const struct indicator_class *class, size_t piece)
{
    size_t from = piece * SERIES_BARS;
    struct indicator_params params;
    const struct indicator_columns columns = {.open = b4->fields[0] + from,
                                              .high = b4->fields[1] + from,
                                              .low = b4->fields[2] + from,
                                              .close = b4->fields[3] + from,
                                              .volume = b4->fields[4] + from};
    indicator_params_default(class, &params);
    class->batch(&params, &columns, SERIES_BARS, b4->out);
}

/* ---- notes ----------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

#define COMPARISONS 5u

/* What is said of one indicator behind its time a bar, from medians of comparisons in the cache. */
static int compare_in_cache(const struct b4 *b4, const struct indicator_class *class, char *out,
                            size_t size)
{
    double times[COMPARISONS], bounds[COMPARISONS];
    bool lanes = b4->form == FORM_LANES;
    for (size_t run = 0; run < COMPARISONS; run++) {
        if (lanes) {
            double alone = each_alone(b4, class);
            times[run] = alone / each_in_cache(b4, class, GROUPS, piece_group);
            bounds[run] = alone / each_in_cache(b4, class, GROUPS, piece_plain);
        } else {
            bounds[run] = each_in_cache(b4, class, BARS / SERIES_BARS, piece_stream);
            times[run] = bounds[run] / each_in_cache(b4, class, BARS / SERIES_BARS, piece_columns);
        }
    }
    qsort(times, COMPARISONS, sizeof times[0], by_value);
    qsort(bounds, COMPARISONS, sizeof bounds[0], by_value);
    if (lanes)
        return snprintf(out, size, " (%.1f of %.1f)", times[COMPARISONS / 2],
                        bounds[COMPARISONS / 2]);
    return snprintf(out, size, " (%.2f, x %.1f)", bounds[COMPARISONS / 2] * 1e9 / BARS,
                    times[COMPARISONS / 2]);
}

/* Medians of the runs, each with what compare_in_cache says. */
static void b4_note(void *context, char out[BENCH_NOTE_SIZE])
{
    static const char *const heads[] = {
        [FORM_COLUMNS] = "ns/bar:",
        [FORM_STREAM] = "ns/bar (in the cache, x columns there):",
        [FORM_LANES] = "ns/bar (times each alone in the cache, of plain reading and writing):",
    };
    struct b4 *b4 = context;
    int used = snprintf(out, BENCH_NOTE_SIZE, "%s", heads[b4->form]);
    for (size_t i = 0; i < STUDIES && used >= 0 && used < (int)BENCH_NOTE_SIZE; i++) {
        double *samples = &b4->samples[i * (BENCH_RUNS_MAX + 1) + 1];
        qsort(samples, b4->run_count - 1, sizeof *samples, by_value);
        double median = samples[(b4->run_count - 1) / 2];
        used += snprintf(out + used, BENCH_NOTE_SIZE - (size_t)used, " %s %.2f", studies[i]->name,
                         median);
        if (b4->form != FORM_COLUMNS && used >= 0 && used < (int)BENCH_NOTE_SIZE)
            used += compare_in_cache(b4, studies[i], out + used, BENCH_NOTE_SIZE - (size_t)used);
    }
}

#define B4_ROW(id_, name_, setup_)                                                             \
    {                                                                                          \
        .id = id_, .name = name_, .unit = "bars/s", .limit_name = "read and write alone",      \
        .setup = setup_, .run = b4_run, .limit = b4_limit, .check = b4_check, .note = b4_note, \
        .teardown = b4_teardown                                                                \
    }

const struct bench_class bench_b4 = B4_ROW("B-4", "indicators, columns", b4_setup_columns);
const struct bench_class bench_b4s = B4_ROW("B-4s", "indicators, streaming", b4_setup_stream);
const struct bench_class bench_b4x = B4_ROW("B-4x", "indicators, eight series", b4_setup_lanes);
