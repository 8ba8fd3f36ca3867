/* What the tests of the configuration share. */
#ifndef TERN_TESTS_UNIT_DRIVE_CONFIG_FIXTURE_H
#define TERN_TESTS_UNIT_DRIVE_CONFIG_FIXTURE_H

#include "drive/config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)16 * 1024 * 1024)

/* A back-test of two bots; the errors below change one line of it. */
static const char base_text[] = "tern: 1\n"                                                /*  1 */
                                "instruments: [BTC-USDT, ETH-USDT]\n"                      /*  2 */
                                "account: {USDT: \"10000\"}\n"                             /*  3 */
                                "fees: {maker_bps: 10, taker_bps: 20}\n"                   /*  4 */
                                "data:\n"                                                  /*  5 */
                                "  - {file: btc.csv, instrument: BTC-USDT, bar: 1h}\n"     /*  6 */
                                "  - {file: eth.csv, instrument: ETH-USDT, bar: 1h}\n"     /*  7 */
                                "risk: {drawdown_max: 0.2}\n"                              /*  8 */
                                "bots:\n"                                                  /*  9 */
                                "  - name: cross\n"                                        /* 10 */
                                "    kind: ma_cross\n"                                     /* 11 */
                                "    instrument: BTC-USDT\n"                               /* 12 */
                                "    bar: 4h\n"                                            /* 13 */
                                "    budget: \"4000\"\n"                                   /* 14 */
                                "    params: {average: ema, fast: 10, slow: 30}\n"         /* 15 */
                                "    size: {method: fixed, quantity: \"0.5\"}\n"           /* 16 */
                                "  - name: score\n"                                        /* 17 */
                                "    kind: score\n"                                        /* 18 */
                                "    instrument: ETH-USDT\n"                               /* 19 */
                                "    bar: 1h\n"                                            /* 20 */
                                "    budget: \"6000\"\n"                                   /* 21 */
                                "    signals:\n"                                           /* 22 */
                                "      rsi: {weight: 0.4, oversold: 30, overbought: 70}\n" /* 23 */
                                "    enter: 0.05\n"                                        /* 24 */
                                "    exit: -0.05\n";                                       /* 25 */

/* The base text with the one occurrence of `from` replaced by `to`; the caller frees it. */
static inline char *changed(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert_non_null(at);
    assert_null(strstr(at + 1, from));
    size_t size = strlen(text) - strlen(from) + strlen(to) + 1;
    char *out = malloc(size);
    assert_non_null(out);
    (void)snprintf(out, size, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return out;
}

static inline enum status read_as(const char *text, enum config_mode mode, struct config *config,
                                  struct problem *problem)
{
    problem_init(problem);
    return config_read_text("t.yaml", text_of(text), NULL, mode, config, problem);
}

static inline void read_well(const char *text, enum config_mode mode, struct config *config)
{
    struct problem problem;
    if (read_as(text, mode, config, &problem) == STATUS_OK)
        return;
    char line[1500];
    (void)problem_format(&problem, line, sizeof line);
    fail_msg("%s", line);
}

static inline char *canonical(const struct config *config)
{
    struct text_buffer out;
    text_buffer_init(&out, TEXT_MAX);
    config_canonical(config, &out);
    assert_int_equal(out.status, STATUS_OK);
    assert_non_null(out.data);
    return out.data;
}

static inline struct hash128 hash_of(const struct config *config)
{
    struct hash128 hash = {0};
    assert_int_equal(config_hash(config, &hash), STATUS_OK);
    return hash;
}

/* The canonical text of a config reads back, in either mode that takes it, to the same text and
 * the same hash. */
static inline void check_round_trip(const struct config *config)
{
    char *first = canonical(config);
    struct config again;
    read_well(first, config->mode, &again);
    char *second = canonical(&again);
    assert_string_equal(first, second);
    assert_true(hash128_equal(hash_of(config), hash_of(&again)));
    config_release(&again);
    if (config->mode == CONFIG_BACKTEST) {
        read_well(first, CONFIG_LIVE, &again);
        char *live = canonical(&again);
        assert_string_equal(first, live);
        free(live);
        config_release(&again);
    }
    free(first);
    free(second);
}

static inline char *load(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    char *text = calloc(1, TEXT_MAX);
    assert_non_null(text);
    size_t size = fread(text, 1, TEXT_MAX - 1, file);
    assert_true(size < TEXT_MAX - 1);
    assert_int_equal(fclose(file), 0);
    return text;
}

#define CORPUS TERN_SOURCE_ROOT "/tests/fuzz/corpus/config/"

static inline i128 whole(int64_t units)
{
    return (i128)units * power_of_ten(AMOUNT_DECIMALS);
}

#endif
