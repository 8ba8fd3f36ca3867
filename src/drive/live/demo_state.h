/* What the parts of the running demo share. Internal to drive/live. */
#ifndef TERN_DRIVE_LIVE_DEMO_STATE_H
#define TERN_DRIVE_LIVE_DEMO_STATE_H

#include "drive/config/assemble.h"
#include "drive/live/demo.h"
#include "drive/live/demo_keep.h"
#include "drive/live/demo_market.h"
#include "drive/live/demo_script.h"
#include "drive/live/demo_tape.h"
#include "sim/book_venue.h"

/* What is counted of a bot. */
struct demo_bot {
    uint64_t fills_count, trips_count, denied_count;
    uint32_t denied_reason;  /* of its last denial; 0 since it last planned an order */
    uint32_t refused_reason; /* of the exchange's last refusal; 0 since it last accepted one */
};

/* Sums of a book's positions at their last closes. */
struct demo_value {
    i128 realized, unrealized, fees, funding;
    bool open; /* it holds something */
};

struct demo {
    const struct demo_options *options;
    const struct demo_ports *ports;
    struct demo_outcome *outcome;
    struct problem *problem;
    enum status status; /* the first failure stays */

    struct config config;
    struct assembly assembly;
    struct engine *engine;
    struct book_venue *venue;
    struct demo_market market;           /* without options->tape */
    struct demo_tape tape;               /* with it */
    int64_t start_ns, end_ns;            /* whole seconds; end INT64_MAX: none of its own */
    struct demo_keep keep;               /* used where options->keep is given */
    const struct journal_sink *sinks[2]; /* of the port and of keep; NULL: none */
    struct bar *bars;                    /* [instrument]: that closes at the next second */
    bool *closed;                        /* [instrument]: there is one */
    uint64_t seq;
    int64_t now_ns, history_ns; /* simulated; how long the history is */
    bool live;                  /* the history is over */
    bool stopping;              /* no more seconds */
    bool *halted;               /* [instrument]: the exchange has, because nothing is published */

    /* Instruments that come and go. Those of the configuration's places have names of their own
     * here, because the engine, the exchange and the result borrow them. */
    bool *listed;                                 /* [instrument] */
    char room_assets[DEMO_ROOM][ASSET_NAME_SIZE]; /* of the places, once something is there */
    struct demo_script script;
    struct text_buffer given; /* commands of ports->lines, with their times: a script */
    bool quitting;            /* somebody said so */

    struct demo_bot *bots; /* [bot] */
    struct demo_bot desk;
    int64_t *seen_ns; /* [instrument]: when its last bar closed */
    bool *silent;     /* [instrument]: the engine was told that its feed is */
    int64_t
        *invalid_ns; /* [instrument] of a recording: since when its book is not valid; 0: it is */
    const struct fact_limit_breached *breach; /* of the frame being told */
    int64_t day;                              /* that fills_today counts */
    uint64_t fills_today;

    struct text_buffer out; /* lines not yet written */
    bool unread;            /* nobody reads any more */
    int64_t wall_start_ns;
    int64_t status_second; /* of the wall, since its start, in which the status was drawn */
};

/* Keeps the first failure; the problem must have been set or is set from the status. */
void demo_fail(struct demo *demo, enum status status, const char *where, const char *what);
struct demo_value demo_value_of(const struct demo *demo, uint32_t book);
struct demo_value demo_value_all(const struct demo *demo);
/* How many instruments there are or were; places where nothing came yet are behind them. */
uint32_t demo_named(const struct demo *demo);
/* Its price now: the middle of the order book where that is seen, else the last close. */
struct price demo_price_now(const struct demo *demo, uint32_t instrument);
/* open, halted, removed, or no order book. */
const char *demo_market_word(const struct demo *demo, uint32_t instrument);

/* ---- the market and the exchange (demo_feed.c) ---- */

/* Numbers the input, journals it, lets the engine handle it, journals what came of it, and only
 * then sends orders and tells people. */
void demo_feed(struct demo *demo, struct input *input);
/* The order books as they are, once, of the generator. */
void demo_feed_books(struct demo *demo);
/* One bar of history of each instrument of a recording, at its first price: what is bought before
 * the first bar has closed is valued by it. */
void demo_feed_first_prices(struct demo *demo);
/* All that happens up to and including time_ns: the market, the exchange, its answers, timers. */
void demo_play(struct demo *demo, int64_t time_ns);
/* The end of a whole second that was played: bars, health, the bots. */
void demo_second(struct demo *demo, int64_t time_ns);
/* What is on its way to the exchange and back, with the market standing still. */
void demo_settle(struct demo *demo);
/* Halts what is not published and opens what is, at the exchange. */
void demo_halt(struct demo *demo, int64_t time_ns);

/* ---- commands (demo_commands.c) ---- */

/* Those of the script that are due and those that were typed, at this time. */
void demo_take_commands(struct demo *demo, int64_t time_ns);

/* ---- telling people (demo_text.c, demo_answers.c, demo_close.c, demo_write.c) ---- */

/* Writes what is in demo->out; lines about what happened are wrapped to the screen. */
void demo_say(struct demo *demo);
void demo_tell_start(struct demo *demo);
void demo_tell_ready(struct demo *demo);
/* Lines about the facts of a frame. */
void demo_tell_frame(struct demo *demo, const uint8_t *frame, uint32_t size);
void demo_tell_feed(struct demo *demo, uint32_t silent_count, bool silent);
#define DEMO_TROUBLES_SIZE 400
/* How long the order book of a recording has not been valid, all in all. */
int64_t demo_invalid_ns(const struct demo *demo, uint32_t instrument);
/* An order book of a recording is not valid from now on, or is again. */
void demo_tell_book(struct demo *demo, uint32_t instrument, bool valid);
/* What was wrong with the order books of a recording, all in all. */
void demo_tell_troubles(struct demo *demo);
void demo_tell_status(struct demo *demo);
void demo_tell_stop(struct demo *demo);
/* A line about what was told: the word, and the rest printf style. */
void demo_tell(struct demo *demo, const char *word, enum table_tone tone, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* changed: how far correlations had been changed before it came. */
void demo_tell_added(struct demo *demo, uint32_t instrument, bool known, bool back, double changed);
void demo_tell_removed(struct demo *demo, uint32_t instrument, uint32_t orders);
void demo_tell_prices(struct demo *demo);
void demo_tell_orders_live(struct demo *demo);
void demo_tell_account(struct demo *demo);
void demo_tell_help(struct demo *demo);
/* What became of the orders that were live. */
void demo_tell_orders(struct demo *demo, uint32_t canceled, uint32_t expired);
/* The account at the end; sentence NULL where the books balance. */
void demo_tell_end(struct demo *demo, const char *sentence);
void demo_tell_kept(struct demo *demo);

/* ---- telling programs (demo_json.c): the same things, where output.form is not DEMO_TEXT ---- */

void demo_json_start(struct demo *demo);
void demo_json_fill(struct demo *demo, const struct fact_order_filled *fact);
void demo_json_planned(struct demo *demo, const struct fact_order_planned *fact);
void demo_json_ended(struct demo *demo, const struct fact_order_ended *fact);
void demo_json_denied(struct demo *demo, const struct fact_order_denied *fact);
void demo_json_state(struct demo *demo, const char *what, const char *state, enum reason reason);
void demo_json_feed(struct demo *demo, uint32_t count, bool silent);
void demo_json_book(struct demo *demo, uint32_t instrument, bool valid, const char *troubles);
void demo_json_told(struct demo *demo, const char *word, const char *sentence);
void demo_json_added(struct demo *demo, uint32_t instrument, bool known, bool back);
void demo_json_removed(struct demo *demo, uint32_t instrument, uint32_t orders);
void demo_json_prices(struct demo *demo);
void demo_json_orders(struct demo *demo);
void demo_json_help(struct demo *demo);
void demo_json_account(struct demo *demo);
void demo_json_stopping(struct demo *demo, const char *why);
/* The end of a run whose books balance, and all of it with DEMO_JSON. */
void demo_json_summary(struct demo *demo);

static inline bool demo_is_text(const struct demo *demo)
{
    return demo->ports->output.form == DEMO_TEXT;
}

/* ---- pieces of text ---- */

/* The rest of a line's piece in its tone, at least so wide. */
void demo_toned(struct demo *demo, enum table_tone tone, const char *text, int width);
void demo_money_append(struct demo *demo, i128 amount, bool sign);
const char *demo_dot(const struct demo *demo); /* between things; as the screen can show it */
/* The time and a word, at the beginning of a line. */
void demo_line_begin(struct demo *demo, const char *word, enum table_tone tone);
void demo_table_put(struct demo *demo, struct table *table);
/* With the decimals that its tick has, so that prices of one instrument are equally long. */
void demo_price(char out[DECIMAL_TEXT_SIZE], const struct instrument *instrument,
                struct price price);
const char *demo_bot_name(const struct demo *demo, uint32_t bot);
/* Money with two decimals and thousands in groups: 99,987.12; with a sign where asked. */
#define DEMO_MONEY_SIZE 80
void demo_money(char out[DEMO_MONEY_SIZE], i128 amount, bool sign);

#endif
