/* Random numbers: published vectors, streams, and the shape of each distribution. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

#include <string.h>

static void splitmix64_vectors(void **state)
{
    (void)state;
    uint64_t seed = 42;
    assert_true(splitmix64_next(&seed) == UINT64_C(13679457532755275413));
    assert_true(splitmix64_next(&seed) == UINT64_C(2949826092126892291));
    assert_true(splitmix64_next(&seed) == UINT64_C(5139283748462763858));
    seed = 1234567;
    assert_true(splitmix64_next(&seed) == UINT64_C(6457827717110365317));
    assert_true(splitmix64_next(&seed) == UINT64_C(3203168211198807973));
}

static void xoshiro_vectors(void **state)
{
    (void)state;
    static const uint64_t expected[] = {UINT64_C(11520),
                                        UINT64_C(0),
                                        UINT64_C(1509978240),
                                        UINT64_C(1215971899390074240),
                                        UINT64_C(1216172134540287360),
                                        UINT64_C(607988272756665600),
                                        UINT64_C(16172922978634559625),
                                        UINT64_C(8476171486693032832),
                                        UINT64_C(10595114339597558777),
                                        UINT64_C(2904607092377533576)};
    struct random random = {{1, 2, 3, 4}};
    for (size_t i = 0; i < ARRAY_COUNT(expected); i++)
        assert_true(random_u64(&random) == expected[i]);
}

static void stream_zero_is_the_plain_seeding(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 42, 0);
    uint64_t seed = 42;
    for (size_t i = 0; i < 4; i++)
        assert_true(random.state[i] == splitmix64_next(&seed));
}

/* No two of many neighbouring seeds and streams share a state, and bits of two streams agree in
 * about half of the places. */
static void streams_differ(void **state)
{
    (void)state;
    enum { SEEDS = 40, STREAMS = 40, COUNT = SEEDS * STREAMS };
    static struct random all[COUNT];
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        for (uint64_t stream = 0; stream < STREAMS; stream++)
            random_init(&all[seed * STREAMS + stream], seed, stream);
    }
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < i; j++)
            assert_true(all[i].state[0] != all[j].state[0]);
    }
    for (size_t i = 1; i < COUNT; i++) {
        int agreeing = 0;
        for (int draw = 0; draw < 16; draw++)
            agreeing += 64 - __builtin_popcountll(random_u64(&all[0]) ^ random_u64(&all[i]));
        /* 1024 coins: 16 is one standard deviation. */
        assert_in_range(agreeing, 512 - 96, 512 + 96);
    }
}

static void unit_is_in_its_range(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 1, 1);
    double sum = 0;
    for (int i = 0; i < 1000000; i++) {
        double unit = random_unit(&random);
        assert_true(unit >= 0 && unit < 1);
        sum += unit;
    }
    assert_true(sum > 500000 - 2000 && sum < 500000 + 2000);
    struct random copy = random;
    assert_true(random_unit(&random) == (double)(random_u64(&copy) >> 11) / 9007199254740992.0);
}

static void below_is_even(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 2, 1);
    for (uint64_t bound = 1; bound <= 20; bound++) {
        int counts[20] = {0};
        for (int i = 0; i < 20000; i++) {
            uint64_t drawn = random_below(&random, bound);
            assert_true(drawn < bound);
            counts[drawn]++;
        }
        double mean = 20000.0 / (double)bound, chi_square = 0;
        for (uint64_t i = 0; i < bound; i++)
            chi_square += ((double)counts[i] - mean) * ((double)counts[i] - mean) / mean;
        /* 19 degrees of freedom: above 50 once in 10,000. */
        assert_true(chi_square < 50);
    }
    /* Three quarters of the range: four draws for three numbers would give every third number twice
     * the share of the others. */
    const uint64_t bound = UINT64_C(3) << 62;
    int thirds[3] = {0};
    for (int i = 0; i < 30000; i++)
        thirds[random_below(&random, bound) % 3]++;
    for (int i = 0; i < 3; i++)
        assert_in_range(thirds[i], 10000 - 500, 10000 + 500);
    for (int i = 0; i < 1000; i++)
        assert_true(random_below(&random, UINT64_MAX) < UINT64_MAX);
}

static void normal_has_its_moments(void **state)
{
    (void)state;
    enum { COUNT = 400000 };
    struct random random;
    random_init(&random, 3, 1);
    double sum = 0, squares = 0, cubes = 0, fourths = 0;
    int within_one = 0, above_two = 0;
    for (int i = 0; i < COUNT; i++) {
        double x = random_normal(&random);
        assert_true(x > -9 && x < 9);
        sum += x;
        squares += x * x;
        cubes += x * x * x;
        fourths += x * x * x * x;
        within_one += x > -1 && x < 1;
        above_two += x > 2;
    }
    assert_true(sum / COUNT > -0.01 && sum / COUNT < 0.01);
    assert_true(squares / COUNT > 0.985 && squares / COUNT < 1.015);
    assert_true(cubes / COUNT > -0.05 && cubes / COUNT < 0.05);
    assert_true(fourths / COUNT > 2.9 && fourths / COUNT < 3.1);
    assert_in_range(within_one, (int)(0.6827 * COUNT) - 2000, (int)(0.6827 * COUNT) + 2000);
    assert_in_range(above_two, (int)(0.02275 * COUNT) - 600, (int)(0.02275 * COUNT) + 600);
}

static void exponential_has_its_moments(void **state)
{
    (void)state;
    enum { COUNT = 400000 };
    struct random random;
    random_init(&random, 4, 1);
    double sum = 0, squares = 0;
    int above_one = 0;
    for (int i = 0; i < COUNT; i++) {
        double x = random_exponential(&random);
        assert_true(x > 0 && x < 40);
        sum += x;
        squares += x * x;
        above_one += x > 1;
    }
    assert_true(sum / COUNT > 0.99 && sum / COUNT < 1.01);
    assert_true(squares / COUNT > 1.95 && squares / COUNT < 2.05);
    assert_in_range(above_one, (int)(0.36788 * COUNT) - 2000, (int)(0.36788 * COUNT) + 2000);
}

/* One draw a number, so that two streams stay aligned whatever is drawn from them. */
static void one_draw_a_number(void **state)
{
    (void)state;
    struct random a, b;
    random_init(&a, 5, 1);
    b = a;
    for (int i = 0; i < 1000; i++) {
        (void)random_normal(&a);
        (void)random_exponential(&a);
        (void)random_unit(&a);
        for (int j = 0; j < 3; j++)
            (void)random_u64(&b);
        assert_memory_equal(&a, &b, sizeof a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splitmix64_vectors),
        cmocka_unit_test(xoshiro_vectors),
        cmocka_unit_test(stream_zero_is_the_plain_seeding),
        cmocka_unit_test(streams_differ),
        cmocka_unit_test(unit_is_in_its_range),
        cmocka_unit_test(below_is_even),
        cmocka_unit_test(normal_has_its_moments),
        cmocka_unit_test(exponential_has_its_moments),
        cmocka_unit_test(one_draw_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
