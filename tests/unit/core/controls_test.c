/* The pre-trade controls, row by row: at the limit, one step below it and one above it; what they
 * do to orders that only shrink a position and to protective ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "controls_rows.h"

static bool refuses(enum refusal refusal, int step)
{
    switch (refusal) {
    case REFUSES_ABOVE: return step > 0;
    case REFUSES_AT: return step >= 0;
    case REFUSES_BELOW: return step < 0;
    case REFUSES_BESIDE: return step != 0;
    }
    return false;
}

static const struct risk_control *control_of(enum reason reason)
{
    size_t count = 0;
    const struct risk_control *controls = risk_controls(&count);
    /* Told apart by the control that refuses. */
    enum reason wanted = reason == REASON_BOOK_REDUCING ? REASON_TRADING_REDUCING : reason;
    for (size_t i = 0; i < count; i++) {
        if (controls[i].reason == wanted)
            return &controls[i];
    }
    return NULL;
}

static void test_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        for (int step = -1; step <= 1; step++) {
            struct stage stage;
            stage_init(&stage);
            rows[i].arrange(&stage, step, false);
            struct risk_answer answer = judge(&stage);
            enum reason expected = refuses(rows[i].refusal, step) ? rows[i].reason : REASON_NONE;
            if (answer.reason != expected)
                print_error("# %s, step %d: expected %s, found %s\n", rows[i].name, step,
                            reason_name(expected), reason_name(answer.reason));
            assert_int_equal(answer.reason, expected);
            /* Where the answer says how much it would be, it says more than is allowed. */
            bool falls = expected == REASON_VENUE_MINIMUM || expected == REASON_DUST_REMAINDER ||
                         expected == REASON_CASH_RESERVE;
            if (expected != REASON_NONE && answer.value.units != 0 && answer.limit.units != 0) {
                assert_true(falls ? answer.value.units < answer.limit.units
                                  : answer.value.units >= answer.limit.units);
            }
            stage_free(&stage);
        }
    }
}

/* The step at which a row refuses. */
static int breach_of(const struct row *row)
{
    return row->refusal == REFUSES_BELOW ? -1 : 1;
}

/* A way out is never closed by a control of entries, and only by what the table says where it is
 * protective. */
static void test_ways_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct risk_control *control = control_of(rows[i].reason);
        assert_non_null(control);
        for (int protective = 0; protective < 2 && !rows[i].no_way_out; protective++) {
            struct stage stage;
            stage_init(&stage);
            rows[i].arrange(&stage, breach_of(&rows[i]), true);
            if (protective)
                stage.intent.flags |= ORDER_FLAG_PROTECTIVE;
            bool held = protective ? control->protective : !control->entries;
            /* A sell takes no cash and opens nothing. */
            held = held && rows[i].reason != REASON_CASH_RESERVE;
            enum reason expected = held ? rows[i].reason : REASON_NONE;
            enum reason found = judge(&stage).reason;
            if (found != expected)
                print_error("# %s, %s: expected %s, found %s\n", rows[i].name,
                            protective ? "protective" : "reducing", reason_name(expected),
                            reason_name(found));
            assert_int_equal(found, expected);
            stage_free(&stage);
        }
    }
}

/* Every control has a row, every row a control. */
static void test_complete(void **state)
{
    (void)state;
    size_t count = 0;
    const struct risk_control *controls = risk_controls(&count);
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t j = 0; j < ARRAY_COUNT(rows); j++)
            found = found || rows[j].reason == controls[i].reason;
        if (!found)
            print_error("# no row for %s\n", reason_name(controls[i].reason));
        assert_true(found);
        assert_true(i == 0 || controls[i - 1].reason < controls[i].reason);
        assert_true(reason_control(controls[i].reason) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_ways_out),
        cmocka_unit_test(test_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
