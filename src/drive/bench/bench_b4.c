/* B-4: fourteen indicators over a million bars of a random walk, in three forms: whole columns
 * (B-4), bar after bar (B-4s), and eight series side by side (B-4x; a million bars in all, an
 * eighth of them a series). The figure is the geometric mean of the fourteen rates; the note has
 * each one's time a bar. The plain loop reads the columns that an indicator reads and writes those
 * that it writes, with a sum between them.
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
#include "drive/bench/bench.h"

#define BARS 1048576u
#define SERIES_BARS (BARS / INDICATOR_LANES)
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

static struct indicator_lanes lanes_of(const struct b4 *b4)
{
    return (struct indicator_lanes){.open = b4->fields[0],
                                    .high = b4->fields[1],
                                    .low = b4->fields[2],
                                    .close = b4->fields[3],
                                    .volume = b4->fields[4]};
}

/* One series begins every `length` bars; step i of series s lies at i * stride + s * apart. */
static void draw(struct b4 *b4, size_t length, size_t stride, size_t apart)
{
    struct random random;
    random_init(&random, 4, 0);
    for (size_t s = 0; s < BARS / length; s++) {
        double close = 100.0;
        for (size_t i = 0; i < length; i++) {
            size_t at = i * stride + s * apart;
            double open = close;
            close *= 1.0 + 0.004 * (random_unit(&random) - 0.5);
            double top = open > close ? open : close;
            double bottom = open < close ? open : close;
            b4->fields[0][at] = open;
            b4->fields[1][at] = top + 0.2 * random_unit(&random);
            b4->fields[2][at] = bottom - 0.2 * random_unit(&random);
            b4->fields[3][at] = close;
            b4->fields[4][at] = 1.0 + 1000.0 * random_unit(&random);
        }
    }
}

/* ---- the three forms ------------------------------------------------------------------------- */

static void stream(const struct indicator_class *class, const struct indicator_params *params,
                   const struct indicator_bar *bars, double *const *out)
{
    _Alignas(64) unsigned char state[INDICATOR_STATE_SIZE_MAX];
    bool (*update)(void *, const struct indicator_bar *, double *) = class->update;
    uint32_t output_count = class->output_count;
    class->init(state, params);
    for (size_t i = 0; i < BARS; i++) {
        double values[INDICATOR_OUTPUTS_MAX];
        update(state, &bars[i], values);
        for (uint32_t k = 0; k < output_count; k++)
            out[k][i] = values[k];
    }
}

static void compute(const struct b4 *b4, const struct indicator_class *class, double *const *out)
{
    struct indicator_params params;
    indicator_params_default(class, &params);
    if (b4->form == FORM_STREAM) {
        stream(class, &params, b4->bars, out);
    } else if (b4->form == FORM_LANES) {
        const struct indicator_lanes lanes = lanes_of(b4);
        class->batch_lanes(&params, &lanes, SERIES_BARS, out);
    } else {
        const struct indicator_columns columns = columns_of(b4);
        class->batch(&params, &columns, BARS, out);
    }
}

/* What the indicator gives by its column form, laid out as the form under test lays it out. */
static void compute_again(const struct b4 *b4, const struct indicator_class *class)
{
    static const size_t at_once = INDICATOR_LANES;
    struct indicator_params params;
    struct indicator_columns columns = columns_of(b4);
    double *out[OUTPUTS];
    indicator_params_default(class, &params);
    if (b4->form != FORM_LANES) {
        class->batch(&params, &columns, BARS, b4->again);
        return;
    }
    double *series = malloc((FIELDS + OUTPUTS) * SERIES_BARS * sizeof *series);
    ASSERT(series != NULL);
    for (size_t s = 0; s < at_once; s++) {
        for (size_t f = 0; f < FIELDS; f++) {
            for (size_t i = 0; i < SERIES_BARS; i++)
                series[f * SERIES_BARS + i] = b4->fields[f][i * at_once + s];
        }
        columns = (struct indicator_columns){.open = series,
                                             .high = series + SERIES_BARS,
                                             .low = series + 2 * (size_t)SERIES_BARS,
                                             .close = series + 3 * (size_t)SERIES_BARS,
                                             .volume = series + 4 * (size_t)SERIES_BARS};
        for (size_t k = 0; k < OUTPUTS; k++)
            out[k] = series + (FIELDS + k) * SERIES_BARS;
        class->batch(&params, &columns, SERIES_BARS, out);
        for (size_t k = 0; k < class->output_count; k++) {
            for (size_t i = 0; i < SERIES_BARS; i++)
                b4->again[k][i * at_once + s] = out[k][i];
        }
    }
    free(series);
}

static enum status compare(struct b4 *b4, struct problem *problem)
{
    for (size_t i = 0; i < STUDIES; i++) {
        const struct indicator_class *class = studies[i];
        struct hash128 parts[OUTPUTS + 1] = {b4->hash};
        ASSERT(class->output_count <= OUTPUTS);
        compute(b4, class, b4->out);
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
    free(b4->bars);
    free(b4->samples);
    free(b4);
}

static enum status prepare(struct b4 *b4, struct problem *problem)
{
    size_t size = (FIELDS + 2 * (size_t)OUTPUTS) * COLUMN_STRIDE * sizeof(double);
    b4->memory = aligned_alloc(64, size);
    b4->samples = calloc(STUDIES * (BENCH_RUNS_MAX + 1), sizeof *b4->samples);
    if (b4->memory == NULL || b4->samples == NULL)
        return STATUS_NO_MEMORY;
    memset(b4->memory, 0, size);
    double *column = b4->memory;
    for (size_t f = 0; f < FIELDS; f++, column += COLUMN_STRIDE)
        b4->fields[f] = column;
    for (size_t k = 0; k < OUTPUTS; k++, column += 2 * (size_t)COLUMN_STRIDE) {
        b4->out[k] = column;
        b4->again[k] = column + COLUMN_STRIDE;
    }
    if (b4->form == FORM_LANES)
        draw(b4, SERIES_BARS, INDICATOR_LANES, 1);
    else
        draw(b4, BARS, 1, 0);
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
        compute(b4, studies[i], b4->out);
        double nanoseconds = (bench_seconds() - start) * 1e9 / BARS;
        b4->samples[i * (BENCH_RUNS_MAX + 1) + b4->run_count] = nanoseconds;
        logs += math_log(nanoseconds);
    }
    b4->run_count++;
    return 1e9 / math_exp(logs / (double)STUDIES);
}

static void plain(const struct b4 *b4, const struct indicator_class *class)
{
    const double *used[FIELDS];
    size_t count = 0;
    for (size_t f = 0; f < FIELDS; f++) {
        if (class->inputs & field_bits[f])
            used[count++] = b4->fields[f];
    }
    const double *a = used[0];
    const double *b = used[count > 1 ? 1 : 0];
    const double *c = used[count > 2 ? 2 : 0];
    for (uint32_t k = 0; k < class->output_count; k++) {
        double *out = b4->out[k];
        for (size_t i = 0; count == 1 && i < BARS; i++)
            out[i] = a[i] * 0.5;
        for (size_t i = 0; count == 2 && i < BARS; i++)
            out[i] = a[i] + b[i];
        for (size_t i = 0; count > 2 && i < BARS; i++)
            out[i] = (a[i] + b[i]) + c[i];
    }
}

static double b4_limit(void *context)
{
    const struct b4 *b4 = context;
    double logs = 0.0;
    for (size_t i = 0; i < STUDIES; i++) {
        double start = bench_seconds();
        plain(b4, studies[i]);
        logs += math_log((bench_seconds() - start) * 1e9 / BARS);
    }
    return 1e9 / math_exp(logs / (double)STUDIES);
}

static void b4_check(void *context, char out[BENCH_CHECK_SIZE])
{
    const struct b4 *b4 = context;
    hash128_format(out, b4->hash);
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static void b4_note(void *context, char out[BENCH_NOTE_SIZE])
{
    struct b4 *b4 = context;
    int used = snprintf(out, BENCH_NOTE_SIZE, "ns/bar:");
    for (size_t i = 0; i < STUDIES && used >= 0 && used < (int)BENCH_NOTE_SIZE; i++) {
        double *samples = &b4->samples[i * (BENCH_RUNS_MAX + 1) + 1];
        qsort(samples, b4->run_count - 1, sizeof *samples, by_value);
        used += snprintf(out + used, BENCH_NOTE_SIZE - (size_t)used, " %s %.2f", studies[i]->name,
                         samples[(b4->run_count - 1) / 2]);
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
