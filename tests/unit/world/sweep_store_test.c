/* The store of a sweep: what is put in comes out, one writes at a time, a batch is whole or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/random.h"
#include "world/store/sweep_store.h"

#define ROWS 200u
#define PERIODS_MAX 30u

static char folder[] = "/tmp/tern-store-XXXXXX";
static char path[64];

struct wanted {
    struct sweep_row row;
    char params[64];
    double returns[PERIODS_MAX];
    size_t count;
};

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void wanted_make(struct wanted *wanted, struct random *random, uint32_t id)
{
    *wanted = (struct wanted){
        .row = {.id = id,
                .rung = (uint32_t)random_below(random, 5),
                .state = random_below(random, 4) == 0 ? SWEEP_INVALID : SWEEP_DONE,
                .fills = random_below(random, UINT32_MAX)}};
    wanted->row.sharpe = random_below(random, 5) == 0
                             ? __builtin_nan("")
                             : ((double)random_below(random, 1u << 30) - (1 << 29)) / 3e8;
    wanted->row.end_equity.units = (i128)(int64_t)random_u64(random) * 1000000007;
    wanted->row.fees.units = -(i128)random_u64(random);
    (void)snprintf(wanted->params, sizeof wanted->params, "fast=%u note='é\"%u", id,
                   (unsigned)random_below(random, 99));
    wanted->count = random_below(random, PERIODS_MAX + 1);
    for (size_t i = 0; i < wanted->count; i++)
        wanted->returns[i] = ((double)random_below(random, 1u << 30) - (1 << 29)) / 7e10;
}

struct check {
    const struct wanted *wanted;
    uint32_t count;
    enum status stop;
};

static enum status take(void *context, const struct sweep_row *row, const char *params,
                        const double *returns, size_t count)
{
    struct check *check = context;
    const struct wanted *wanted = &check->wanted[check->count++];
    assert_int_equal(row->id, wanted->row.id);
    assert_int_equal(row->rung, wanted->row.rung);
    assert_int_equal(row->state, wanted->row.state);
    assert_int_equal(row->fills, wanted->row.fills);
    assert_true(row->end_equity.units == wanted->row.end_equity.units);
    assert_true(row->fees.units == wanted->row.fees.units);
    if (wanted->row.sharpe - wanted->row.sharpe == 0.0)
        assert_true(same_bits(row->sharpe, wanted->row.sharpe));
    else
        assert_false(row->sharpe - row->sharpe == 0.0);
    assert_string_equal(params, wanted->params);
    assert_int_equal(count, wanted->count);
    if (count > 0)
        assert_memory_equal(returns, wanted->returns, count * sizeof *returns);
    return check->stop;
}

static void comes_out_as_it_went_in(void **state)
{
    (void)state;
    struct wanted *wanted = calloc(ROWS, sizeof *wanted);
    struct sweep_store *store = NULL;
    struct problem problem;
    struct random random;
    struct text_buffer text;
    problem_init(&problem);
    random_init(&random, 12, 0);
    text_buffer_init(&text, 100);
    assert_non_null(wanted);
    assert_int_equal(sweep_store_open(path, true, &store, &problem), STATUS_OK);
    assert_int_equal(sweep_store_begin(store, &problem), STATUS_OK);
    for (uint32_t i = 0; i < ROWS; i++)
        wanted_make(&wanted[i], &random, i * 3);
    for (uint32_t i = ROWS; i-- > 0;) {
        assert_int_equal(sweep_store_add(store, &wanted[i].row, wanted[i].params, wanted[i].returns,
                                         wanted[i].count, &problem),
                         STATUS_OK);
    }
    assert_int_equal(sweep_store_set(store, "key", "one", &problem), STATUS_OK);
    assert_int_equal(sweep_store_set(store, "key", "two", &problem), STATUS_OK);
    assert_int_equal(sweep_store_commit(store, &problem), STATUS_OK);
    /* Not committed, so never there. */
    assert_int_equal(sweep_store_begin(store, &problem), STATUS_OK);
    assert_int_equal(sweep_store_set(store, "key", "three", &problem), STATUS_OK);
    sweep_store_close(store);
    assert_int_equal(sweep_store_open(path, false, &store, &problem), STATUS_OK);
    struct check check = {.wanted = wanted};
    struct sweep_reader reader = {&check, take};
    assert_int_equal(sweep_store_read(store, &reader, &problem), STATUS_OK);
    assert_int_equal(check.count, ROWS);
    assert_true(sweep_store_get(store, "key", &text));
    assert_string_equal(text.data, "two");
    assert_false(sweep_store_get(store, "no", &text));
    check = (struct check){.wanted = wanted, .stop = STATUS_FULL};
    assert_int_equal(sweep_store_read(store, &reader, &problem), STATUS_FULL);
    assert_int_equal(check.count, 1);
    sweep_store_close(store);
    text_buffer_release(&text);
    free(wanted);
}

static void one_writes_at_a_time(void **state)
{
    (void)state;
    struct sweep_store *first = NULL, *second = NULL, *reader = NULL;
    struct problem problem;
    problem_init(&problem);
    assert_int_equal(sweep_store_open(path, true, &first, &problem), STATUS_OK);
    assert_int_equal(sweep_store_open(path, true, &second, &problem), STATUS_IO);
    assert_non_null(strstr(problem.found, "another sweep"));
    assert_null(second);
    problem_init(&problem);
    /* While a batch is open, too. */
    assert_int_equal(sweep_store_begin(first, &problem), STATUS_OK);
    assert_int_equal(sweep_store_set(first, "key", "x", &problem), STATUS_OK);
    assert_int_equal(sweep_store_open(path, false, &reader, &problem), STATUS_OK);
    sweep_store_close(reader);
    assert_int_equal(sweep_store_commit(first, &problem), STATUS_OK);
    sweep_store_close(first);
    assert_int_equal(sweep_store_open(path, true, &second, &problem), STATUS_OK);
    sweep_store_close(second);
}

static void refuses_what_is_none(void **state)
{
    (void)state;
    char other[80];
    struct sweep_store *store = NULL;
    struct problem problem;
    (void)snprintf(other, sizeof other, "%s/other", folder);
    problem_init(&problem);
    assert_int_equal(sweep_store_open(other, false, &store, &problem), STATUS_NOT_FOUND);
    assert_int_not_equal(access(other, F_OK), 0);
    problem_init(&problem);
    assert_int_equal(sweep_store_open(folder, true, &store, &problem), STATUS_IO);
    problem_init(&problem);
    assert_int_equal(sweep_store_open("/tmp/tern-no-such-folder/a.db", true, &store, &problem),
                     STATUS_IO);
    FILE *file = fopen(other, "w");
    assert_non_null(file);
    for (int i = 0; i < 200; i++)
        (void)fputs("what somebody else wrote\n", file);
    assert_int_equal(fclose(file), 0);
    problem_init(&problem);
    assert_int_equal(sweep_store_open(other, false, &store, &problem), STATUS_CORRUPT);
    problem_init(&problem);
    assert_int_equal(sweep_store_open(other, true, &store, &problem), STATUS_CORRUPT);
    assert_null(store);
    file = fopen(other, "r");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    assert_int_equal(ftell(file), 200 * 25); /* as it was */
    assert_int_equal(fclose(file), 0);
    (void)unlink(other);
    sweep_store_close(NULL);
}

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/sweep.db", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_out_as_it_went_in),
        cmocka_unit_test(one_writes_at_a_time),
        cmocka_unit_test(refuses_what_is_none),
    };
    return cmocka_run_group_tests_name("sweep_store", tests, setup, teardown);
}
