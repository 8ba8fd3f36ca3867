/* Tables byte for byte, at every width, with names that try to draw on the terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/random.h"
#include "base/table.h"

static void sample(struct table *table)
{
    table_init(table, "bots", "BOTS");
    table_column(table, "bot", TABLE_LEFT, 0);
    table_column(table, "trips", TABLE_RIGHT, 0);
    table_column(table, "net", TABLE_RIGHT, 1);
    table_cell(table, TEXT("score-btc"));
    table_cell_print(table, "%d", 12);
    table_cell_tone(table, TONE_GOOD, TEXT("+1,234.50"));
    table_cell(table, TEXT("caf\xc3\xa9"));
    table_cell(table, TEXT("3"));
    table_cell_tone(table, TONE_BAD, TEXT("-7.25"));
    table_rule(table);
    table_cell(table, TEXT("total"));
    table_cell(table, TEXT("15"));
    table_cell(table, TEXT(""));
}

static void drawn_as(const struct table *table, const struct table_style *style, const char *wanted)
{
    struct text_buffer out;
    text_buffer_init(&out, 1 << 16);
    assert_int_equal(table_write(table, style, &out), STATUS_OK);
    assert_string_equal(out.data, wanted);
    text_buffer_release(&out);
}

static void golden(void **state)
{
    (void)state;
    struct table table;
    sample(&table);
    struct table_style style = {.width = 80};
    drawn_as(&table, &style,
             " BOTS\n"
             " bot        trips        net\n"
             " ───────────────────────────\n"
             " score-btc     12  +1,234.50\n"
             " café           3      -7.25\n"
             " ───────────────────────────\n"
             " total         15\n");
    style.ascii = true;
    style.color = true;
    drawn_as(&table, &style,
             " \033[1mBOTS\033[0m\n"
             " \033[1mbot\033[0m        \033[1mtrips\033[0m        \033[1mnet\033[0m\n"
             "\033[2m ---------------------------\033[0m\n"
             " score-btc     12  \033[32m+1,234.50\033[0m\n"
             " café           3      \033[31m-7.25\033[0m\n"
             "\033[2m ---------------------------\033[0m\n"
             " total         15\n");
    style.plain = true;
    drawn_as(&table, &style,
             "#bots\tbot\ttrips\tnet\n"
             "bots\tscore-btc\t12\t+1,234.50\n"
             "bots\tcafé\t3\t-7.25\n"
             "bots\ttotal\t15\t\n");
    table_release(&table);
}

static void empty(void **state)
{
    (void)state;
    struct table table;
    table_init(&table, "none", NULL);
    table_column(&table, "a", TABLE_LEFT, 0);
    struct table_style style = {.width = 80};
    drawn_as(&table, &style, " a\n ─\n");
    style.plain = true;
    drawn_as(&table, &style, "#none\ta\n");
    table_release(&table);
}

/* Columns of rank 2 go before those of rank 1; then text is cut; numbers never are. */
static void narrow(void **state)
{
    (void)state;
    struct table table;
    table_init(&table, "t", NULL);
    table_column(&table, "name", TABLE_LEFT, 0);
    table_column(&table, "one", TABLE_RIGHT, 1);
    table_column(&table, "two", TABLE_RIGHT, 2);
    table_column(&table, "number", TABLE_RIGHT, 0);
    char name[61], wide[31];
    memset(name, 'n', 60);
    memset(wide, '1', 30);
    name[60] = wide[30] = '\0';
    table_cell(&table, text_of(name));
    table_cell(&table, text_of(wide));
    table_cell(&table, text_of(wide));
    table_cell(&table, text_of(wide));
    struct table_style style = {.width = 40}; /* counts as 80 */
    drawn_as(&table, &style,
             " name                                                                     number\n"
             " ───────────────────────────────────────────────────────────────────────────────\n"
             " nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn…  111111111111111111111111111111\n"
             " not shown for lack of width: one, two\n");
    style.width = 125;
    style.ascii = true;
    struct text_buffer out;
    text_buffer_init(&out, 1 << 16);
    assert_int_equal(table_write(&table, &style, &out), STATUS_OK);
    assert_null(strstr(out.data, "~"));
    assert_non_null(strstr(out.data, "lack of width: two\n"));
    text_buffer_reset(&out);
    style.width = 0;
    assert_int_equal(table_write(&table, &style, &out), STATUS_OK);
    assert_null(strstr(out.data, "not shown"));
    text_buffer_release(&out);
    table_release(&table);
}

static void hostile_names(void **state)
{
    (void)state;
    struct table table;
    table_init(&table, "t", NULL);
    table_column(&table, "name", TABLE_LEFT, 0);
    table_cell(&table, TEXT("a\x1b[2J\tb\nc\x7f\xc2\x9b"
                            "1m\xe2\x80\xae\xff"));
    struct table_style style = {.plain = true};
    drawn_as(&table, &style, "#t\tname\nt\ta?[2J?b?c??1m??\n");
    table_release(&table);
}

static void widths(void **state)
{
    (void)state;
    assert_int_equal(text_display_width(TEXT("abc")), 3);
    assert_int_equal(text_display_width(TEXT("café")), 4);
    assert_int_equal(text_display_width(TEXT("cafe\xcc\x81")), 4); /* combining accent */
    assert_int_equal(text_display_width(TEXT("日本")), 4);
    assert_int_equal(text_display_width(TEXT("▁▂▃")), 3);
    assert_int_equal(text_display_width(TEXT("")), 0);
}

/* Whatever is in the cells, no line is wider than asked while numbers leave room. */
static void random_tables(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 6, 0);
    for (int round = 0; round < 300; round++) {
        struct table table;
        struct text_buffer out;
        text_buffer_init(&out, 1 << 20);
        table_init(&table, "t", "T");
        unsigned columns = 1 + (unsigned)random_below(&random, 6);
        for (unsigned c = 0; c < columns; c++)
            table_column(&table, "head", random_below(&random, 2) == 0 ? TABLE_LEFT : TABLE_RIGHT,
                         (unsigned)random_below(&random, 3));
        for (unsigned i = 0; i < columns * 5; i++) {
            char bytes[24];
            size_t size = random_below(&random, i % columns == 0 ? 24 : 10);
            for (size_t k = 0; k < size; k++)
                bytes[k] = (char)('!' + random_below(&random, 223));
            table_cell(&table, (struct text){bytes, size});
        }
        struct table_style style = {.width = 80, .ascii = random_below(&random, 2) == 0};
        assert_int_equal(table_write(&table, &style, &out), STATUS_OK);
        struct text rest = {out.data, out.size};
        while (rest.size > 0) {
            struct text line = text_split(&rest, '\n');
            assert_true(text_display_width(line) <= 80 ||
                        text_starts_with(line, TEXT(" not shown")));
            assert_true(line.size == 0 || line.data[line.size - 1] != ' ' || line.size == 1);
        }
        table_release(&table);
        text_buffer_release(&out);
    }
}

static void sparklines(void **state)
{
    (void)state;
    struct text_buffer out;
    text_buffer_init(&out, 4096);
    double ramp[] = {0, 1, 2, 3, 4, 5, 6, 7};
    sparkline_append(&out, ramp, 8, 8, false);
    assert_string_equal(out.data, "▁▂▃▄▅▆▇█");
    text_buffer_reset(&out);
    sparkline_append(&out, ramp, 8, 4, true);
    assert_string_equal(out.data, "_:=#");
    text_buffer_reset(&out);
    double flat[] = {5, 5, __builtin_nan(""), 5};
    sparkline_append(&out, flat, 4, 4, true);
    assert_string_equal(out.data, "-- -");
    text_buffer_reset(&out);
    sparkline_append(&out, flat, 0, 10, false);
    sparkline_append(&out, flat + 2, 1, 10, false);
    assert_int_equal(out.size, 0);
    sparkline_append(&out, flat, 1, 3, true);
    assert_string_equal(out.data, "---");
    text_buffer_release(&out);
}

static void styles(void **state)
{
    (void)state;
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
    struct table_style style = table_style_of_descriptor(pipes[1]);
    assert_true(style.plain && style.ascii && !style.color);
    assert_int_equal(setenv("LC_ALL", "de_DE.UTF-8", 1), 0);
    assert_false(table_style_of_descriptor(pipes[1]).ascii);
    (void)close(pipes[0]);
    (void)close(pipes[1]);
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0) {
        print_message("no terminals to be had here\n");
        skip();
    }
    assert_int_equal(setenv("TERM", "xterm", 1), 0);
    assert_int_equal(setenv("COLUMNS", "132", 1), 0);
    assert_int_equal(unsetenv("NO_COLOR"), 0);
    style = table_style_of_descriptor(terminal);
    assert_true(!style.plain && style.color && style.width == 132);
    assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
    assert_false(table_style_of_descriptor(terminal).color);
    assert_int_equal(setenv("NO_COLOR", "", 1), 0);
    assert_true(table_style_of_descriptor(terminal).color);
    assert_int_equal(setenv("TERM", "dumb", 1), 0);
    assert_false(table_style_of_descriptor(terminal).color);
    (void)close(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),        cmocka_unit_test(empty),  cmocka_unit_test(narrow),
        cmocka_unit_test(hostile_names), cmocka_unit_test(widths), cmocka_unit_test(random_tables),
        cmocka_unit_test(sparklines),    cmocka_unit_test(styles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
