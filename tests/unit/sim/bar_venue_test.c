/* The exchange on bars: the table at the head of its header, every order type in every mode, told
 * as stories whose answers are compared byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bar_venue_script.h"

#define DAY_NS (INT64_C(86400) * NANOSECONDS_PER_SECOND)

/* ---- prices ---------------------------------------------------------------------------------- */

static void market_orders_take_the_next_opening(void **state)
{
    (void)state;
    static const struct {
        enum side side;
        int64_t slippage_ppm, open, expected;
    } cases[] = {
        {SIDE_BUY, 0, 10000, 10000},   {SIDE_SELL, 0, 10000, 10000}, /* on the tick: as it is */
        {SIDE_BUY, 0, 10001, 10005},   {SIDE_SELL, 0, 10004, 10000}, /* off it: against us */
        {SIDE_BUY, 0, 10004, 10005},   {SIDE_SELL, 0, 10001, 10000},
        {SIDE_BUY, 100, 10000, 10005}, {SIDE_SELL, 100, 10000, 9995}, /* moved, then rounded once */
        {SIDE_BUY, 500, 10000, 10005}, {SIDE_SELL, 500, 10000, 9995}, /* moved onto the tick */
        {SIDE_BUY, 501, 10000, 10010}, {SIDE_SELL, 501, 10000, 9990},
        {SIDE_BUY, 100, 9999, 10000},  {SIDE_SELL, 100, 10001, 9995}, /* within the tick: no more */
        {SIDE_BUY, 0, 3, 5},           {SIDE_SELL, 0, 3, 5},          /* never for nothing */
        {SIDE_SELL, 999999, 10000, 5},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char story[256];
        int64_t fee = (cases[i].expected * 2000 + 500000) / 1000000; /* none of them is a tie */
        (void)snprintf(story, sizeof story,
                       "place 1 %s market\n  accepted 1\nat 7\nopen %lld\n"
                       "  fill 1 %lld x10000 taker %lld.%02lld\ncancel 1\n"
                       "  cancel_rejected 1 venue_unknown_order\n",
                       cases[i].side == SIDE_BUY ? "buy" : "sell", (long long)cases[i].open,
                       (long long)cases[i].expected, (long long)(fee / 100),
                       (long long)(fee % 100));
        script_tell(BAR_FILL_NEXT_OPEN, cases[i].slippage_ppm, story);
        script_tell(BAR_FILL_RANGE, cases[i].slippage_ppm, story);
    }
}

static void this_close_fills_at_once(void **state)
{
    (void)state;
    script_tell(BAR_FILL_THIS_CLOSE, 0,
                "last 9003\nplace 1 buy market\n  accepted 1\n  fill 1 9005 x10000 taker 0.18\n"
                "place 2 sell market\n  accepted 2\n  fill 2 9000 x10000 taker 0.18\n"
                /* Without a price it waits for a close; openings are not seen. */
                "last 0\nplace 3 buy market\n  accepted 3\nopen 8000\n"
                "close 8000 9500 7000 9000\n  fill 3 9000 x10000 taker 0.18\n");
    script_tell(BAR_FILL_THIS_CLOSE, 100,
                "last 9000\nplace 1 buy market\n  accepted 1\n  fill 1 9005 x10000 taker 0.18\n"
                "place 2 sell market\n  accepted 2\n  fill 2 8995 x10000 taker 0.18\n");
}

static void market_orders_see_no_close_in_other_modes(void **state)
{
    (void)state;
    static const char story[] = "last 9000\nplace 1 buy market\n  accepted 1\n"
                                "close 9000 9100 8900 9000\n"
                                "open 9050\n  fill 1 9050 x10000 taker 0.18\n";
    script_tell(BAR_FILL_NEXT_OPEN, 0, story);
    script_tell(BAR_FILL_RANGE, 0, story);
}

/* ---- limit orders ---------------------------------------------------------------------------- */

static void touching_is_not_filling(void **state)
{
    (void)state;
    script_tell(BAR_FILL_NEXT_OPEN, 0,
                "last 10000\nplace 1 buy limit 9900\n  accepted 1\n"
                "place 2 sell limit 10100\n  accepted 2\n"
                "open 9900\nopen 10100\n"                      /* touched */
                "close 10000 12000 8000 9000\n"                /* nothing but openings counts */
                "open 9899\n  fill 1 9900 x10000 maker 0.10\n" /* at its limit, better or not */
                "open 12000\n  fill 2 10100 x10000 maker 0.10\n");
    script_tell(BAR_FILL_THIS_CLOSE, 0,
                "last 10000\nplace 1 buy limit 9900\n  accepted 1\n"
                "place 2 sell limit 10100\n  accepted 2\n"
                "open 8000\nopen 12000\nclose 8000 12000 8000 9900\n"
                "close 8000 12000 8000 10100\n"
                "close 8000 12000 8000 9899\n  fill 1 9900 x10000 maker 0.10\n"
                "close 8000 12000 8000 10101\n  fill 2 10100 x10000 maker 0.10\n");
    script_tell(BAR_FILL_RANGE, 0,
                "last 10000\nplace 1 buy limit 9900\n  accepted 1\n"
                "place 2 sell limit 10100\n  accepted 2\n"
                "open 10000\nclose 10000 10100 9900 10000\n"
                "open 10000\nclose 10000 10100 9899 10000\n  fill 1 9900 x10000 maker 0.10\n"
                "open 10000\nclose 10000 10101 10000 10000\n  fill 2 10100 x10000 maker 0.10\n");
}

static void marketable_limits_take_where_they_meet_the_market(void **state)
{
    (void)state;
    static const char story[] = "place 1 buy limit 10100\n  accepted 1\n"
                                "place 2 sell limit 9900\n  accepted 2\n"
                                "open 10001\n  fill 1 10005 x10000 taker 0.20\n"
                                "  fill 2 10000 x10000 taker 0.20\n";
    script_tell(BAR_FILL_NEXT_OPEN, 0, story);
    script_tell(BAR_FILL_RANGE, 0, story);
    script_tell(BAR_FILL_THIS_CLOSE, 0,
                "last 10001\nplace 1 buy limit 10100\n  accepted 1\n"
                "  fill 1 10005 x10000 taker 0.20\n"
                "place 2 sell limit 9900\n  accepted 2\n  fill 2 10000 x10000 taker 0.20\n"
                "last 10100\nplace 3 buy limit 10100\n  accepted 3\n" /* touching rests */
                "close 10100 10100 10099 10099\n  fill 3 10100 x10000 maker 0.10\n");
    /* Slippage that would leave the limit is not paid: the order rests, and is a maker later. */
    script_tell(BAR_FILL_NEXT_OPEN, 10000,
                "place 1 buy limit 10100\n  accepted 1\nplace 2 buy limit 10095\n  accepted 2\n"
                "place 3 sell limit 9900\n  accepted 3\nplace 4 sell limit 9905\n  accepted 4\n"
                "open 10000\n  fill 1 10100 x10000 taker 0.20\n  fill 3 9900 x10000 taker 0.20\n"
                "open 10000\n  fill 2 10095 x10000 maker 0.10\n  fill 4 9905 x10000 maker 0.10\n");
}

/* In the bar in which it arrives an order has met no price: that bar's extremes may be older. */
static void limits_see_a_range_only_from_an_opening_on(void **state)
{
    (void)state;
    script_tell(BAR_FILL_RANGE, 0,
                "last 10000\nopen 10000\nplace 1 buy limit 9900\n  accepted 1\n"
                "close 10000 10000 9000 9950\n"
                "open 9950\nclose 9950 9950 9000 9950\n  fill 1 9900 x10000 maker 0.10\n");
}

static void post_only_never_takes(void **state)
{
    (void)state;
    static const char refused[] = "last 10000\n"
                                  "place 1 buy limit 10000 post\n  rejected 1 venue_post_only\n"
                                  "place 2 sell limit 10000 post\n  rejected 2 venue_post_only\n"
                                  "place 3 buy limit 9995 post\n  accepted 3\n"
                                  "place 4 sell limit 10005 post\n  accepted 4\n"
                                  "cancel 3\n  canceled 3\ncancel 4\n  canceled 4\n";
    for (enum bar_fill fill = BAR_FILL_NEXT_OPEN; fill <= BAR_FILL_RANGE; fill++)
        script_tell(fill, 0, refused);
    /* A gap that would have made it marketable fills it as what it is, at its own price. */
    static const char gap[] = "last 10000\nplace 1 buy limit 9995 post\n  accepted 1\n"
                              "open 9000\n  fill 1 9995 x10000 maker 0.10\n";
    script_tell(BAR_FILL_NEXT_OPEN, 0, gap);
    script_tell(BAR_FILL_RANGE, 0, gap);
    script_tell(BAR_FILL_THIS_CLOSE, 0,
                "last 10000\nplace 1 buy limit 9995 post\n  accepted 1\n"
                "close 9990 9990 9990 9990\n  fill 1 9995 x10000 maker 0.10\n");
}

/* By the price that triggers it, not by the one it was placed at. */
static void post_only_stop_limits_are_judged_at_their_trigger(void **state)
{
    (void)state;
    /* 1 would take when it is placed and rests when it is triggered; 2 would take at its trigger,
     * 3 touches there, 4 was gone beyond. */
    static const char opening[] = "last 10000\n"
                                  "place 1 sell stop_limit 9500 9600 post\n  accepted 1\n"
                                  "place 2 sell stop_limit 9500 9400 post\n  accepted 2\n"
                                  "place 3 buy stop_limit 10500 10500 post\n  accepted 3\n"
                                  "place 4 buy stop_limit 10500 10495 post\n  accepted 4\n"
                                  "open 10000\nopen 9500\n"
                                  "  canceled 2 venue_post_only\n"
                                  "open 9605\n  fill 1 9600 x10000 maker 0.10\n"
                                  "open 10500\n  canceled 3 venue_post_only\n"
                                  "open 10490\n  fill 4 10495 x10000 maker 0.10\n";
    script_tell(BAR_FILL_NEXT_OPEN, 0, opening);
    script_tell(BAR_FILL_RANGE, 0, opening);
    /* Inside a bar the stop price is what triggers, whatever the bar did beyond it. */
    script_tell(BAR_FILL_RANGE, 0,
                "last 10000\nplace 1 sell stop_limit 9500 9505 post\n  accepted 1\n"
                "place 2 sell stop_limit 9500 9500 post\n  accepted 2\n"
                "place 3 buy stop_limit 9700 9695 post\n  accepted 3\n"
                "place 4 buy stop_limit 9700 9700 post\n  accepted 4\n"
                "open 9600\n"
                "close 9600 9800 8000 9000\n  canceled 2 venue_post_only\n"
                "  canceled 4 venue_post_only\n"
                "open 9000\n  fill 3 9695 x10000 maker 0.10\n"
                "close 9000 9510 8990 9400\n  fill 1 9505 x10000 maker 0.10\n");
    script_tell(BAR_FILL_THIS_CLOSE, 0,
                "last 10000\nplace 1 sell stop_limit 9500 9400 post\n  accepted 1\n"
                "place 2 sell stop_limit 9500 9460 post\n  accepted 2\n"
                "place 3 buy stop_limit 10000 10100 post\n  accepted 3\n"
                "  canceled 3 venue_post_only\n"
                "close 10000 10000 9450 9450\n  canceled 1 venue_post_only\n"
                "close 9450 9465 9450 9465\n  fill 2 9460 x10000 maker 0.09\n");
}

/* Nor by an amend: it would have paid its own price as a maker where the market was better. */
static void post_only_is_not_amended_into_taking(void **state)
{
    (void)state;
    static const char story[] = "last 10000\nplace 1 buy limit 9900 post\n  accepted 1\n"
                                "place 2 buy stop_limit 10500 9000 post\n  accepted 2\n"
                                "amend 1 10000 x10000\n  amend_rejected 1 venue_post_only\n"
                                "amend 1 9995 x10000\n  amended 1 9995 x10000\n"
                                "amend 2 10600 x10000\n  amended 2 10600 x10000\n"
                                "close 10000 10000 9995 9995\n"
                                "amend 1 9995 x5000\n  amended 1 9995 x5000\n" /* where it was */
                                "cancel 1\n  canceled 1\n"
                                "open 10500\n  canceled 2 venue_post_only\n";
    script_tell(BAR_FILL_NEXT_OPEN, 0, story);
    script_tell(BAR_FILL_RANGE, 0, story);
}

static void immediate_orders_fill_or_end(void **state)
{
    (void)state;
    static const char *const words[] = {"ioc", "fok"};
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        char story[1024];
        (void)snprintf(story, sizeof story,
                       "place 1 buy limit 10000 %s\n  accepted 1\n"
                       "place 2 sell limit 9950 %s\n  accepted 2\n"
                       "place 3 buy limit 9950 %s\n  accepted 3\n"
                       "open 9950\n  fill 1 9950 x10000 taker 0.20\n"
                       "  canceled 2 venue_unfillable\n" /* touching is not filling */
                       "  canceled 3 venue_unfillable\n",
                       words[i], words[i], words[i]);
        script_tell(BAR_FILL_NEXT_OPEN, 0, story);
        script_tell(BAR_FILL_RANGE, 0, story);
        (void)snprintf(story, sizeof story,
                       "last 9950\nplace 1 buy limit 10000 %s\n  accepted 1\n"
                       "  fill 1 9950 x10000 taker 0.20\n"
                       "place 2 sell limit 9950 %s\n  accepted 2\n"
                       "  canceled 2 venue_unfillable\n"
                       "place 3 buy market %s\n  accepted 3\n  fill 3 9950 x10000 taker 0.20\n",
                       words[i], words[i], words[i]);
        script_tell(BAR_FILL_THIS_CLOSE, 0, story);
    }
}

static void good_till_date_ends_before_it_could_fill(void **state)
{
    (void)state;
    static const char opening[] = "at 1\nlast 10000\nplace 1 buy limit 9900 gtd 5\n  accepted 1\n"
                                  "at 4\nopen 10000\nat 5\nopen 9000\n  expired 1 venue_expired\n"
                                  "cancel 1\n  cancel_rejected 1 venue_unknown_order\n";
    script_tell(BAR_FILL_NEXT_OPEN, 0, opening);
    script_tell(BAR_FILL_RANGE, 0, opening);
    static const char in_time[] = "at 1\nlast 10000\nplace 1 buy limit 9900 gtd 5\n  accepted 1\n"
                                  "at 4\nopen 9800\n  fill 1 9800 x10000 taker 0.20\n";
    script_tell(BAR_FILL_NEXT_OPEN, 0, in_time);
    script_tell(BAR_FILL_RANGE, 0, in_time);
    script_tell(BAR_FILL_THIS_CLOSE, 0,
                "at 1\nlast 10000\nplace 1 buy limit 9900 gtd 5\n  accepted 1\n"
                "place 2 buy limit 9900 gtd 6\n  accepted 2\n"
                "at 5\nclose 9800 9800 9800 9800\n  expired 1 venue_expired\n"
                "  fill 2 9900 x10000 maker 0.10\n");
    /* A time inside the bar: the price may have come after it. One at its very end: before. */
    script_tell(BAR_FILL_RANGE, 0,
                "at 1\nlast 10000\nplace 1 buy limit 9900 gtd 8\n  accepted 1\n"
                "place 2 buy limit 9900 gtd 9\n  accepted 2\n"
                "place 3 buy limit 9700 gtd 9\n  accepted 3\n"
                "at 2\nopen 10000\nat 9\nclose 10000 10000 9800 9900\n"
                "  expired 1 venue_expired\n  fill 2 9900 x10000 maker 0.10\n"
                "  expired 3 venue_expired\n");
    /* In next_open nothing fills at a close, but what is over there ends there. */
    script_tell(BAR_FILL_NEXT_OPEN, 0,
                "at 1\nplace 1 buy limit 9900 gtd 9\n  accepted 1\nat 9\n"
                "close 9000 9000 9000 9000\n  expired 1 venue_expired\n");
}

/* ---- stops ----------------------------------------------------------------------------------- */

static void stops_take_the_first_price_beyond(void **state)
{
    (void)state;
    script_tell(BAR_FILL_NEXT_OPEN, 0,
                "last 10000\nplace 1 sell stop 9500\n  accepted 1\n"
                "place 2 buy stop 10500\n  accepted 2\n"
                "open 10000\nclose 10000 12000 8000 10000\n"   /* the range is not looked at */
                "open 9500\n  fill 1 9500 x10000 taker 0.19\n" /* reached is enough */
                "open 11003\n  fill 2 11005 x10000 taker 0.22\n");
    script_tell(BAR_FILL_THIS_CLOSE, 0,
                "last 10000\nplace 1 sell stop 9500\n  accepted 1\n"
                "place 2 buy stop 10000\n  accepted 2\n  fill 2 10000 x10000 taker 0.20\n"
                "open 9000\nclose 9000 9800 8000 9501\n"
                "close 9000 9800 8000 9402\n  fill 1 9400 x10000 taker 0.19\n");
}

static void stops_inside_a_bar(void **state)
{
    (void)state;
    script_tell(BAR_FILL_RANGE, 0,
                "last 10000\nplace 1 sell stop 9500\n  accepted 1\n"
                "place 2 buy stop 10500\n  accepted 2\nopen 10000\n"
                "close 10000 10499 9501 10000\n"
                "open 10000\nclose 10000 10500 9500 10000\n" /* touched, both: at their prices */
                "  fill 1 9500 x10000 taker 0.19\n  fill 2 10500 x10000 taker 0.21\n"
                /* A worse opening is what a stop gets. */
                "place 3 sell stop 9500\n  accepted 3\nplace 4 buy stop 9100\n  accepted 4\n"
                "open 9201\n  fill 3 9200 x10000 taker 0.18\n  fill 4 9205 x10000 taker 0.18\n");
    script_tell(BAR_FILL_RANGE, 1000,
                "last 10000\nplace 1 sell stop 9500\n  accepted 1\n"
                "place 2 buy stop 10500\n  accepted 2\nopen 10000\n"
                "close 10000 10500 9500 10000\n"
                "  fill 1 9490 x10000 taker 0.19\n  fill 2 10515 x10000 taker 0.21\n");
}

/* The profit that the same bar might have brought is not counted: the worse of two stories. */
static void stops_come_before_limits(void **state)
{
    (void)state;
    script_tell(BAR_FILL_RANGE, 0,
                "last 10000\nplace 1 sell limit 10500\n  accepted 1\n"
                "place 2 sell stop 9500\n  accepted 2\nopen 10000\n"
                "close 10000 11000 9000 10000\n"
                "  fill 2 9500 x10000 taker 0.19\n  fill 1 10500 x10000 maker 0.10\n");
}

static void stop_limits_rest_until_the_next_bar(void **state)
{
    (void)state;
    script_tell(BAR_FILL_RANGE, 0,
                "last 10000\nplace 1 sell stop_limit 9500 9400\n  accepted 1\n"
                "place 2 buy stop_limit 10500 10400\n  accepted 2\nopen 10000\n"
                "close 10000 10600 9450 10450\n" /* both triggered, and no more */
                "open 10450\n  fill 1 10450 x10000 taker 0.21\n"
                "close 10450 10450 10400 10450\n"
                "open 10450\nclose 10450 10450 10399 10450\n  fill 2 10400 x10000 maker 0.10\n");
    /* An opening beyond the stop triggers it and is met at once. */
    script_tell(BAR_FILL_NEXT_OPEN, 0,
                "last 10000\nplace 1 sell stop_limit 9500 9400\n  accepted 1\n"
                "place 2 sell stop_limit 9500 9460\n  accepted 2\n"
                "place 3 sell stop_limit 9500 9460 ioc\n  accepted 3\n"
                "open 9501\nopen 9450\n  fill 1 9450 x10000 taker 0.19\n"
                "  canceled 3 venue_unfillable\n"
                "open 9460\nopen 9470\n  fill 2 9460 x10000 maker 0.09\n");
    script_tell(BAR_FILL_THIS_CLOSE, 0,
                "last 10000\nplace 1 buy stop_limit 10100 10200\n  accepted 1\n"
                "close 9000 11000 9000 10099\n"
                "close 9000 11000 9000 10100\n  fill 1 10100 x10000 taker 0.20\n"
                "last 10300\nplace 2 buy stop_limit 10100 10200\n  accepted 2\n"
                "close 9000 9000 9000 9000\n  fill 2 10200 x10000 maker 0.10\n");
}

/* ---- cancels and amends ---------------------------------------------------------------------- */

/* An exchange would have executed it; one that still may or may not fill is another thing. */
static void no_cancel_overtakes_a_market_order(void **state)
{
    (void)state;
    static const char story[] = "last 9000\nplace 1 buy market\n  accepted 1\n"
                                "cancel 1\n  cancel_rejected 1 venue\n"
                                "open 9100\n  fill 1 9100 x10000 taker 0.18\n"
                                "cancel 1\n  cancel_rejected 1 venue_unknown_order\n"
                                "place 2 sell limit 12000\n  accepted 2\ncancel 2\n  canceled 2\n"
                                "place 3 sell stop 6000\n  accepted 3\ncancel 3\n  canceled 3\n"
                                "place 4 sell stop_limit 6000 5000\n  accepted 4\n"
                                "cancel 4\n  canceled 4\n"
                                "cancel 4\n  cancel_rejected 4 venue_unknown_order\n"
                                "cancel 99\n  cancel_rejected 99 venue_unknown_order\n"
                                "open 1\nopen 20000\n";
    script_tell(BAR_FILL_NEXT_OPEN, 0, story);
    script_tell(BAR_FILL_RANGE, 0, story);
}

static void amended_orders_meet_the_market_anew(void **state)
{
    (void)state;
    script_tell(BAR_FILL_NEXT_OPEN, 0,
                "last 10000\nplace 1 buy limit 9000\n  accepted 1\n"
                "place 2 buy limit 9000\n  accepted 2\nopen 10000\n"
                "amend 1 10100 x20000\n  amended 1 10100 x20000\n" /* up, and now marketable */
                "open 10000\n  fill 1 10000 x20000 taker 0.40\n"
                "amend 2 8900 x10\n  amended 2 8900 x10\n" /* down to the smallest */
                "open 8900\nopen 8895\n  fill 2 8900 x10 maker 0.00\n");
    /* Its place is lost: the one behind it goes first. */
    script_tell(BAR_FILL_NEXT_OPEN, 0,
                "last 10000\nplace 1 buy limit 9000\n  accepted 1\n"
                "place 2 buy limit 9000\n  accepted 2\nopen 10000\n"
                "amend 1 9000 x10000\n  amended 1 9000 x10000\nopen 10000\n"
                "open 8000\n  fill 2 9000 x10000 maker 0.09\n  fill 1 9000 x10000 maker 0.09\n");
    /* A market or stop order has no price to amend, its quantity alone. */
    script_tell(BAR_FILL_NEXT_OPEN, 0,
                "last 10000\nplace 1 sell stop 9000\n  accepted 1\n"
                "amend 1 9000 x10000\n  amend_rejected 1 venue_grid\n"
                "amend 1 0 x20000\n  amended 1 0 x20000\n"
                "open 9000\n  fill 1 9000 x20000 taker 0.36\n"
                "place 2 sell limit 11000\n  accepted 2\n"
                "amend 2 0 x10000\n  amend_rejected 2 venue_grid\n"
                "amend 2 11001 x10000\n  amend_rejected 2 venue_grid\n"
                "amend 2 11000 x10001\n  amend_rejected 2 venue_grid\n"
                "amend 2 11000 x0\n  amend_rejected 2 venue_grid\n"
                "amend 2 11000 x-10\n  amend_rejected 2 venue_grid\n"
                "amend 1 11000 x10\n  amend_rejected 1 venue_unknown_order\n"
                "open 11005\n  fill 2 11005 x10000 taker 0.22\n");
}

/* ---- the exchange's own rules ---------------------------------------------------------------- */

static void orders_off_the_grid_or_too_small_are_refused(void **state)
{
    (void)state;
    struct script script = {.instrument = script_instrument()};
    script.instrument.quantity_min.units = 100;
    script.instrument.notional_min.units = (i128)5 * power_of_ten(AMOUNT_DECIMALS);
    struct bar_venue_config config = {.fill = BAR_FILL_NEXT_OPEN};
    script_begin_with(&script, &config);
    script_run(&script,
               "place 1 buy market\n  accepted 1\nlast 10000\n"
               "place 2 buy limit 10001\n  rejected 2 venue_grid\n"
               "place 3 buy stop 10001\n  rejected 3 venue_grid\n"
               "place 4 buy limit -5\n  rejected 4 venue_grid\n"
               "place 5 buy market x10005\n  rejected 5 venue_grid\n"
               "place 6 buy market x0\n  rejected 6 venue_grid\n"
               "place 7 buy market x-100\n  rejected 7 venue_grid\n"
               "place 8 buy limit 60000 x90\n  rejected 8 venue_below_minimum\n"
               "place 9 buy limit 60000 x100\n  accepted 9\n"
               "place 10 buy market x490\n  rejected 10 venue_below_minimum\n" /* 4.90 */
               "place 11 buy market x500\n  accepted 11\n"                     /* 5.00 */
               "place 12 buy limit 5000 x990\n  rejected 12 venue_below_minimum\n"
               "place 13 buy limit 5000 x1000\n  accepted 13\n"
               "amend 13 5000 x90\n  amend_rejected 13 venue_below_minimum\n"
               "place 14 sell stop 9000 x490\n  rejected 14 venue_below_minimum\n"
               "last 0\nplace 15 sell market x100\n  accepted 15\n"); /* no price to judge by */
    assert_int_equal(bar_venue_live(script.venue), 5);
    assert_int_not_equal(bar_venue_waiting(script.venue)[0], 0);
    script_end(&script);
}

static void only_listed_instruments_are_traded(void **state)
{
    (void)state;
    struct script script = {.instrument = script_instrument()};
    script.instrument.tradable = 0;
    struct bar_venue_config config = {.fill = BAR_FILL_NEXT_OPEN};
    script_begin_with(&script, &config);
    script_run(&script, "place 1 buy market\n  rejected 1 venue_instrument\n");
    struct order order = {.id = 2, .instrument = 1, .quantity = {10}, .side = SIDE_BUY};
    bar_venue_place(script.venue, &order, (struct price){100}, 3);
    uint32_t count = 0;
    const struct input *reports = bar_venue_reports(script.venue, &count);
    assert_int_equal(count, 1);
    assert_int_equal(reports->kind, INPUT_VENUE_REJECTED);
    assert_int_equal(reports->report.reason, REASON_VENUE_INSTRUMENT);
    assert_int_equal(bar_venue_live(script.venue), 0);
    script_end(&script);
}

/* Ids lie in a ring: one that is living is not overwritten, neither by itself nor a later one. */
static void ids_lie_in_a_ring(void **state)
{
    (void)state;
    struct script script = {.instrument = script_instrument()};
    struct bar_venue_config config = {.fill = BAR_FILL_NEXT_OPEN, .orders_capacity = 4};
    script_begin_with(&script, &config);
    script_run(&script, "last 10000\nplace 1 buy limit 9000\n  accepted 1\n"
                        "place 1 sell limit 11000\n  rejected 1 venue_full\n"
                        "place 5 sell limit 11000\n  rejected 5 venue_full\n"
                        "cancel 5\n  cancel_rejected 5 venue_unknown_order\n"
                        "place 2 buy limit 9000\n  accepted 2\n"
                        "place 3 buy limit 9000\n  accepted 3\n"
                        "place 4 buy limit 9000\n  accepted 4\n"
                        "place 6 buy limit 9000\n  rejected 6 venue_full\n"
                        "cancel 1\n  canceled 1\nplace 5 sell limit 11000\n  accepted 5\n"
                        "cancel 1\n  cancel_rejected 1 venue_unknown_order\n"
                        "amend 1 9000 x10\n  amend_rejected 1 venue_unknown_order\n"
                        "open 8000\n  fill 2 8000 x10000 taker 0.16\n"
                        "  fill 3 8000 x10000 taker 0.16\n  fill 4 8000 x10000 taker 0.16\n"
                        "place 5 sell limit 11000\n  rejected 5 venue_full\n");
    assert_int_equal(bar_venue_live(script.venue), 1);
    script_end(&script);
}

/* ---- fees ------------------------------------------------------------------------------------ */

/* 0.50 at one per cent is half a cent: ties go to the even one, of rebates too. */
static void fees_are_rounded_half_even(void **state)
{
    (void)state;
    struct script script = {.instrument = script_instrument()};
    struct bar_venue_config config = {
        .fill = BAR_FILL_NEXT_OPEN, .tiers = {{{0}, {-10000}, {10000}}}, .tiers_count = 1};
    script_begin_with(&script, &config);
    script_run(&script, "place 1 buy market x50\n  accepted 1\n"
                        "place 2 buy market x150\n  accepted 2\n"
                        "place 3 buy market x250\n  accepted 3\n"
                        "place 4 buy market x260\n  accepted 4\n"
                        "open 10000\n  fill 1 10000 x50 taker 0.00\n"
                        "  fill 2 10000 x150 taker 0.02\n  fill 3 10000 x250 taker 0.02\n"
                        "  fill 4 10000 x260 taker 0.03\n"
                        "place 5 buy limit 10000 x50\n  accepted 5\n"
                        "place 6 buy limit 10000 x150\n  accepted 6\n"
                        "place 7 buy limit 10000 x160\n  accepted 7\n"
                        "open 10000\nopen 9995\n  fill 5 10000 x50 maker 0.00\n"
                        "  fill 6 10000 x150 maker -0.02\n  fill 7 10000 x160 maker -0.02\n");
    script_end(&script);
}

/* The tier of a day is that of the volume of the thirty whole days before it. */
static void fee_tiers_follow_thirty_days(void **state)
{
    (void)state;
    struct script script = {.instrument = script_instrument()};
    i128 one = power_of_ten(AMOUNT_DECIMALS);
    struct bar_venue_config config = {.fill = BAR_FILL_THIS_CLOSE,
                                      .tiers = {{{0}, {1000}, {10000}},
                                                {{one * 200}, {1000}, {5000}},
                                                {{one * 300}, {1000}, {1000}}},
                                      .tiers_count = 3};
    script_begin_with(&script, &config);
    /* 131 no longer counts day 100, 300 counts nothing, 362 counts 361 alone. */
    static const struct {
        int64_t day, lots, cents;
    } rows[] = {
        {100, 1, 100}, {100, 1, 100}, {100, 1, 100}, {101, 1, 10},  {129, 1, 10},
        {130, 1, 10},  {131, 1, 10},  {132, 1, 10},  {159, 1, 10},  {160, 1, 10},
        {161, 1, 10},  {162, 1, 10},  {190, 1, 10},  {300, 1, 100}, {301, 1, 100},
        {330, 1, 50},  {331, 2, 50},  {361, 1, 50},  {362, 1, 100},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        unsigned long long id = i + 1;
        int64_t volume = 0;
        for (size_t j = 0; j < i; j++) {
            if (rows[j].day < rows[i].day && rows[j].day >= rows[i].day - FEE_DAYS)
                volume += rows[j].lots * 100;
        }
        int64_t cents = volume >= 300 ? 10 : volume >= 200 ? 50 : 100;
        assert_int_equal(cents, rows[i].cents); /* the table is right */
        char story[256];
        (void)snprintf(story, sizeof story,
                       "at %lld\nlast 10000\nplace %llu buy market x%lld\n  accepted %llu\n"
                       "  fill %llu 10000 x%lld taker %lld.%02lld\n",
                       (long long)(rows[i].day * DAY_NS + (int64_t)i), id,
                       (long long)rows[i].lots * 10000, id, id, (long long)rows[i].lots * 10000,
                       (long long)(cents * rows[i].lots / 100),
                       (long long)(cents * rows[i].lots % 100));
        script_run(&script, story);
    }
    script_end(&script);
}

/* A volume of exactly a tier's is of that tier, ten cents less are not. */
static void a_tier_begins_at_its_volume(void **state)
{
    (void)state;
    i128 one = power_of_ten(AMOUNT_DECIMALS);
    for (int64_t lots = 999; lots <= 1001; lots++) {
        struct script script = {.instrument = script_instrument()};
        struct bar_venue_config config = {
            .fill = BAR_FILL_THIS_CLOSE,
            .tiers = {{{0}, {1000}, {10000}}, {{one * 100}, {1000}, {5000}}},
            .tiers_count = 2};
        char story[256];
        script_begin_with(&script, &config);
        /* Lots of 0.001 at 100: 99.90, 100 and 100.10 on the day before. */
        (void)snprintf(story, sizeof story,
                       "at %lld\nlast 10000\nplace 1 buy market x%lld\n  accepted 1\n"
                       "  fill 1 10000 x%lld taker 1.00\n",
                       (long long)DAY_NS, (long long)lots * 10, (long long)lots * 10);
        script_run(&script, story);
        (void)snprintf(story, sizeof story,
                       "at %lld\nlast 10000\nplace 2 buy market\n  accepted 2\n"
                       "  fill 2 10000 x10000 taker %s\n",
                       (long long)(2 * DAY_NS), lots < 1000 ? "1.00" : "0.50");
        script_run(&script, story);
        script_end(&script);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(market_orders_take_the_next_opening),
        cmocka_unit_test(this_close_fills_at_once),
        cmocka_unit_test(market_orders_see_no_close_in_other_modes),
        cmocka_unit_test(touching_is_not_filling),
        cmocka_unit_test(marketable_limits_take_where_they_meet_the_market),
        cmocka_unit_test(limits_see_a_range_only_from_an_opening_on),
        cmocka_unit_test(post_only_never_takes),
        cmocka_unit_test(post_only_stop_limits_are_judged_at_their_trigger),
        cmocka_unit_test(post_only_is_not_amended_into_taking),
        cmocka_unit_test(immediate_orders_fill_or_end),
        cmocka_unit_test(good_till_date_ends_before_it_could_fill),
        cmocka_unit_test(stops_take_the_first_price_beyond),
        cmocka_unit_test(stops_inside_a_bar),
        cmocka_unit_test(stops_come_before_limits),
        cmocka_unit_test(stop_limits_rest_until_the_next_bar),
        cmocka_unit_test(no_cancel_overtakes_a_market_order),
        cmocka_unit_test(amended_orders_meet_the_market_anew),
        cmocka_unit_test(orders_off_the_grid_or_too_small_are_refused),
        cmocka_unit_test(only_listed_instruments_are_traded),
        cmocka_unit_test(ids_lie_in_a_ring),
        cmocka_unit_test(fees_are_rounded_half_even),
        cmocka_unit_test(fee_tiers_follow_thirty_days),
        cmocka_unit_test(a_tier_begins_at_its_volume),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
