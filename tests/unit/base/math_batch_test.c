/* The batch functions against the scalar ones, bit for bit, in every form this machine runs: random
 * arguments of every kind, all lengths around the block, arrays that lie unaligned, in and out the
 * same array, and nothing written beyond the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/math.h"
#include "base/math_parts.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 4096, LENGTH_MAX = 133, GUARDS = 4 };

typedef double scalar_function(double x);

struct subject {
    const char *name;
    scalar_function *scalar;
    math_batch_function *batch;
};

enum { SUBJECTS = 3 };

/* The three functions in one form; the last form of all is what callers get. */
static void subjects_of(size_t form, struct subject subjects[SUBJECTS])
{
    const struct subject chosen[SUBJECTS] = {
        {"exp", math_exp, math_exp_batch},
        {"log", math_log, math_log_batch},
        {"normal_quantile", math_normal_quantile, math_normal_quantile_batch},
    };
    memcpy(subjects, chosen, sizeof(chosen));
    if (form == math_batch_form_count)
        return;
    subjects[0].batch = math_batch_forms[form].exp;
    subjects[1].batch = math_batch_forms[form].log;
    subjects[2].batch = math_batch_forms[form].normal_quantile;
}

static bool form_runs(size_t form)
{
    return form == math_batch_form_count || math_batch_forms[form].runs_here();
}

static const double special_values[] = {
    0.0,
    -0.0,
    0x1p-1074,
    -0x1p-1074,
    0x1p-1022,
    0x0.fffffffffffffp-1022,
    1.0,
    -1.0,
    0.5,
    0.25,
    0.75,
    0x1p-9,
    1 - 0x1p-9,
    0x1.fffffffffffffp-10,
    0x1.ff00000000001p-1,
    0x1.fffffffffffffp-3,
    0x1.fffffffffffffp-2,
    0x1.0000000000001p-1,
    2.0,
    709.7,
    709.8,
    -745.1,
    -745.2,
    -708.5,
    708.0,
    -708.0,
    1e300,
    -1e300,
    HUGE_VAL,
    -HUGE_VAL,
};

/* Ordinary arguments of each function, and every bit pattern. */
static double draw(struct random *random)
{
    double unit = random_unit(random);
    switch (random_below(random, 8)) {
    case 0: return math_from_bits(random_u64(random)); /* NaNs among them */
    case 1: return special_values[random_below(random, ARRAY_COUNT(special_values))];
    case 2: return 1500.0 * unit - 750.0;
    case 3: return ldexp(1.0 + unit, (int)random_below(random, 2098) - 1074);
    case 4: return 1.0 - ldexp(unit, -(int)random_below(random, 50));
    default: return unit;
    }
}

static void expect_equal(const struct subject *subject, const double *in, const double *out,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double wanted = subject->scalar(in[i]);
        if (math_bits(out[i]) != math_bits(wanted))
            print_message("# %s(%a) = %a, not %a\n", subject->name, in[i], out[i], wanted);
        assert_int_equal(math_bits(out[i]), math_bits(wanted));
    }
}

static void every_form_gives_the_scalar_bits(void **state)
{
    (void)state;
    double *in = malloc(COUNT * sizeof(*in));
    double *out = malloc(COUNT * sizeof(*out));
    assert_true(in != NULL && out != NULL);
    for (size_t form = 0; form <= math_batch_form_count; form++) {
        if (!form_runs(form)) {
            print_message("# this machine cannot run %s\n", math_batch_forms[form].name);
            continue;
        }
        struct subject subjects[SUBJECTS];
        subjects_of(form, subjects);
        struct random random;
        random_init(&random, 6, form);
        for (int round = 0; round < 60; round++) {
            /* Every other round ordinary alone, so that blocks without a tail are met. */
            for (size_t i = 0; i < COUNT; i++)
                in[i] = round % 2 == 0 ? draw(&random) : 0.01 + 0.98 * random_unit(&random);
            for (size_t s = 0; s < SUBJECTS; s++) {
                subjects[s].batch(in, out, COUNT);
                expect_equal(&subjects[s], in, out, COUNT);
            }
        }
    }
    free(in);
    free(out);
}

/* Each edge of a row of the inverse normal distribution, from both sides. */
static void every_row_of_the_quantile(void **state)
{
    (void)state;
    enum { EDGES = 64 + 9 * 32, POINTS = EDGES * 6 };
    double in[POINTS], out[POINTS];
    size_t count = 0;
    for (int i = 0; i < EDGES; i++) {
        double edge = i < 64 ? 0.5 - (i + 0.5) / 256.0
                             : ldexp(1.0 + ((i - 64) % 32) / 32.0, (i - 64) / 32 - 10);
        double around[3] = {nextafter(edge, 0.0), edge, nextafter(edge, 1.0)};
        for (int j = 0; j < 3; j++) {
            in[count++] = around[j];
            in[count++] = 1.0 - around[j];
        }
    }
    for (size_t form = 0; form <= math_batch_form_count; form++) {
        if (!form_runs(form))
            continue;
        struct subject subjects[SUBJECTS];
        subjects_of(form, subjects);
        subjects[2].batch(in, out, count);
        expect_equal(&subjects[2], in, out, count);
    }
}

static void every_length_and_place(void **state)
{
    (void)state;
    double in[LENGTH_MAX + GUARDS], out[LENGTH_MAX + GUARDS];
    struct random random;
    random_init(&random, 7, 0);
    for (size_t form = 0; form <= math_batch_form_count; form++) {
        if (!form_runs(form))
            continue;
        struct subject subjects[SUBJECTS];
        subjects_of(form, subjects);
        for (size_t length = 0; length <= LENGTH_MAX - 3; length++) {
            for (size_t s = 0; s < SUBJECTS; s++) {
                size_t from = length % 4, to = length / 4 % 4; /* offsets of the two arrays */
                for (size_t i = 0; i < ARRAY_COUNT(in); i++) {
                    in[i] = draw(&random);
                    out[i] = 7.25;
                }
                subjects[s].batch(in + from, out + to, length);
                expect_equal(&subjects[s], in + from, out + to, length);
                for (size_t i = 0; i < ARRAY_COUNT(out); i++)
                    if (i < to || i >= to + length)
                        assert_true(out[i] == 7.25);
                /* The same again in place. */
                double place[LENGTH_MAX + GUARDS];
                memcpy(place, in, sizeof(place));
                subjects[s].batch(place + from, place + from, length);
                expect_equal(&subjects[s], in + from, place + from, length);
                for (size_t i = from + length; i < ARRAY_COUNT(place); i++)
                    assert_int_equal(math_bits(place[i]), math_bits(in[i]));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_gives_the_scalar_bits),
        cmocka_unit_test(every_row_of_the_quantile),
        cmocka_unit_test(every_length_and_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
