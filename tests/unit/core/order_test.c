/* The life of an order as a table, and order ids as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "core/engine/engine.h"

/* ---- states ---------------------------------------------------------------------------------- */

/* Rows: from; columns: to. N new, D denied, S submitted, O open, F filled, C canceled, R rejected,
 * E expired, A absent. */
static const char *const transitions[] = {
    /*       N D S O F C R E A */
    "N      . x x . . . . . .",
    "D      . . . . . . . . .",
    "S      . . . x x x x x x",
    "O      . . . . x x x x .",
    "F      . . . x . x . . .",
    "C      . . . . x . . . .",
    "R      . . . . x . . . .",
    "E      . . . . x . . . .",
    "A      . . . x x . . . .",
};

static void test_transitions(void **state)
{
    (void)state;
    for (int from = ORDER_NEW; from < ORDER_STATE_END; from++) {
        const char *row = transitions[from - 1];
        assert_int_equal(row[0], "NDSOFCREA"[from - 1]);
        for (int to = ORDER_NEW; to < ORDER_STATE_END; to++) {
            bool expected = row[7 + 2 * (to - 1)] == 'x';
            bool found = order_state_allows((enum order_state)from, (enum order_state)to);
            if (found != expected)
                print_error("# %s to %s\n", order_state_name((enum order_state)from),
                            order_state_name((enum order_state)to));
            assert_int_equal(found, expected);
        }
    }
}

/* From a state that is no end there is a way to an end; to every state there is a way from new; and
 * from an end only evidence leads on: a fill, an order that is there after all, a busted fill. */
static void test_reachable(void **state)
{
    (void)state;
    bool reached[ORDER_STATE_END] = {[ORDER_NEW] = true};
    for (int round = 0; round < ORDER_STATE_END; round++) {
        for (int from = ORDER_NEW; from < ORDER_STATE_END; from++) {
            for (int to = ORDER_NEW; to < ORDER_STATE_END; to++) {
                if (reached[from] &&
                    order_state_allows((enum order_state)from, (enum order_state)to))
                    reached[to] = true;
            }
        }
    }
    for (int at = ORDER_NEW; at < ORDER_STATE_END; at++) {
        assert_true(reached[at]);
        assert_false(order_state_allows((enum order_state)at, ORDER_NEW));
        bool leads_to_end = false;
        for (int to = ORDER_NEW; to < ORDER_STATE_END; to++) {
            if (order_state_allows((enum order_state)at, (enum order_state)to))
                leads_to_end = leads_to_end || order_state_is_end((enum order_state)to);
        }
        assert_true(order_state_is_end((enum order_state)at) || leads_to_end ||
                    order_state_allows((enum order_state)at, ORDER_SUBMITTED));
    }
}

static void test_states(void **state)
{
    (void)state;
    static const struct {
        enum order_state state;
        const char *name;
        bool is_end;
    } states[] = {
        {ORDER_NEW, "new", false},           {ORDER_DENIED, "denied", true},
        {ORDER_SUBMITTED, "submitted", false}, {ORDER_OPEN, "open", false},
        {ORDER_FILLED, "filled", true},      {ORDER_CANCELED, "canceled", true},
        {ORDER_REJECTED, "rejected", true},  {ORDER_EXPIRED, "expired", true},
        {ORDER_ABSENT, "absent", true},
    };
    assert_int_equal(ARRAY_COUNT(states), ORDER_STATE_END - 1);
    for (size_t i = 0; i < ARRAY_COUNT(states); i++) {
        assert_int_equal(states[i].state, i + 1); /* numbers are permanent */
        assert_string_equal(order_state_name(states[i].state), states[i].name);
        assert_int_equal(order_state_is_end(states[i].state), states[i].is_end);
        assert_true(strlen(order_state_sentence(states[i].state)) > 10);
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(delivery_name(DELIVERY_NONE), "none");
    assert_string_equal(delivery_name(DELIVERY_UNKNOWN), "unknown");
    assert_string_equal(side_name(SIDE_BUY), "buy");
    assert_string_equal(side_name(SIDE_SELL), "sell");
    assert_int_equal(side_opposite(SIDE_BUY), SIDE_SELL);
    assert_int_equal(side_opposite(SIDE_SELL), SIDE_BUY);
    assert_string_equal(order_type_name(ORDER_MARKET), "market");
    assert_string_equal(order_type_name(ORDER_STOP_LIMIT), "stop_limit");
    assert_string_equal(tif_name(TIF_GTC), "gtc");
    assert_string_equal(tif_name(TIF_GTD), "gtd");
    assert_string_equal(order_purpose_name(PURPOSE_ENTER), "enter");
    assert_string_equal(order_purpose_name(PURPOSE_BUDGET_END), "budget_end");
}

static void test_remaining(void **state)
{
    (void)state;
    struct order order = {.quantity = {10}, .filled = {4}};
    assert_int_equal(order_remaining(&order).units, 6);
    order.filled.units = 10;
    assert_int_equal(order_remaining(&order).units, 0);
    order.filled.units = 12; /* more than was ordered leaves nothing, not less than nothing */
    assert_int_equal(order_remaining(&order).units, 0);
}

/* Every reason has a name of its own, a sentence, and its permanent number. */
static void test_reasons(void **state)
{
    (void)state;
    const char *names[REASON_COUNT];
    size_t count = 0;
#define REASON_CHECK(row, number, text, control, sentence)        \
    assert_string_equal(reason_name(REASON_##row), text);         \
    assert_string_equal(reason_sentence(REASON_##row), sentence); \
    assert_int_equal(reason_control(REASON_##row), control);      \
    assert_true(number<REASON_COUNT && strlen(sentence)> 8);      \
    names[count++] = text;
    REASON_TABLE(REASON_CHECK)
#undef REASON_CHECK
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(names[i], names[k]);
    }
    assert_int_equal(REASON_PRICE_COLLAR, 21);
    assert_int_equal(REASON_VENUE_SAID, 64);
    assert_int_equal(REASON_OVERDRAWN, 96);
}

/* ---- client_order_id ------------------------------------------------------------------------- */

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void test_round_trip(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 11, 1);
    for (int i = 0; i < 20000; i++) {
        uint64_t low = i == 0 ? 0 : i == 1 ? UINT64_MAX : random_u64(&random);
        uint64_t high = i == 0 ? 0 : i == 1 ? UINT64_MAX : random_u64(&random);
        char text[CLIENT_ORDER_ID_SIZE];
        client_order_id_format(text, low, high);
        assert_int_equal(strlen(text), CLIENT_ORDER_ID_SIZE - 1);
        assert_int_equal(strspn(text, alphabet), CLIENT_ORDER_ID_SIZE - 1);
        uint64_t low_again = 1;
        uint64_t high_again = 1;
        assert_true(client_order_id_parse(text_of(text), &low_again, &high_again));
        assert_true(low_again == low && high_again == high);
    }
    char text[CLIENT_ORDER_ID_SIZE];
    client_order_id_format(text, 1, 0);
    assert_string_equal(text, "00000000000000000000000001K");
}

/* One wrong digit anywhere, the check digit included, is always found. */
static void test_wrong_digit(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 12, 1);
    for (int i = 0; i < 50; i++) {
        char text[CLIENT_ORDER_ID_SIZE];
        client_order_id_format(text, random_u64(&random), random_u64(&random));
        for (size_t at = 0; at + 1 < CLIENT_ORDER_ID_SIZE; at++) {
            for (size_t digit = 0; digit < 32; digit++) {
                char wrong[CLIENT_ORDER_ID_SIZE];
                memcpy(wrong, text, sizeof wrong);
                wrong[at] = alphabet[digit];
                uint64_t low = 7;
                uint64_t high = 7;
                bool good = client_order_id_parse(text_of(wrong), &low, &high);
                assert_int_equal(good, wrong[at] == text[at]);
                if (!good)
                    assert_true(low == 7 && high == 7);
            }
        }
    }
}

/* Two neighbours exchanged: the weights differ by 2, so all but digits 16 apart are found. */
static void test_swapped_digits(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 13, 1);
    unsigned missed = 0;
    unsigned tried = 0;
    for (int i = 0; i < 2000; i++) {
        char text[CLIENT_ORDER_ID_SIZE];
        client_order_id_format(text, random_u64(&random), random_u64(&random) >> 3);
        for (size_t at = 1; at + 2 < CLIENT_ORDER_ID_SIZE - 1; at++) {
            char left = text[at];
            char right = text[at + 1];
            long distance = strchr(alphabet, left) - strchr(alphabet, right);
            if (distance == 0)
                continue;
            char wrong[CLIENT_ORDER_ID_SIZE];
            memcpy(wrong, text, sizeof wrong);
            wrong[at] = right;
            wrong[at + 1] = left;
            uint64_t low = 0;
            uint64_t high = 0;
            bool good = client_order_id_parse(text_of(wrong), &low, &high);
            assert_int_equal(good, distance == 16 || distance == -16);
            missed += good;
            tried++;
        }
    }
    assert_true(missed * 20 < tried);
}

static void test_foreign_ids(void **state)
{
    (void)state;
    static const char *const foreign[] = {
        "",
        "0",
        "00000000000000000000000001",    /* without its check digit */
        "00000000000000000000000001KK",  /* one more */
        "0000000000000000000000000lK",   /* no such digit */
        "00000000000000000000000001k",   /* lower case */
        "80000000000000000000000000" "1", /* more than 128 bits */
        "ZZZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "b5a0c5a1-4b0e-4d3f-9a53-7d0c", /* somebody else's */
        "00000000000000 00000000001K",
    };
    for (size_t i = 0; i < ARRAY_COUNT(foreign); i++) {
        uint64_t low = 7;
        uint64_t high = 7;
        assert_false(client_order_id_parse(text_of(foreign[i]), &low, &high));
        assert_true(low == 7 && high == 7);
    }
    static const char zero_inside[27] = "0000000000000\0000000000001K";
    uint64_t low = 7;
    uint64_t high = 7;
    assert_false(client_order_id_parse((struct text){zero_inside, 27}, &low, &high));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_transitions),   cmocka_unit_test(test_reachable),
        cmocka_unit_test(test_states),        cmocka_unit_test(test_names),
        cmocka_unit_test(test_remaining),     cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_wrong_digit),
        cmocka_unit_test(test_swapped_digits), cmocka_unit_test(test_foreign_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
