/* Where a person's files lie: the variable, else below HOME, else nowhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/place.h"

static void set(const char *name, const char *value)
{
    assert_int_equal(value == NULL ? unsetenv(name) : setenv(name, value, 1), 0);
}

static void the_variable_comes_before_home(void **state)
{
    (void)state;
    static const struct {
        const char *variable, *home;
        enum status status;
        const char *path;
    } rows[] = {
        {"/x", "/home/a", STATUS_OK, "/x/tern/trials"},
        {"/x", NULL, STATUS_OK, "/x/tern/trials"},
        {NULL, "/home/a", STATUS_OK, "/home/a/.local/state/tern/trials"},
        {"", "/home/a", STATUS_OK, "/home/a/.local/state/tern/trials"},
        {"x", "/home/a", STATUS_OK, "/home/a/.local/state/tern/trials"}, /* relative: not set */
        {NULL, NULL, STATUS_NOT_FOUND, ""},
        {"x", "home", STATUS_NOT_FOUND, ""},
        {"", "", STATUS_NOT_FOUND, ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        char path[64] = "";
        set("XDG_STATE_HOME", rows[i].variable);
        set("HOME", rows[i].home);
        enum status status = place_of_user("XDG_STATE_HOME", ".local/state", "tern/trials", path,
                                           sizeof path);
        assert_int_equal(status, rows[i].status);
        if (status == STATUS_OK)
            assert_string_equal(path, rows[i].path);
    }
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    char path[16];
    set("XDG_STATE_HOME", "/x");
    for (size_t size = 1; size <= sizeof path; size++) {
        /* "/x/tern/trials" has 14 bytes, and its end. */
        enum status status = place_of_user("XDG_STATE_HOME", "y", "tern/trials", path, size);
        assert_int_equal(status, size < 15 ? STATUS_RANGE : STATUS_OK);
        assert_true(strlen(path) < size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_variable_comes_before_home),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
