/* The table of statuses: numbers that stay, names that differ, exit codes that are promised. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/status.h"

#include <ctype.h>
#include <string.h>

/* Written a second time on purpose: a number that changes in the table must fail here. */
static const struct {
    enum status status;
    int number;
    const char *name;
    int exit_code;
} promised[] = {
    {STATUS_OK, 0, "ok", 0},
    {STATUS_INTERNAL, 1, "internal", 1},
    {STATUS_USAGE, 2, "usage", 2},
    {STATUS_NOT_FOUND, 3, "not_found", 3},
    {STATUS_CONFIG_INVALID, 4, "config_invalid", 5},
    {STATUS_DATA_INVALID, 5, "data_invalid", 5},
    {STATUS_DENIED, 6, "denied", 6},
    {STATUS_REJECTED, 7, "rejected", 7},
    {STATUS_UNKNOWN, 8, "unknown", 8},
    {STATUS_IO, 9, "io", 1},
    {STATUS_NO_SPACE, 10, "no_space", 1},
    {STATUS_NO_MEMORY, 11, "no_memory", 1},
    {STATUS_FULL, 12, "full", 1},
    {STATUS_SYNTAX, 13, "syntax", 5},
    {STATUS_RANGE, 14, "range", 5},
    {STATUS_TOO_FINE, 15, "too_fine", 5},
    {STATUS_CORRUPT, 16, "corrupt", 5},
    {STATUS_TRUNCATED, 17, "truncated", 5},
    {STATUS_INTERRUPTED, 18, "interrupted", 130},
    {STATUS_END, 19, "end", 1},
    {STATUS_EXISTS, 20, "exists", 1},
    {STATUS_UNSUPPORTED, 21, "unsupported", 1},
};

static void the_table_keeps_its_promises(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(promised); i++) {
        assert_int_equal((int)promised[i].status, promised[i].number);
        assert_string_equal(status_name(promised[i].status), promised[i].name);
        assert_int_equal(status_exit_code(promised[i].status), promised[i].exit_code);
    }
}

static void names_follow_the_identifiers(void **state)
{
    (void)state;
    static const struct {
        const char *identifier, *name, *sentence;
        int number;
    } rows[] = {
#define ROW(name, text, number, class, sentence) {#name, text, sentence, number},
        STATUS_TABLE(ROW)
#undef ROW
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        assert_int_equal(strlen(rows[i].identifier), strlen(rows[i].name));
        for (size_t j = 0; rows[i].name[j] != '\0'; j++)
            assert_int_equal(tolower(rows[i].identifier[j]), rows[i].name[j]);
        assert_string_equal(status_sentence((enum status)rows[i].number), rows[i].sentence);
        assert_true(strlen(rows[i].sentence) > 0);
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(rows[i].number, rows[j].number);
    }
}

static void classes(void **state)
{
    (void)state;
    assert_int_equal(status_class_of(STATUS_UNKNOWN), STATUS_CLASS_RECONCILE);
    assert_int_equal(status_class_of(STATUS_IO), STATUS_CLASS_RETRYABLE);
    assert_int_equal(status_class_of(STATUS_DENIED), STATUS_CLASS_FINAL);
}

/* Bytes of a file may be cast to a status by mistake; that must not crash the one who reports it.
 * */
static void a_number_outside_the_table_is_internal(void **state)
{
    (void)state;
    int outside = 9999;
    assert_string_equal(status_name((enum status)outside), "internal");
    assert_string_equal(status_sentence((enum status)outside), "internal error");
    assert_int_equal(status_class_of((enum status)outside), STATUS_CLASS_FINAL);
    assert_int_equal(status_exit_code((enum status)outside), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_keeps_its_promises),
        cmocka_unit_test(names_follow_the_identifiers),
        cmocka_unit_test(classes),
        cmocka_unit_test(a_number_outside_the_table_is_internal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
