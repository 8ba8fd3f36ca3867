/* Every recorded file of candles, stocks and BtcTurk against its line in the index of the data, and
 * bar by bar against the slow reader. Skipped where the data are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "import_naive.h"

#include <math.h>
#include <unistd.h>

#define DATA TERN_SOURCE_ROOT "/../shared/data/"

/* ---- the index ---- */

struct entry {
    char file[128];
    unsigned long rows;
    char checks[4096]; /* the column of measured checks */
};

/* Splits a line `| a | b | ... |`; false for any other line. */
static bool parse_entry(char *line, struct entry *out)
{
    char *cells[16];
    size_t count = 0;
    if (line[0] != '|')
        return false;
    for (char *rest = line + 1; rest != NULL && count < 16;) {
        char *cell = strsep(&rest, "|");
        while (*cell == ' ')
            cell++;
        cells[count++] = cell;
    }
    if (count < 13 || strstr(cells[0], ".csv.gz ") == NULL)
        return false;
    snprintf(out->file, sizeof out->file, "%.*s", (int)strcspn(cells[0], " "), cells[0]);
    out->rows = strtoul(cells[5], NULL, 10);
    snprintf(out->checks, sizeof out->checks, "%s", cells[12]);
    return true;
}

/* The number behind a phrase of the checks; false where no number follows it anywhere. */
static bool number_after(const char *checks, const char *phrase, double *out)
{
    for (const char *at = checks; (at = strstr(at, phrase)) != NULL;) {
        at += strlen(phrase);
        if (*at >= '0' && *at <= '9') {
            *out = strtod(at, NULL);
            return true;
        }
    }
    return false;
}

/* The index prints ten significant digits. */
static void check_near(const char *file, const char *what, int64_t units, unsigned decimals,
                       double expected)
{
    double value = (double)units / (double)power_of_ten(decimals);
    if (fabs(value - expected) > expected * 1e-9)
        fail_msg("%s: %s is %.12g, not %.12g", file, what, value, expected);
}

static void check_count(const struct entry *entry, const char *what, uint64_t count, double number)
{
    if (number != (double)count)
        fail_msg("%s: %llu %s, not %.0f", entry->file, (unsigned long long)count, what, number);
}

static void check_counts(const struct entry *entry, const struct bar_series *series)
{
    double number;
    /* Gaps are not counted there for the file of seconds, which is sparse. */
    if (strstr(entry->checks, "sparse") == NULL) {
        if (number_after(entry->checks, "; gaps ", &number) ||
            number_after(entry->checks, "gaps>1d ", &number))
            assert_true(number == (double)series->gap_count);
        if (number_after(entry->checks, "(missing bars ", &number))
            assert_true(number == (double)series->gap_bars_missing);
    }
    if (number_after(entry->checks, "zero-volume ", &number))
        check_count(entry, "bars without volume", series->zero_volume_count, number);
    const char *longest = strstr(entry->checks, ", longest ");
    const char *at = longest != NULL ? strstr(longest, " at ") : NULL;
    if (at != NULL) {
        char time[TIME_TEXT_SIZE];
        time_format(time, series->gap_longest_at_ns);
        assert_memory_equal(at + 4, time, strlen("2020-01-01T00:00:00"));
        const char *days_end = strstr(longest, " days, ");
        double days = days_end != NULL ? strtod(longest + strlen(", longest "), NULL) : 0;
        const char *clock = days_end != NULL ? days_end + strlen(" days, ")
                                             : longest + strlen(", longest ");
        double hours = strtod(clock, NULL);
        double minutes = strtod(strchr(clock, ':') + 1, NULL);
        assert_true((days * 24 + hours) * 60 + minutes ==
                    (double)series->gap_longest_ns / (double)MINUTE_NS);
    }
    const char *range = strstr(entry->checks, "low..high ");
    if (range != NULL) {
        double low = strtod(range + 10, NULL);
        double high = strtod(strstr(range + 10, "..") + 2, NULL);
        check_near(entry->file, "low", series->low_min.units, series->price_decimals, low);
        check_near(entry->file, "high", series->high_max.units, series->price_decimals, high);
    }
}

/* ---- one file ---- */

static void keep_aligned(struct naive_bars *naive, int64_t bar_ns)
{
    size_t kept = 0;
    for (size_t i = 0; i < naive->count; i++)
        if (naive->bars[i].time_ns % bar_ns == 0)
            naive->bars[kept++] = naive->bars[i];
    naive->count = kept;
}

static size_t check_series(const char *path, const struct entry *entry, const char *symbol)
{
    struct bar_source source;
    bar_source_init(&source, path);
    source.symbol = symbol;
    /* This one holds three rows at the time of a session's last trade. */
    bool ragged = strstr(path, "5m_ext_") != NULL;
    struct bar_series series;
    struct problem problem;
    problem_init(&problem);
    if (ragged) {
        assert_int_equal(bar_series_read(&source, &series, &problem), STATUS_DATA_INVALID);
        problem_init(&problem);
        source.bar_ns = 5 * MINUTE_NS;
        source.skip_unaligned = true;
    }
    if (bar_series_read(&source, &series, &problem) != STATUS_OK)
        fail_msg("%s: %s", problem.where, problem.found);
    struct naive_bars naive;
    assert_true(naive_read(path, symbol, &naive));
    if (ragged)
        keep_aligned(&naive, source.bar_ns);
    int64_t difference = naive_difference(&naive, &series);
    if (difference >= 0)
        fail_msg("%s %s: bar %lld differs", path, symbol != NULL ? symbol : "",
                 (long long)difference);
    if (symbol == NULL)
        check_counts(entry, &series);
    size_t count = series.count + series.unaligned_count;
    naive_release(&naive);
    bar_series_release(&series);
    return count;
}

static void check_file(const struct entry *entry)
{
    char path[512];
    snprintf(path, sizeof path, "%s%s", DATA, entry->file);
    if (strstr(entry->file, "funding") != NULL) {
        struct bar_source source;
        bar_source_init(&source, path);
        struct bar_series series;
        struct problem problem;
        problem_init(&problem);
        assert_int_equal(bar_series_read(&source, &series, &problem), STATUS_DATA_INVALID);
        assert_string_equal(problem.found, "these are funding rates of a perpetual, not bars");
        return;
    }
    struct naive_bars all;
    assert_true(naive_read(path, NULL, &all));
    size_t count = 0;
    if (all.symbol_count == 0)
        count = check_series(path, entry, NULL);
    for (size_t i = 0; i < all.symbol_count; i++)
        count += check_series(path, entry, all.symbols[i]);
    naive_release(&all);
    if (count != entry->rows)
        fail_msg("%s: %zu rows, not %lu", entry->file, count, entry->rows);
}

static void all_files_of(const char *folder, size_t expected_count)
{
    FILE *index = fopen(DATA "INDEX.md", "re");
    if (index == NULL) {
        print_message("# skipped: there is no %sINDEX.md\n", DATA);
        skip();
    }
    static char line[16384];
    size_t count = 0;
    while (fgets(line, sizeof line, index) != NULL) {
        struct entry entry;
        if (!parse_entry(line, &entry) || strncmp(entry.file, folder, strlen(folder)) != 0)
            continue;
        check_file(&entry);
        count++;
    }
    fclose(index);
    assert_int_equal(count, expected_count);
}

static void candles(void **state)
{
    (void)state;
    all_files_of("candles/", 64);
}

static void stocks(void **state)
{
    (void)state;
    all_files_of("equities/", 9);
}

static void btcturk(void **state)
{
    (void)state;
    all_files_of("btcturk/", 2);
}

static void a_factor_file_is_refused(void **state)
{
    (void)state;
    struct bar_source source;
    bar_source_init(&source, DATA "equities/lean_aapl_factor_file.csv");
    if (access(source.path, R_OK) != 0) {
        print_message("# skipped: there is no %s\n", source.path);
        skip();
    }
    struct bar_series series;
    struct problem problem;
    problem_init(&problem);
    assert_int_equal(bar_series_read(&source, &series, &problem), STATUS_DATA_INVALID);
    assert_string_equal(problem.found, "no header, and 4 columns");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candles),
        cmocka_unit_test(stocks),
        cmocka_unit_test(btcturk),
        cmocka_unit_test(a_factor_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
