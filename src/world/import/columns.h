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
 * Where a file has a number for the time and a text `date` beside, the number counts. */
#ifndef TERN_WORLD_IMPORT_COLUMNS_H
#define TERN_WORLD_IMPORT_COLUMNS_H

#include "world/import/csv.h"

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

/* How a time column is written. */
enum time_form {
    TIME_FORM_ANY,     /* a date, or an integer whose size tells its unit */
    TIME_FORM_SECONDS, /* the value says the factor to nanoseconds: 10^(3 * (4 - form)) */
    TIME_FORM_MILLISECONDS,
    TIME_FORM_MICROSECONDS,
    TIME_FORM_NANOSECONDS,
};

#define COLUMN_NAME_SIZE 48

struct column_layout {
    size_t field_count;
    bool has_header; /* the row read was a header, else it is data */
    bool has_quotes; /* bid and ask prices in place of one price */
    bool has_symbol;
    enum time_form time_form;
    size_t index[COLUMN_COUNT];                 /* field of each column that is there */
    char names[COLUMN_COUNT][COLUMN_NAME_SIZE]; /* as the file spells them, for messages */
};

/* Judges the row just read by `reader`, the first of the file. `base_asset` (may be empty) settles
 * which of several volume columns counts. */
MUST_USE enum status column_layout_read(const struct csv_reader *reader, struct text base_asset,
                                        struct column_layout *out, struct problem *problem);

/* The time in a field of a CSV row (its padding is read), in nanoseconds; false where it is none or
 * does not fit. */
MUST_USE bool column_time_read(struct text field, enum time_form form, int64_t *out_ns);

#endif
