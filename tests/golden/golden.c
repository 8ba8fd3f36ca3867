/* Hashes of what the pure rooms compute from fixed seeds: one line each, `name hash`.
 *
 * tests/golden/test_matrix.py runs this program in every build of the determinism matrix and on an
 * emulated arm64 machine; all must print tests/golden/golden.txt, byte for byte. A line is added
 * for each computation whose bits can reach money or a published figure. Where a change of results
 * is meant, the text is written anew: tools/matrix --accept. */
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "base/math.h"
#include "base/random.h"
#include "base/time.h"
#include "core/signal/indicator.h"

#include "golden.h"

#define DRAWS 200000
#define TEXT_DRAWS 20000
#define BARS 4096

static void put_double(struct hash_stream *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    /* The sign and payload of a NaN are the processor's own. */
    if (value != value)
        bits = UINT64_C(0x7ff8000000000000);
    hash_stream_append(out, &bits, sizeof(bits));
}

static void put_text(struct hash_stream *out, const char *text, size_t size)
{
    hash_stream_append(out, text, size);
    hash_stream_append(out, "\n", 1);
}

/* Any bit pattern, infinities, NaNs and denormals among them. */
static double any_double(struct random *random)
{
    uint64_t bits = random_u64(random);
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* Uniform in [-limit, limit), where most arguments lie in practice. */
static double near_double(struct random *random, double limit)
{
    return (2.0 * random_unit(random) - 1.0) * limit;
}

struct unary_case {
    const char *name;
    double (*function)(double x);
    double limit;
};

static const struct unary_case unary_cases[] = {
    {"math_exp", math_exp, 750.0},
    {"math_expm1", math_expm1, 750.0},
    {"math_log", math_log, 1e6},
    {"math_log1p", math_log1p, 1e3},
    {"math_tanh", math_tanh, 25.0},
    {"math_sin", math_sin, 1e9},
    {"math_cos", math_cos, 1e9},
    {"math_erf", math_erf, 6.0},
    {"math_erfc", math_erfc, 30.0},
    {"math_normal_cdf", math_normal_cdf, 40.0},
    {"math_normal_quantile", math_normal_quantile, 1.0},
    {"math_log_gamma", math_log_gamma, 200.0},
    {"math_sqrt", math_sqrt, 1e12},
};

static void run_unary(const struct unary_case *unary, struct hash_stream *out)
{
    struct random random;
    random_init(&random, 20240101, 1);
    for (int i = 0; i < DRAWS; i++) {
        put_double(out, unary->function(any_double(&random)));
        put_double(out, unary->function(near_double(&random, unary->limit)));
    }
}

static void run_binary(struct hash_stream *out)
{
    struct random random;
    random_init(&random, 20240101, 2);
    for (int i = 0; i < DRAWS; i++) {
        double x = any_double(&random), y = any_double(&random);
        double near_x = near_double(&random, 100.0), near_y = near_double(&random, 30.0);
        put_double(out, math_pow(x, y));
        put_double(out, math_pow(near_x < 0 ? -near_x : near_x, near_y));
        put_double(out, math_atan2(y, x));
        put_double(out, math_atan2(near_y, near_x));
        put_double(out, math_fma(x, y, near_x));
        put_double(out, math_fma(near_x, near_y, -near_x));
    }
}

static void run_batches(struct hash_stream *out)
{
    static double in[BARS], results[BARS];
    struct random random;
    random_init(&random, 20240101, 3);
    for (int i = 0; i < BARS; i++)
        in[i] = i % 2 == 0 ? any_double(&random) : near_double(&random, 50.0);
    void (*const batches[])(const double *, double *, size_t) = {math_exp_batch, math_log_batch,
                                                                 math_normal_quantile_batch};
    for (size_t k = 0; k < ARRAY_COUNT(batches); k++) {
        batches[k](in, results, BARS);
        for (int i = 0; i < BARS; i++)
            put_double(out, results[i]);
    }
}

static void run_random(struct hash_stream *out)
{
    for (uint64_t stream = 0; stream < 4; stream++) {
        struct random random;
        random_init(&random, 42, stream);
        for (int i = 0; i < DRAWS; i++) {
            uint64_t below = random_below(&random, (uint64_t)i + 1);
            hash_stream_append(out, &below, sizeof(below));
            put_double(out, random_unit(&random));
            put_double(out, random_normal(&random));
            put_double(out, random_exponential(&random));
        }
    }
}

static i128 any_i128(struct random *random)
{
    unsigned shift = (unsigned)random_below(random, 128);
    u128 high = random_u64(random);
    return (i128)((high << 64) | random_u64(random)) >> shift;
}

static void run_decimal(struct hash_stream *out)
{
    struct random random;
    random_init(&random, 7, 0);
    char text[DECIMAL_TEXT_SIZE];
    for (int i = 0; i < TEXT_DRAWS; i++) {
        unsigned decimals = (unsigned)random_below(&random, 19);
        i128 a = any_i128(&random), b = any_i128(&random), c = any_i128(&random), quotient;
        enum rounding rounding = (enum rounding)random_below(&random, 5);
        put_text(out, text, decimal_format_i128(text, a, decimals));
        put_text(out, text, decimal_format_fixed(text, b, decimals, decimals / 2));
        if (c > 0 && i128_multiply_divide(a, b, c, rounding, &quotient))
            hash_stream_append(out, &quotient, sizeof(quotient));
    }
}

static void run_time(struct hash_stream *out)
{
    struct random random;
    random_init(&random, 8, 0);
    char text[TIME_TEXT_SIZE];
    for (int i = 0; i < TEXT_DRAWS; i++)
        put_text(out, text, time_format(text, (int64_t)random_u64(&random)));
}

/* A random walk of prices, and the order books and trades around it. */
struct market {
    struct indicator_bar bars[BARS];
    struct indicator_book books[BARS];
    struct indicator_trade trades[BARS];
};

static void make_market(struct market *market)
{
    struct random random;
    random_init(&random, 9, 0);
    double price = 100.0;
    for (int i = 0; i < BARS; i++) {
        int64_t time_ns = (int64_t)i * 60 * NANOSECONDS_PER_SECOND;
        double open = price, up = random_unit(&random), down = random_unit(&random);
        price *= math_exp(0.01 * random_normal(&random));
        double high = (open > price ? open : price) * (1.0 + 0.01 * up);
        double low = (open < price ? open : price) * (1.0 - 0.01 * down);
        market->bars[i] = (struct indicator_bar){
            open, high, low, price, 1000.0 * random_unit(&random), time_ns};
        struct indicator_book *book = &market->books[i];
        book->time_ns = time_ns;
        book->bid_count = book->ask_count = INDICATOR_BOOK_LEVELS;
        for (int level = 0; level < INDICATOR_BOOK_LEVELS; level++) {
            book->bid_price[level] = price * (1.0 - 0.001 * (level + 1));
            book->ask_price[level] = price * (1.0 + 0.001 * (level + 1));
            book->bid_quantity[level] = 0.1 + random_unit(&random);
            book->ask_quantity[level] = 0.1 + random_unit(&random);
        }
        int64_t side = random_below(&random, 2) == 0 ? 1 : -1;
        market->trades[i] = (struct indicator_trade){price, 0.1 + random_unit(&random), side,
                                                     time_ns};
    }
}

/* One indicator with its default parameters, in each convention, as a stream. */
static void run_indicator(const struct indicator_class *class, const struct market *market,
                          struct hash_stream *out)
{
    static _Alignas(8) unsigned char state[INDICATOR_STATE_SIZE_MAX];
    for (unsigned convention = 0; convention < INDICATOR_CONVENTION_COUNT; convention++) {
        struct indicator_params params;
        indicator_params_default(class, &params);
        params.convention = convention;
        ASSERT(class->state_size(&params) <= sizeof(state));
        class->init(state, &params);
        for (int i = 0; i < BARS; i++) {
            double values[INDICATOR_OUTPUTS_MAX] = {0};
            enum indicator_outcome outcome;
            if ((class->inputs & INDICATOR_BOOK) != 0)
                outcome = indicator_feed_book(class, state, &market->books[i], values);
            else if ((class->inputs & INDICATOR_TRADE) != 0)
                outcome = indicator_feed_trade(class, state, &market->trades[i], values);
            else
                outcome = indicator_feed(class, state, &market->bars[i], values);
            uint64_t said = outcome;
            hash_stream_append(out, &said, sizeof(said));
            for (uint32_t k = 0; k < class->output_count; k++)
                put_double(out, values[k]);
        }
    }
}

struct golden_case {
    const char *name;
    void (*run)(struct hash_stream *out);
};

static const struct golden_case golden_cases[] = {
    {"math_binary", run_binary},
    {"math_batch", run_batches},
    {"random", run_random},
    {"decimal", run_decimal},
    {"time", run_time},
    {"engine", run_engine},
};

static void print_hash(const char *prefix, const char *name, struct hash_stream *stream)
{
    char text[HASH_TEXT_SIZE];
    hash128_format(text, hash_stream_value(stream));
    printf("%s%s %s\n", prefix, name, text);
    hash_stream_free(stream);
}

/* A new stream; running out of memory ends the program. */
static struct hash_stream *new_stream(void)
{
    struct hash_stream *stream = hash_stream_new();
    ASSERT(stream != NULL);
    return stream;
}

int main(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(unary_cases); i++) {
        struct hash_stream *stream = new_stream();
        run_unary(&unary_cases[i], stream);
        print_hash("", unary_cases[i].name, stream);
    }
    for (size_t i = 0; i < ARRAY_COUNT(golden_cases); i++) {
        struct hash_stream *stream = new_stream();
        golden_cases[i].run(stream);
        print_hash("", golden_cases[i].name, stream);
    }
    static struct market market;
    make_market(&market);
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        struct hash_stream *stream = new_stream();
        run_indicator(indicator_classes[i], &market, stream);
        print_hash("indicator_", indicator_classes[i]->name, stream);
    }
    return 0;
}
