/* Which column of a file is which, by the names in its header.
 *
 * Names are compared without case; space, `-` and `.` count as `_`, brackets are left out:
 * `Open Time` is open_time, `Volume_(BTC)` is volume_btc.
 *
 *     time    ts time timestamp date datetime unix open_time opentime start start_time epoch t,
 *             also with _s _sec _seconds _ms _us _ns behind; a bare name goes by the number's size
 *     prices  open high low close (o h l c, open_price ...)
 *     volume  volume vol v base_volume volume_base, volume_btc where the instrument is BTC-…
 *     quotes  bid_open bid_high bid_low bid_close ask_open ask_high ask_low ask_close
 *     symbol  symbol pair ticker instrument product product_id tic code
 *
 * Where a file has a number for the time and a text `date` beside, the number counts.
 *
 * Where names do not tell, a person does: `time=Timestamp,open=Px1,high=3,…` (struct
 * column_choice), by the name in the first line or by the number of the column, from 1. */
#ifndef TERN_WORLD_IMPORT_COLUMNS_H
#define TERN_WORLD_IMPORT_COLUMNS_H

#include "world/import/csv.h"
#include "world/import/form.h"

enum column {
    COLUMN_TIME,
    COLUMN_OPEN,
    COLUMN_HIGH,
    COLUMN_LOW,
    COLUMN_CLOSE,
    COLUMN_VOLUME,
    COLUMN_BID_OPEN,
    COLUMN_BID_HIGH,
    COLUMN_BID_LOW,
    COLUMN_BID_CLOSE,
    COLUMN_ASK_OPEN,
    COLUMN_ASK_HIGH,
    COLUMN_ASK_LOW,
    COLUMN_ASK_CLOSE,
    COLUMN_SYMBOL,
    COLUMN_COUNT,
};

#define COLUMN_NAME_SIZE 48

struct column_layout {
    size_t field_count;
    enum bar_form form; /* NAMED, PLAIN, KRAKEN, BINANCE, CHOSEN or one of LEAN */
    bool has_header;    /* the row read was a header, else it is data */
    bool has_quotes;    /* bid and ask prices in place of one price */
    bool has_volume;
    bool has_symbol;
    bool one_sided; /* a row whose bid or ask prices are all empty is none, and no fault */
    enum time_form time_form;
    size_t index[COLUMN_COUNT];                 /* field of each column that is there */
    char names[COLUMN_COUNT][COLUMN_NAME_SIZE]; /* as the file spells them, for messages */
};

/* Judges the row just read by `reader`, the first of the file. `base_asset` (may be empty) settles
 * which of several volume columns counts. */
MUST_USE enum status column_layout_read(const struct csv_reader *reader, struct text base_asset,
                                        struct column_layout *out, struct problem *problem);

/* The same of a row that is data, whatever stands in it: by the number of its fields alone. */
MUST_USE enum status column_layout_number(const struct csv_reader *reader,
                                          struct column_layout *out, struct problem *problem);

/* The columns that a person chose; what is not chosen is not there. */
struct column_choice {
    bool chosen[COLUMN_COUNT];
    bool no_volume;                 /* `volume=-`: bars have the volume 0 */
    size_t positions[COLUMN_COUNT]; /* from 1; 0: by name */
    char names[COLUMN_COUNT][COLUMN_NAME_SIZE];
};

/* Reads `time=Timestamp,open=2,…`. STATUS_USAGE with the problem set under --columns: a word that
 * is no column of ours (suggestion), a column twice, one that is needed and absent. */
MUST_USE enum status column_choice_parse(const char *text, struct column_choice *out,
                                         struct problem *problem);
/* The name of a column in messages and in --columns: `time`, `open` … */
const char *column_plain_name(enum column column);
/* As column_layout_read for columns that were chosen. Other columns do not matter. */
MUST_USE enum status column_layout_choose(const struct csv_reader *reader,
                                          const struct column_choice *choice,
                                          struct column_layout *out, struct problem *problem);
/* What a header's field most likely is, for a question; COLUMN_COUNT where nothing is known. */
enum column column_guess(struct text name);

/* The time in a field of a CSV row (its padding is read), in nanoseconds; false where it is none or
 * does not fit. */
MUST_USE bool column_time_read(struct text field, enum time_form form, int64_t *out_ns);

/* Whether a time that was read says by itself where it stands: a date without a clock, or one with
 * an offset (`Z`, `+03:00`). A time zone is then of no effect. */
bool column_time_is_absolute(struct text field);

#endif
