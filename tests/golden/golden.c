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

#define DRAWS 200000
#define TEXT_DRAWS 20000

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
    {"math_exp", math_exp, 750.0},  {"math_expm1", math_expm1, 750.0},
    {"math_log", math_log, 1e6},    {"math_log1p", math_log1p, 1e3},
    {"math_tanh", math_tanh, 25.0}, {"math_normal_quantile", math_normal_quantile, 1.0},
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
    u128 bits = ((u128)random_u64(random) << 64) | random_u64(random);
    return (i128)bits >> shift;
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

struct golden_case {
    const char *name;
    void (*run)(struct hash_stream *out);
};

static const struct golden_case golden_cases[] = {
    {"random", run_random},
    {"decimal", run_decimal},
    {"time", run_time},
};

/* Starts a hash for `run`, prints it, frees it; false without memory. */
static bool print_hash(const char *name, const struct unary_case *unary,
                       void (*run)(struct hash_stream *out))
{
    struct hash_stream *stream = hash_stream_new();
    if (stream == NULL) {
        fprintf(stderr, "golden: no memory\n");
        return false;
    }
    if (unary != NULL)
        run_unary(unary, stream);
    else
        run(stream);
    char text[HASH_TEXT_SIZE];
    hash128_format(text, hash_stream_value(stream));
    printf("%s %s\n", name, text);
    hash_stream_free(stream);
    return true;
}

int main(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(unary_cases); i++)
        if (!print_hash(unary_cases[i].name, &unary_cases[i], NULL))
            return 1;
    for (size_t i = 0; i < ARRAY_COUNT(golden_cases); i++)
        if (!print_hash(golden_cases[i].name, NULL, golden_cases[i].run))
            return 1;
    return 0;
}
