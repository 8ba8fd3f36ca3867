/* What is written is read back: the same tables, and nothing else passes for a result. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "drive/report/output.h"
#include "drive/report/result_read.h"
#include "drive/result/result_tables.h"
#include "drive/result/warnings.h"
#include "result_fixture.h"

static const char *const names[] = {"result.json", "fills.csv",   "orders.csv",  "equity.csv",
                                    "trips.csv",   "metrics.csv", "report.html", "report.md"};

struct place {
    char root[64];
    char directory[80];
};

static void place_make(struct place *place)
{
    (void)snprintf(place->root, sizeof place->root, "/tmp/tern-read-XXXXXX");
    assert_non_null(mkdtemp(place->root));
    (void)snprintf(place->directory, sizeof place->directory, "%s/run", place->root);
}

static void place_remove(const struct place *place)
{
    char path[128];
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", place->directory, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(place->directory), 0);
    assert_int_equal(rmdir(place->root), 0);
}

static void write_result(const struct place *place, struct backtest_result *result,
                         struct metrics *metrics)
{
    struct problem problem;
    struct result_output output;
    problem_init(&problem);
    fixture_init(result, false);
    result->instruments.items[1].stale_at_end = true;
    assert_int_equal(backtest_result_conclude(result, NULL, metrics), STATUS_OK);
    assert_int_equal(result_output_begin(&output, &output_disk_posix, place->directory, &problem),
                     STATUS_OK);
    assert_int_equal(result_output_write(&output, result, metrics, &problem), STATUS_OK);
    assert_int_equal(result_output_commit(&output, &problem), STATUS_OK);
}

/* The file's bytes, or writes them. */
static char *file_load(const struct place *place, const char *name, size_t *size)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", place->directory, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = malloc(1 << 20);
    assert_non_null(bytes);
    *size = fread(bytes, 1, 1 << 20, file);
    (void)fclose(file);
    return bytes;
}

static void file_store(const struct place *place, const char *name, const char *bytes, size_t size)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", place->directory, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static enum status read_status(const struct place *place)
{
    struct backtest_result result;
    struct metrics metrics;
    struct problem problem;
    problem_init(&problem);
    enum status status = result_read(place->directory, &result, &metrics, &problem);
    if (status == STATUS_OK)
        backtest_result_release(&result);
    else
        assert_int_equal(problem.status, status);
    return status;
}

static void same_tables(void **state)
{
    (void)state;
    static const struct table_style styles[] = {
        {.plain = true}, {.width = 80, .color = true}, {.width = 200, .ascii = true}};
    struct place place;
    struct backtest_result result, again;
    struct metrics metrics, metrics_again;
    struct problem problem;
    place_make(&place);
    problem_init(&problem);
    write_result(&place, &result, &metrics);
    assert_int_equal(result_read(place.directory, &again, &metrics_again, &problem), STATUS_OK);
    for (size_t i = 0; i < ARRAY_COUNT(styles); i++) {
        struct text_buffer left, right;
        text_buffer_init(&left, 1 << 20);
        text_buffer_init(&right, 1 << 20);
        assert_int_equal(result_print(&result, &metrics, &styles[i], &left), STATUS_OK);
        assert_int_equal(result_print(&again, &metrics_again, &styles[i], &right), STATUS_OK);
        assert_string_equal(left.data, right.data);
        text_buffer_release(&left);
        text_buffer_release(&right);
    }
    assert_true(again.fills.items[1].liquidity == LIQUIDITY_MAKER);
    assert_true(again.fills.items[0].notional.units == result.fills.items[0].notional.units);
    assert_true(again.seed == UINT64_MAX && again.instruments.items[1].stale_at_end);
    backtest_result_release(&result);
    backtest_result_release(&again);
    place_remove(&place);
}

static void every_key_is_needed(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "schema", "version", "config_hash", "data_hash", "journal_hash", "seed", "from", "to",
        "inputs", "bars", "wall_seconds", "currency", "start_equity", "end_equity", "realized",
        "unrealized", "fees", "funding", "orders", "fills", "trips", "trials", "denied", "metrics",
        "warnings", "bots", "name", "kind", "bar", "instruments", "price_decimals",
        "quantity_decimals", "bars_missing", "stale_at_end", "first_close", "open_at_end",
        "overdrawn",
    };
    struct place place;
    struct backtest_result result;
    struct metrics metrics;
    place_make(&place);
    write_result(&place, &result, &metrics);
    size_t size;
    char *bytes = file_load(&place, "result.json", &size);
    bytes[size] = '\0';
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        char quoted[64];
        (void)snprintf(quoted, sizeof quoted, "\"%s\":", keys[i]);
        char *at = strstr(bytes, quoted);
        assert_non_null(at);
        char kept = at[1];
        at[1] = '_';
        file_store(&place, "result.json", bytes, size);
        if (read_status(&place) != STATUS_DATA_INVALID)
            print_message("%s\n", keys[i]);
        assert_int_equal(read_status(&place), STATUS_DATA_INVALID);
        at[1] = kept;
    }
    file_store(&place, "result.json", bytes, size);
    assert_int_equal(read_status(&place), STATUS_OK);
    free(bytes);
    backtest_result_release(&result);
    place_remove(&place);
}

/* Cut and changed bytes: an answer, never anything worse. */
static void damaged_files(void **state)
{
    (void)state;
    struct place place;
    struct backtest_result result;
    struct metrics metrics;
    struct random random;
    random_init(&random, 11, 0);
    place_make(&place);
    write_result(&place, &result, &metrics);
    for (size_t i = 0; i < 5; i++) {
        if (strcmp(names[i], "orders.csv") == 0)
            continue;
        size_t size;
        char *bytes = file_load(&place, names[i], &size);
        unsigned refused = 0;
        for (unsigned round = 0; round < 150; round++) {
            size_t at = random_below(&random, size);
            char kept = bytes[at];
            bytes[at] = (char)random_below(&random, 256);
            size_t cut = round % 2 == 0 ? size : random_below(&random, size);
            file_store(&place, names[i], bytes, cut);
            enum status status = read_status(&place);
            refused += status != STATUS_OK;
            assert_true(status == STATUS_OK || status_exit_code(status) == 5);
            bytes[at] = kept;
        }
        assert_true(refused > 10);
        file_store(&place, names[i], bytes, size);
        assert_int_equal(read_status(&place), STATUS_OK);
        free(bytes);
    }
    backtest_result_release(&result);
    place_remove(&place);
}

static void not_there(void **state)
{
    (void)state;
    struct place place = {.directory = "/tmp/tern-read-none"};
    assert_int_equal(read_status(&place), STATUS_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_tables),
        cmocka_unit_test(every_key_is_needed),
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
