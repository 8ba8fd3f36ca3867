/* Reading that fails at every point, and files with damaged bytes: never half a series. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "import_naive.h"
#include "world/import/bar_builder.h"

#include <math.h>
#include <unistd.h>

/* A valid file of rows with random prices, with gaps and numbers of all sizes. */
static struct blob random_file(struct random *random, size_t row_count)
{
    size_t capacity = row_count * 160 + 100;
    char *text = malloc(capacity);
    assert_non_null(text);
    size_t size = (size_t)snprintf(text, capacity, "ts_ms,open,high,low,close,volume\n");
    int64_t minute = 26297280;
    for (size_t i = 0; i < row_count; i++) {
        unsigned decimals = (unsigned)random_below(random, 11);
        int64_t scale = power_of_ten(decimals);
        int64_t low = 1 + (int64_t)random_below(random, (uint64_t)(1000 * scale));
        int64_t spread = (int64_t)random_below(random, (uint64_t)(10 * scale));
        int64_t open = low + (int64_t)random_below(random, (uint64_t)spread + 1);
        int64_t close = low + (int64_t)random_below(random, (uint64_t)spread + 1);
        char prices[4][DECIMAL_TEXT_SIZE];
        decimal_format_i64(prices[0], open, decimals);
        decimal_format_i64(prices[1], low + spread, decimals);
        decimal_format_i64(prices[2], low, decimals);
        decimal_format_i64(prices[3], close, decimals);
        /* Drawn one by one: the order of arguments is the compiler's choice. */
        unsigned long long whole = random_below(random, 100000);
        unsigned long long fraction = random_u64(random);
        fraction >>= 8 + random_below(random, 50);
        size += (size_t)snprintf(text + size, capacity - size, "%lld,%s,%s,%s,%s,%llu.%llu\n",
                                 (long long)minute * 60000, prices[0], prices[1], prices[2],
                                 prices[3], whole, fraction);
        minute += i > 0 && random_below(random, 20) == 0 ? 3 : 1;
    }
    struct blob blob = blob_of(text, size);
    free(text);
    return blob;
}

/* What every returned series promises. */
static void check_promises(const struct bar_series *series)
{
    assert_true(series->count > 0 && series->bar_ns > 0 && series->price_decimals <= 18);
    for (size_t i = 0; i < series->count; i++) {
        const struct bar *bar = &series->bars[i];
        assert_true(bar->low.units > 0 && bar->low.units <= bar->open.units &&
                    bar->low.units <= bar->close.units && bar->open.units <= bar->high.units &&
                    bar->close.units <= bar->high.units);
        assert_true(isfinite(bar->volume) && bar->volume >= 0);
        assert_true(bar_time_is_aligned(bar->open_time_ns, series->bar_ns));
        assert_true(i == 0 || bar->open_time_ns > series->bars[i - 1].open_time_ns);
    }
}

static void random_files_equal_the_slow_reader(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 10, 0);
    char path[] = "/tmp/tern-bars-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    for (unsigned round = 0; round < 200; round++) {
        struct blob blob = random_file(&random,
                                       2 + random_below(&random, round < 190 ? 300 : 20000));
        if (round % 2 == 1) {
            struct blob packed = blob_gzip(blob.data, blob.size, 6);
            free(blob.data);
            blob = packed;
        }
        assert_int_equal(ftruncate(descriptor, 0), 0);
        assert_int_equal(pwrite(descriptor, blob.data, blob.size, 0), blob.size);
        free(blob.data);
        struct bar_source source;
        bar_source_init(&source, path);
        source.bar_ns = MINUTE_NS;
        struct bar_series series;
        struct problem problem;
        problem_init(&problem);
        if (bar_series_read(&source, &series, &problem) != STATUS_OK)
            fail_msg("%s: %s", problem.where, problem.found);
        struct naive_bars naive;
        assert_true(naive_read(path, NULL, &naive));
        assert_int_equal(naive_difference(&naive, &series), -1);
        check_promises(&series);
        naive_release(&naive);
        bar_series_release(&series);
    }
    close(descriptor);
    unlink(path);
}

static void a_fault_at_every_read(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 11, 0);
    struct blob plain = random_file(&random, 100);
    struct blob packed = blob_gzip(plain.data, plain.size, 9);
    struct bar_source source;
    bar_source_init(&source, "x.csv");
    /* Below the decoder (i = 0, 1) and above it (2): the faults come from either side. */
    for (int i = 0; i < 3; i++) {
        struct blob blob = i == 1 ? packed : plain;
        size_t succeeded_at = 0;
        for (unsigned long fail_at = 1; succeeded_at == 0; fail_at++) {
            struct bar_series series, empty = {0};
            struct problem problem;
            struct byte_source *bytes = NULL;
            unsigned long reads = 0;
            problem_init(&problem);
            memset(&series, 0x55, sizeof series);
            assert_int_equal(
                byte_source_open_memory("x.csv", blob.data, blob.size, &bytes, &problem),
                STATUS_OK);
            bytes = fault_source_new(bytes, 64, fail_at, &reads);
            enum status status = STATUS_OK;
            if (i < 2)
                status = byte_source_open_decoded(bytes, &bytes, &problem);
            if (status == STATUS_OK)
                status = bar_series_read_bytes(&source, bytes, &series, &problem);
            else
                series = empty;
            byte_source_close(bytes);
            if (status == STATUS_OK) {
                check_promises(&series);
                assert_int_equal(series.count, 100);
                bar_series_release(&series);
                succeeded_at = fail_at;
            } else {
                assert_int_equal(status, STATUS_IO);
                assert_int_equal(problem.status, STATUS_IO);
                assert_memory_equal(&series, &empty, sizeof empty);
            }
        }
        assert_true(succeeded_at > blob.size / 64);
    }
    free(plain.data);
    free(packed.data);
}

/* Random damage: whatever comes out is refused, or keeps every promise. */
static void damage_never_breaks_a_promise(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 12, 0);
    static const char likely[] = "0123456789.,-+eE\n\r\" \t;nNaAiIfF\0\xff\xef\xbb\xbf\x1f\x8b";
    size_t accepted = 0;
    for (unsigned round = 0; round < 40000; round++) {
        struct blob blob = random_file(&random, 3 + random_below(&random, 10));
        bool packed = round % 4 == 3;
        if (packed) {
            struct blob other = blob_gzip(blob.data, blob.size, 6);
            free(blob.data);
            blob = other;
        }
        size_t damage_count = 1 + random_below(&random, 3);
        for (size_t i = 0; i < damage_count; i++) {
            size_t at = random_below(&random, blob.size);
            uint64_t kind = random_below(&random, 4);
            if (kind == 0)
                blob.data[at] ^= (unsigned char)(1U << random_below(&random, 8));
            else if (kind == 1)
                blob.data[at] = (unsigned char)likely[random_below(&random, sizeof likely - 1)];
            else if (kind == 2 && blob.size > 1)
                memmove(blob.data + at, blob.data + at + 1, --blob.size - at);
            else
                blob.data[at] = blob.data[random_below(&random, blob.size)];
        }
        struct bar_source source;
        bar_source_init(&source, "x.csv");
        source.bar_ns = round % 2 == 0 ? MINUTE_NS : 0;
        struct bar_series series, empty = {0};
        struct problem problem;
        enum status status = read_blob(&source, blob, random_below(&random, 100), &series,
                                       &problem);
        if (status == STATUS_OK) {
            check_promises(&series);
            bar_series_release(&series);
            accepted++;
        } else {
            assert_int_equal(problem.status, status);
            assert_true(problem.where[0] != '\0' && problem.found[0] != '\0');
            assert_memory_equal(&series, &empty, sizeof empty);
        }
        free(blob.data);
    }
    print_message("# %zu of 40000 damaged files still held bars\n", accepted);
    assert_true(accepted > 1000 && accepted < 39000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_files_equal_the_slow_reader),
        cmocka_unit_test(a_fault_at_every_read),
        cmocka_unit_test(damage_never_breaks_a_promise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
