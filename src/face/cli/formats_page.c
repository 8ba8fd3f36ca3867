/* What `tern help formats` tells: which files of bars are read, and how they are known. */
#include "face/cli/cli_context.h"
#include "world/import/form.h"

static void forms(struct page *page)
{
    static const char *const columns[] = {"form", "what it is", "how it is known"};
    static const char *const known[BAR_FORM_COUNT] = {
        [BAR_FORM_NAMED] =
            "The first line has names, among them a time, open, high, low, close and "
            "volume, or bid_open … ask_close. So come freqtrade's, Bitstamp's and "
            "CryptoDataDownload's CSV, Yahoo's, and what `tern data export` prints. "
            "Case, spaces, hyphens and brackets do not count.",
        [BAR_FORM_CHOSEN] =
            "--columns says it: `time=Date,open=Open,…` by name, or `time=1,open=2,…`"
            " by number; `volume=-` where there is none.",
        [BAR_FORM_PLAIN] = "6 columns of numbers, the first may be a date.",
        [BAR_FORM_KRAKEN] = "7 columns of numbers: time, open, high, low, close, volume, trades.",
        [BAR_FORM_BINANCE] = "12 columns of numbers, or taker_buy_… among the names. Milliseconds "
                             "and, since 2025, microseconds are told apart by their size.",
        [BAR_FORM_LEAN_TRADES] =
            "6 columns without a header in a file whose name begins with a date "
            "(`20140605_trade.zip`: milliseconds since midnight), or with "
            "`20131001 09:00` as time. The folders above say the market: below "
            "`equity` prices are whole numbers of 1/10000 and clocks are New "
            "York's (below `equity/india` those of Kolkata), below `crypto` "
            "prices are plain and clocks UTC. Elsewhere --price-scale and "
            "--time-zone say it.",
        [BAR_FORM_LEAN_QUOTES] =
            "The same with 11 columns: bid prices and size, ask prices and size."
            " Rows with one side alone are left out and counted. Of a folder "
            "with both, --quotes takes these.",
        [BAR_FORM_JSON_ROWS] =
            "Begins with `[` and holds arrays: `[[time,open,high,low,close,volume],"
            "…]`, also with 7 or 12 values.",
        [BAR_FORM_JSON_OBJECTS] = "Holds one array of objects, at any depth, with names as above: "
                                  "`{\"results\":[{\"t\":…,\"o\":…},…]}`.",
        [BAR_FORM_KRAKEN_JSON] = "`{\"error\":[],\"result\":{\"XXBTZUSD\":[[…],…],\"last\":…}}`.",
        [BAR_FORM_BITSTAMP_JSON] = "`{\"data\":{\"ohlc\":[{…},…],\"pair\":…}}`.",
        [BAR_FORM_TAPE] = "Begins with TERNTAP1; docs/reference/tape.md.",
    };
    page_list_begin(page, "forms", "Forms", columns, ARRAY_COUNT(columns));
    for (size_t i = 0; i < BAR_FORM_COUNT; i++) {
        page_cell(page, bar_forms[i].name);
        page_cell(page, bar_forms[i].sentence);
        page_cell(page, known[i]);
    }
    page_list_end(page);
}

static void times(struct page *page)
{
    static const char *const columns[] = {"time", "meaning"};
    static const char *const rows[][2] = {
        {"1704067200", "seconds since 1970, with a fraction too; by its size, or as --time-unit s"},
        {"1704067200000", "milliseconds; ms"},
        {"1704067200000000", "microseconds; us"},
        {"1704067200000000000", "nanoseconds; ns"},
        {"2024-01-01, 20240101", "a day; no zone moves it"},
        {"2024-01-01 09:30", "with seconds or without, with T or a space"},
        {"20240101 09:30", "as LEAN writes it"},
        {"2024/1/31, 2024.01.31", "year first, with a clock behind or none"},
        {"1/31/2024", "month first: --time-unit mdy"},
        {"31.1.2024, 31/1/2024", "day first: --time-unit dmy"},
        {"2024-01-01T09:30:00Z", "with an offset: --time-zone is of no effect"},
    };
    page_list_begin(page, "times", "Times", columns, ARRAY_COUNT(columns));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        page_cell(page, rows[i][0]);
        page_cell(page, rows[i][1]);
    }
    page_list_end(page);
}

static void zones(struct page *page)
{
    static const char *const columns[] = {"zone", "meaning"};
    page_list_begin(page, "zones", "Zones", columns, ARRAY_COUNT(columns));
    page_cell(page, "UTC");
    page_cell(page, "what is taken without --time-zone");
    page_cell(page, "+03:00");
    page_cell(page, "an offset, always the same");
    for (size_t i = 0; zone_name(i) != NULL; i++) {
        struct zone zone;
        page_cell(page, zone_name(i));
        if (zone_parse(text_of(zone_name(i)), &zone))
            page_cell_print(page, "%s, from %d on",
                            zone.rule == ZONE_FIXED ? "always the same" : "with summer time",
                            (int)zone.year_min);
    }
    page_list_end(page);
}

static void packings(struct page *page)
{
    static const char *const columns[] = {"packing", "what is read"};
    static const char *const rows[][2] = {
        {"none", "text in UTF-8, with or without a byte order mark; LF or CRLF"},
        {"gzip", "known by its first bytes; several members one behind the other"},
        {"zip", "known by its first bytes; stored and deflated members, zip64. All of them in the "
                "order of their names, as one series, or the one that --member names. Encrypted "
                "members, other packings, members that overlap and those that would unpack to more "
                "than 200 times their size are refused."},
        {"folder",
         "all files that end in .csv, .tsv, .txt, .json, with .gz behind, or .zip, in the "
         "order of their names, as one series"},
    };
    page_list_begin(page, "packings", "Packings", columns, ARRAY_COUNT(columns));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        page_cell(page, rows[i][0]);
        page_cell(page, rows[i][1]);
    }
    page_list_end(page);
}

void help_formats_page(enum page_form form, struct text_buffer *out)
{
    struct page page;
    page_begin(&page, form, out, "Files of bars", "tern help formats --markdown");
    page_paragraph(&page, "`tern data import`, `verify` and `export` read these forms; back-tests "
                          "read them too, but for folders and what needs an option. `import` and "
                          "`verify` say which form they recognised.");
    page_paragraph(&page, "A file that is not recognised is asked about on a terminal: its first "
                          "rows are shown, and each column is asked for. Without a terminal, and "
                          "with --no-input, the error names the options: --columns, --delimiter, "
                          "--time-unit, --time-zone, --price-scale.");
    page_paragraph(&page, "Rows are oldest first, or all of them newest first. Prices are decimals "
                          "without exponents, and exact; a time is that of the bar's opening.");
    forms(&page);
    times(&page);
    zones(&page);
    packings(&page);
    (void)!page_end(&page);
}
