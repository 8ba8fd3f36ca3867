/* The configuration: what is read, every error with its place, and the way back to text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "drive/config/config.h"
#include "drive/config/option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
static char *changed(const char *text, const char *from, const char *to)
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

static enum status read_as(const char *text, enum config_mode mode, struct config *config,
                           struct problem *problem)
{
    problem_init(problem);
    return config_read_text("t.yaml", text_of(text), NULL, mode, config, problem);
}

static void read_well(const char *text, enum config_mode mode, struct config *config)
{
    struct problem problem;
    if (read_as(text, mode, config, &problem) == STATUS_OK)
        return;
    char line[1500];
    (void)problem_format(&problem, line, sizeof line);
    fail_msg("%s", line);
}

/* Each change to the base text, and the problem it makes. */
static const struct {
    const char *from, *to;
    const char *where, *found, *allowed;
} errors[] = {
#include "config_errors.inc"
};

static void every_error_has_its_place(void **state)
{
    (void)state;
    unsigned failed = 0;
    for (size_t i = 0; i < ARRAY_COUNT(errors); i++) {
        char *text = changed(base_text, errors[i].from, errors[i].to);
        struct config config;
        struct problem problem;
        enum status status = read_as(text, CONFIG_BACKTEST, &config, &problem);
        free(text);
        if (status == STATUS_OK) {
            config_release(&config);
            fail_msg("error %zu (%s) was not seen", i, errors[i].to);
        }
        if (strcmp(problem.where, errors[i].where) != 0 ||
            strcmp(problem.found, errors[i].found) != 0 ||
            strncmp(problem.allowed, errors[i].allowed, strlen(errors[i].allowed)) != 0) {
            failed++;
            print_message("# %zu\t%s\t%s\t%s\t%s\n", i, problem.where, problem.found,
                          problem.allowed, problem.next);
        }
        assert_int_equal(status, STATUS_CONFIG_INVALID);
        assert_int_equal(status, problem.status);
        assert_null(config.memory);
    }
    assert_int_equal(failed, 0);
}

static char *canonical(const struct config *config)
{
    struct text_buffer out;
    text_buffer_init(&out, TEXT_MAX);
    config_canonical(config, &out);
    assert_int_equal(out.status, STATUS_OK);
    assert_non_null(out.data);
    return out.data;
}

static struct hash128 hash_of(const struct config *config)
{
    struct hash128 hash = {0};
    assert_int_equal(config_hash(config, &hash), STATUS_OK);
    return hash;
}

/* The canonical text of a config reads back, in either mode that takes it, to the same text and
 * the same hash. */
static void check_round_trip(const struct config *config)
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

static char *load(const char *path)
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

static i128 whole(int64_t units)
{
    return (i128)units * power_of_ten(AMOUNT_DECIMALS);
}

static void the_example_reads(void **state)
{
    (void)state;
    char *text = load(CORPUS "example.yaml");
    assert_non_null(text);
    struct config config;
    struct problem problem;
    read_well(text, CONFIG_LIVE, &config);
    assert_int_equal(config.profile, CONFIG_PROFILE_PAPER);
    assert_string_equal(config.currency, "USD");
    assert_int_equal(config.feed, CONFIG_FEED_GENERATOR);
    assert_int_equal(config.instruments_count, 5);
    assert_string_equal(config.instruments[4].name, "LTC-USD");
    assert_string_equal(config.instruments[4].base, "LTC");
    assert_int_equal(config.account_count, 1);
    assert_true(config.account[0].amount.units == whole(10000));
    assert_int_equal(config.cycle_ns, 5 * NANOSECONDS_PER_SECOND);
    assert_int_equal(config.fees.tiers_count, 1);
    assert_int_equal(config.fees.tiers[0].maker.ppm, 4000);
    assert_int_equal(config.fees.tiers[0].taker.ppm, 6000);
    assert_int_equal(config.simulation.latency_ns, 50000000);
    assert_int_equal(config.data[0].instrument_index, UINT32_MAX);
    assert_int_equal(config.risk.drawdown_max.value.ppm, 100000);
    assert_int_equal(config.risk.gross_exposure_max.value.ppm, 800000);
    assert_int_equal(config.risk.impact_max.value.ppm, 5000);
    assert_true(config.risk.instruments[0].position_quantity_max.value.units == whole(1) / 20);
    assert_int_equal(config.guards[0].action, CONFIG_GUARD_REDUCE);
    assert_int_equal(config.resilience.breaker_probes, 2);
    assert_null(config.log.file);
    assert_int_equal(config.log.rotate_size, 64 << 20);
    assert_int_equal(config.bots_count, 2);
    const struct config_bot *score = &config.bots[0], *cross = &config.bots[1];
    assert_true(score->budget.set && score->budget.value.units == whole(2000));
    assert_true(score->rsi.on && score->ma.on && score->macd.on);
    assert_true(score->macd.weight == 0.25 && score->macd.signal == 9);
    assert_true(score->enter == 0.05 && score->exit == -0.05);
    assert_int_equal(score->size.method, CONFIG_SIZE_EQUITY);
    assert_int_equal(score->size.fraction.ppm, 250000);
    assert_int_equal(score->stop_loss.value.ppm, 50000);
    assert_int_equal(score->bar_ns, 300 * NANOSECONDS_PER_SECOND);
    assert_false(cross->budget.set);
    assert_int_equal(cross->instrument_index, 1);
    assert_int_equal(cross->params[CONFIG_MA_CROSS_AVERAGE].value.choice, CONFIG_AVERAGE_EMA);
    assert_int_equal(cross->params[CONFIG_MA_CROSS_FAST].value.integer, 10);
    assert_int_equal(cross->params[CONFIG_MA_CROSS_SLOW].value.integer, 30);
    assert_true(cross->size.quantity.units == whole(1) / 2);
    check_round_trip(&config);
    config_release(&config);
    /* As a back-test it is refused: its data are of an instrument that is not on the list. */
    assert_int_equal(read_as(text, CONFIG_BACKTEST, &config, &problem), STATUS_CONFIG_INVALID);
    assert_string_equal(problem.where, "t.yaml:13: data[0].instrument");
    free(text);
}

/* The example of the design page, where it lies beside the source. */
static void the_design_example_is_ours(void **state)
{
    (void)state;
    char *page = load(TERN_SOURCE_ROOT "/../shared/design/interface.md");
    if (page == NULL) {
        print_message("# no design page beside the source\n");
        skip();
    }
    char *from = strstr(page, "```yaml\n");
    assert_non_null(from);
    from += strlen("```yaml\n");
    char *to = strstr(from, "```");
    assert_non_null(to);
    *to = '\0';
    char *text = load(CORPUS "example.yaml");
    struct config theirs, ours;
    read_well(from, CONFIG_LIVE, &theirs);
    read_well(text, CONFIG_LIVE, &ours);
    char *left = canonical(&theirs), *right = canonical(&ours);
    assert_string_equal(left, right);
    free(left);
    free(right);
    config_release(&theirs);
    config_release(&ours);
    free(text);
    free(page);
}

static void every_kind_reads_and_round_trips(void **state)
{
    (void)state;
    char *text = load(CORPUS "kinds.yaml");
    struct config config;
    for (int mode = CONFIG_BACKTEST; mode <= CONFIG_LIVE; mode++) {
        read_well(text, (enum config_mode)mode, &config);
        check_round_trip(&config);
        config_release(&config);
    }
    read_well(text, CONFIG_BACKTEST, &config);
    assert_string_equal(config.feed_file, "recorded/day.tape");
    const struct config_instrument *btc = &config.instruments[0], *eth = &config.instruments[1];
    assert_int_equal(btc->tick.units, 1000000);
    assert_int_equal(btc->lot.units, 1000);
    assert_int_equal(btc->quantity_minimum.units, 16000); /* rounded up to the lot */
    char *written = canonical(&config);
    assert_non_null(strstr(written, "\n      skew: 0.30000000000000004\n"));
    free(written);
    assert_int_equal(eth->price_decimals, 4);
    assert_int_equal(eth->tick.units, 100);
    assert_int_equal(eth->lot.units, 100);
    assert_int_equal(config.fees.tiers[0].taker.ppm, 2025);
    assert_int_equal(config.fees.tiers[1].maker.ppm, -50);
    assert_int_equal(config.simulation.slippage.ppm, 1);
    assert_int_equal(config.day_start_ns, 390 * 60 * NANOSECONDS_PER_SECOND);
    assert_int_equal(config.data[0].from.value, INT64_C(1704067200) * NANOSECONDS_PER_SECOND);
    assert_string_equal(config.data[1].symbol, "ETH/USDT");
    assert_string_equal(config.data[2].file, "sol \"new\".csv");
    assert_string_equal(config.account[0].asset, "BTC");
    assert_int_equal(config.risk.trading_window[0].days, 1 | 2 | 16);
    assert_int_equal(config.risk.trading_window[1].days, 127);
    assert_string_equal(config.risk.instruments[0].name, "BTC-USDT");
    assert_int_equal(config.risk.instruments[1].price_collar.value.ppm, 1234);
    assert_true(config.bots[0].budget.value.units == whole(1000) + 1);
    assert_int_equal(config.bots[0].bar_ns, 60 * NANOSECONDS_PER_SECOND);
    const struct config_bot *last = &config.bots[10];
    assert_true(last->rsi.on && !last->ma.on && last->macd.on && last->rsi.weight == 0.4);
    const struct config_bot *rebalance = &config.bots[8];
    assert_null(rebalance->instrument);
    assert_int_equal(rebalance->params[CONFIG_REBALANCE_WEIGHTS].value.ratios.items[1].ppm, 250000);
    assert_string_equal(rebalance->params[CONFIG_REBALANCE_INSTRUMENTS].value.names.items[1],
                        "ETH-USDT");
    assert_true(config_bot_param(&config.bots[7], "max")->value.amount.units == whole(5000));
    assert_null(config_bot_param(&config.bots[7], "fast"));
    assert_null(config_bot_param(&config.bots[0], "fast"));
    config_release(&config);
    free(text);
}

/* A parameter's row writes the slot of its index, whatever the kind. */
static void params_lie_at_their_index(void **state)
{
    (void)state;
    for (int kind = CONFIG_BOT_SCORE; kind <= CONFIG_BOT_PLUGIN; kind++) {
        const struct section *section = config_section_params((enum config_bot_kind)kind);
        for (uint32_t i = 0; section != NULL && i < section->options_count; i++) {
            struct config_bot bot = {.kind = (enum config_bot_kind)kind};
            const struct option *option = &section->options[i];
            assert_true(i < CONFIG_PARAMS_MAX);
            assert_ptr_equal((uint8_t *)&bot + option->offset, &bot.params[i].value);
            assert_ptr_equal((uint8_t *)&bot + option->set_offset, &bot.params[i].set);
            assert_ptr_equal(config_bot_param(&bot, option->name), &bot.params[i]);
        }
    }
}

static void check_rows(const struct section *section, struct config_memory *memory, uint32_t *count)
{
    _Alignas(16) uint8_t value[64];
    for (uint32_t i = 0; i < section->options_count; i++) {
        const struct option *option = &section->options[i];
        char allowed[OPTION_ALLOWED_SIZE];
        option_allowed(option, allowed);
        assert_true(strlen(allowed) > 0);
        assert_non_null(option->name);
        assert_non_null(option->sentence);
        assert_ptr_equal(section_find(section, text_of(option->name)), option);
        if (option->type == OPTION_DOUBLE)
            assert_true(option->minimum != NULL && option->maximum != NULL);
        if (option_is_scalar(option)) {
            assert_true(option->fallback != NULL || option->fallback_note != NULL ||
                        (option->flags & (OPTION_REQUIRED | OPTION_OPTIONAL)) != 0);
            if (option->fallback != NULL)
                assert_int_equal(value_read(option, text_of(option->fallback), value, memory),
                                 STATUS_OK);
            if (option->backtest != NULL)
                assert_int_equal(value_read(option, text_of(option->backtest), value, memory),
                                 STATUS_OK);
        }
        *count += 1;
        if (option->section != NULL)
            check_rows(option->section, memory, count);
    }
}

static void every_row_of_the_table_is_sound(void **state)
{
    (void)state;
    uint32_t count = 0;
    struct config_memory *memory = memory_new();
    assert_non_null(memory);
    check_rows(&config_section_root, memory, &count);
    for (int kind = CONFIG_BOT_SCORE; kind <= CONFIG_BOT_PLUGIN; kind++) {
        const struct section *section = config_section_params((enum config_bot_kind)kind);
        if (section != NULL)
            check_rows(section, memory, &count);
    }
    memory_free(memory);
    assert_true(count > 150);
}

static void limits_bind_as_the_mode_says(void **state)
{
    (void)state;
    struct config config;
    read_well(base_text, CONFIG_BACKTEST, &config);
    assert_true(config.risk.drawdown_max.set);
    assert_false(config.risk.order_notional_max.set);
    assert_false(config.risk.daily_loss_max.set);
    assert_false(config.risk.fat_finger_sigma.set);
    assert_false(config.risk.duplicate_window.set);
    assert_false(config.risk.minimum_remainder);
    assert_int_equal(config.risk.self_match, CONFIG_SELF_MATCH_ALLOW);
    assert_true(config.risk.no_short);
    config_release(&config);
    read_well(base_text, CONFIG_LIVE, &config);
    assert_int_equal(config.risk.drawdown_max.value.ppm, 200000);
    assert_true(config.risk.order_notional_max.value.units == whole(2500));
    assert_true(config.risk.daily_loss_max.set && config.risk.fat_finger_sigma.set);
    assert_false(config.risk.order_quantity_max.set);
    assert_true(config.risk.minimum_remainder);
    assert_int_equal(config.risk.self_match, CONFIG_SELF_MATCH_DENY);
    config_release(&config);
    char *off = changed(base_text, "drawdown_max: 0.2", "drawdown_max: off, daily_loss_max: null");
    read_well(off, CONFIG_LIVE, &config);
    assert_false(config.risk.drawdown_max.set);
    assert_false(config.risk.daily_loss_max.set);
    config_release(&config);
    free(off);
}

/* Whether the change to the base text changes the hash. */
static bool hash_changes(const char *from, const char *to)
{
    char *text = changed(base_text, from, to);
    struct config config;
    read_well(base_text, CONFIG_BACKTEST, &config);
    struct hash128 before = hash_of(&config);
    config_release(&config);
    read_well(text, CONFIG_BACKTEST, &config);
    struct hash128 after = hash_of(&config);
    config_release(&config);
    free(text);
    return !hash128_equal(before, after);
}

static void the_hash_is_of_what_matters(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        bool matters;
    } cases[] = {
        {"tern: 1\n", "# a comment\n\ntern: 1 # another\n", false},
        {"tern: 1\n", "\xEF\xBB\xBFtern: 1\n", false},
        {"tern: 1\n", "tern: 1\r\n", false},
        {"tern: 1\n", "---\ntern: 1\n", false},
        {"maker_bps: 10, taker_bps: 20", "taker_bps: \"20.00\", maker_bps: 10", false},
        {"{maker_bps: 10, taker_bps: 20}", "{tiers: [{volume: 0, maker_bps: 10, taker_bps: 20}]}",
         false},
        {"fees: {maker_bps: 10, taker_bps: 20}\n", "fees:\n  maker_bps: 10\n  taker_bps: 20\n",
         false},
        {"file: btc.csv", "file: elsewhere/btc2.csv", false},
        {"tern: 1\n", "tern: 1\nlog: {level: debug, file: x.log}\n", false},
        {"tern: 1\n", "tern: 1\nlisten: {http: null}\n", false},
        {"tern: 1\n", "tern: 1\ntelemetry: {otlp: \"http://127.0.0.1\"}\n", false},
        {"tern: 1\n", "tern: 1\ninstruments_count: 2\ncurrency: USDT\nseed: 0\n", false},
        {"\"10000\"", "10000.00", false},
        {"{drawdown_max: 0.2}", "{drawdown_max: 0.20, daily_loss_max: off}", false},
        {"bar: 4h", "bar: 240m", false},
        {"    size: {method: fixed, quantity: \"0.5\"}\n",
         "    stop_loss: null\n    size: {method: fixed, quantity: .50}\n", false},
        {"tern: 1\n", "tern: 1\nseed: 1\n", true},
        {"\"10000\"", "10000.000000000000000001", true},
        {"taker_bps: 20", "taker_bps: 20.01", true},
        {"[BTC-USDT, ETH-USDT]", "[ETH-USDT, BTC-USDT]", true},
        {"drawdown_max: 0.2", "drawdown_max: 0.200001", true},
        {"file: btc.csv", "file: btc.csv, from: 2024-01-01", true},
        {"fast: 10", "fast: 11", true},
        {"name: cross", "name: Cross", true},
        {"exit: -0.05", "exit: -0.0500000000000001", true},
        {"weight: 0.4", "weight: 0.4000000000000001", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        if (hash_changes(cases[i].from, cases[i].to) != cases[i].matters)
            fail_msg("\"%s\" for \"%s\"", cases[i].to, cases[i].from);
    }
}

static void origins_are_lines_or_default(void **state)
{
    (void)state;
    struct config config;
    const char *source;
    read_well(base_text, CONFIG_BACKTEST, &config);
    assert_int_equal(config_origin(&config, "bots[1].enter", &source), 24);
    assert_string_equal(source, "t.yaml");
    assert_int_equal(config_origin(&config, "bots[0].params.slow", NULL), 15);
    assert_int_equal(config_origin(&config, "account.USDT", NULL), 3);
    assert_int_equal(config_origin(&config, "bots[0]", NULL), 10);
    assert_int_equal(config_origin(&config, "bots[1].confirm", &source), 0);
    assert_string_equal(source, "default");
    assert_int_equal(config_origin(&config, "nonsense", NULL), 0);
    char where[CONFIG_WHERE_SIZE];
    config_locate(&config, "bots[1].kind", where);
    assert_string_equal(where, "t.yaml:18: bots[1].kind");
    config_locate(&config, "bots[1].size.method", where);
    assert_string_equal(where, "t.yaml:17: bots[1].size.method");
    struct text_buffer out;
    text_buffer_init(&out, TEXT_MAX);
    config_show(&config, &out);
    assert_int_equal(out.status, STATUS_OK);
    assert_non_null(strstr(out.data, "\nrisk.drawdown_max\t0.2\tt.yaml:8\n"));
    assert_non_null(strstr(out.data, "\nrisk.daily_loss_max\toff\tdefault\n"));
    assert_non_null(strstr(out.data, "\nbots[0].size.quantity\t0.5\tt.yaml:16\n"));
    assert_non_null(strstr(out.data, "\nbots[1].signals.rsi.weight\t0.4\tt.yaml:23\n"));
    assert_non_null(strstr(out.data, "\nbots[1].signals.ma\tnull\tdefault\n"));
    assert_non_null(strstr(out.data, "\naccount.USDT\t10000\tt.yaml:3\n"));
    text_buffer_release(&out);
    config_release(&config);
}

static void text_of_any_kind_is_judged(void **state)
{
    (void)state;
    static const struct {
        const char *text, *where, *found;
    } cases[] = {
        {"", "t.yaml:1", "nothing but white space and comments"},
        {"# only this\n", "t.yaml:1", "nothing but white space and comments"},
        {"---\n", "t.yaml:1", "nothing but white space and comments"},
        {"tern\n", "t.yaml:1", "found no mapping of keys to values"},
        {"\n- tern: 1\n", "t.yaml:2", "found no mapping of keys to values"},
        {"tern: 1\n", "t.yaml:1: instruments", "missing"},
        {"\xFF\xFEt\n", "t.yaml:1", "a byte that is not UTF-8"},
        {"tern: 1\r\ninstruments: [X]\r\n", "t.yaml:2: instruments[0].name", "found \"X\""},
    };
    struct config config;
    struct problem problem;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(read_as(cases[i].text, CONFIG_LIVE, &config, &problem),
                         STATUS_CONFIG_INVALID);
        assert_string_equal(problem.where, cases[i].where);
        assert_string_equal(problem.found, cases[i].found);
    }
    read_well("tern: 1\ninstruments: [BTC-USD]\n", CONFIG_LIVE, &config);
    assert_string_equal(config.currency, "USD");
    assert_string_equal(config.account[0].asset, "USD");
    assert_int_equal(config.bots_count, 0);
    check_round_trip(&config);
    config_release(&config);
    config_release(&config);
}

/* A file of the header and count items in a list. */
static char *listed(const char *header, const char *item_format, unsigned count, const char *footer)
{
    struct text_buffer out;
    text_buffer_init(&out, TEXT_MAX);
    text_buffer_append(&out, text_of(header));
    for (unsigned i = 0; i < count; i++) {
        char item[128], number[16];
        (void)snprintf(number, sizeof number, "%u", i);
        struct text rest = text_of(item_format);
        struct text before = text_split(&rest, '#');
        (void)snprintf(item, sizeof item, "%.*s%s%.*s", (int)before.size, before.data, number,
                       (int)rest.size, rest.data);
        text_buffer_append(&out, text_of(item));
    }
    text_buffer_append(&out, text_of(footer));
    assert_int_equal(out.status, STATUS_OK);
    return out.data;
}

static void capacities_are_the_tables(void **state)
{
    (void)state;
    static const struct {
        const char *header, *item, *footer, *where, *found;
        unsigned count_max;
    } cases[] = {
        {"tern: 1\ninstruments: [", "A#-USD,", "]\n", "t.yaml:2: instruments", "found 257 entries",
         CONFIG_INSTRUMENTS_MAX},
        {"tern: 1\ninstruments: [A-USD]\nbots:\n", " - {name: b#, kind: rsi, instrument: A-USD}\n",
         "", "t.yaml:3: bots", "found 1025 entries", CONFIG_BOTS_MAX},
        {"tern: 1\ninstruments: [A-USD]\ndata:\n", " - {file: f#, instrument: A-USD, bar: 1h}\n",
         "", "t.yaml:3: data", "found 257 entries", CONFIG_DATA_MAX},
        {"tern: 1\ninstruments: [A-USD]\naccount:\n", " A#: 1\n", "", "t.yaml:3: account",
         "found 257 entries", CONFIG_ASSETS_MAX},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct config config;
        struct problem problem;
        char *full = listed(cases[i].header, cases[i].item, cases[i].count_max, cases[i].footer);
        read_well(full, CONFIG_LIVE, &config);
        check_round_trip(&config);
        config_release(&config);
        char *over = listed(cases[i].header, cases[i].item, cases[i].count_max + 1,
                            cases[i].footer);
        assert_int_equal(read_as(over, CONFIG_LIVE, &config, &problem), STATUS_CONFIG_INVALID);
        assert_string_equal(problem.where, cases[i].where);
        assert_string_equal(problem.found, cases[i].found);
        free(full);
        free(over);
    }
}

/* A configuration of exactly size bytes, most of them a comment. */
static char *padded(size_t size)
{
    static const char head[] = "tern: 1\ninstruments: [A-USD]\n#";
    char *text = malloc(size + 1);
    assert_non_null(text);
    memset(text, 'x', size);
    memcpy(text, head, sizeof head - 1);
    text[size] = '\0';
    return text;
}

static void sizes_are_bounded(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        bool file;
        const char *found;
    } cases[] = {
        {CONFIG_FILE_SIZE_MAX, true, NULL},
        {CONFIG_FILE_SIZE_MAX + 1, true, "a file of more than 1 MiB"},
        {CONFIG_TEXT_SIZE_MAX, false, NULL},
        {CONFIG_TEXT_SIZE_MAX + 1, false, "a text of more than 8 MiB"},
    };
    char path[] = "/tmp/tern-config-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct config config;
        struct problem problem;
        char *text = padded(cases[i].size);
        problem_init(&problem);
        assert_int_equal(pwrite(descriptor, text, cases[i].size, 0), (ssize_t)cases[i].size);
        enum status status = cases[i].file ? config_read_file(path, CONFIG_LIVE, &config, &problem)
                                           : read_as(text, CONFIG_LIVE, &config, &problem);
        assert_int_equal(status, cases[i].found == NULL ? STATUS_OK : STATUS_CONFIG_INVALID);
        if (cases[i].found != NULL)
            assert_string_equal(problem.found, cases[i].found);
        config_release(&config);
        free(text);
    }
    assert_int_equal(close(descriptor), 0);
    assert_int_equal(unlink(path), 0);
}

static void files_are_read_against_their_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/tern-config-XXXXXX", path[128], expected[128];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/t.yaml", folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fputs(base_text, file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
    struct config config;
    struct problem problem;
    problem_init(&problem);
    assert_int_equal(config_read_file(path, CONFIG_BACKTEST, &config, &problem), STATUS_OK);
    (void)snprintf(expected, sizeof expected, "%s/btc.csv", folder);
    assert_string_equal(config.data[0].file, expected);
    check_round_trip(&config);
    config_release(&config);
    assert_int_equal(config_read_file(folder, CONFIG_BACKTEST, &config, &problem), STATUS_IO);
    assert_string_equal(problem.where, folder);
    assert_int_equal(unlink(path), 0);
    problem_init(&problem);
    assert_int_equal(config_read_file(path, CONFIG_BACKTEST, &config, &problem), STATUS_NOT_FOUND);
    assert_string_equal(problem.found, "there is no such file");
    assert_string_equal(problem.where, path);
    assert_int_equal(rmdir(folder), 0);
    /* A folder given with text is taken as it is. */
    problem_init(&problem);
    assert_int_equal(
        config_read_text("t", text_of(base_text), "up/..", CONFIG_BACKTEST, &config, &problem),
        STATUS_OK);
    assert_string_equal(config.data[1].file, "up/../eth.csv");
    config_release(&config);
}

static void the_reference_page_is_current(void **state)
{
    (void)state;
    static const char path[] = TERN_SOURCE_ROOT "/docs/reference/configuration.md";
    struct text_buffer page;
    text_buffer_init(&page, TEXT_MAX);
    config_document(&page);
    assert_int_equal(page.status, STATUS_OK);
    if (getenv("TERN_WRITE_DOCS") != NULL) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(page.data, 1, page.size, file), page.size);
        assert_int_equal(fclose(file), 0);
    }
    char *written = load(path);
    assert_non_null(written);
    if (strcmp(written, page.data) != 0)
        fail_msg("%s is not current: run this test with TERN_WRITE_DOCS=1", path);
    free(written);
    text_buffer_release(&page);
}

/* The base text with single keys laid over it. */
static enum status read_with(const char *key, const char *value, struct config *config,
                             struct problem *problem)
{
    const struct config_layer layers[] = {
        {.name = "t.yaml", .text = text_of(base_text)},
        {.name = "--set", .key = key, .text = text_of(value)},
    };
    problem_init(problem);
    return config_read_layers(layers, 2, CONFIG_BACKTEST, config, problem);
}

static void files_are_laid_over_each_other(void **state)
{
    (void)state;
    const struct config_layer layers[] = {
        {.name = "etc", .text = TEXT("tern: 1\nseed: 3\ninstruments: [A-USD]\n"
                                     "risk: {drawdown_max: 0.1, daily_loss_max: 7}\n"
                                     "log: {file: a.log}\n"), .folder = "/etc/tern"},
        {.name = "mine", .text = TEXT("tern: 1\ninstruments: [B-USD, C-USD]\n"
                                      "risk: {drawdown_max: 0.2}\nguards: []\n")},
        {.name = "TERN_RISK__CASH_RESERVE", .key = "risk.cash_reserve", .text = TEXT("5")},
        {.name = "--set", .key = "log.level", .text = TEXT("debug")},
        {.name = "--seed", .key = "seed", .text = TEXT("4")},
        {.name = "--seed again", .key = "seed", .text = TEXT("5 # the last one wins")},
    };
    struct config config;
    struct problem problem;
    const char *source;
    problem_init(&problem);
    assert_int_equal(
        config_read_layers(layers, ARRAY_COUNT(layers), CONFIG_LIVE, &config, &problem), STATUS_OK);
    assert_string_equal(config.name, "mine");
    assert_int_equal(config.seed, 5);
    assert_int_equal(config.instruments_count, 2);
    assert_int_equal(config.risk.drawdown_max.value.ppm, 200000);
    assert_true(config.risk.daily_loss_max.value.units == whole(7));
    assert_true(config.risk.cash_reserve.units == whole(5));
    assert_string_equal(config.log.file, "/etc/tern/a.log");
    assert_int_equal(config.log.level, CONFIG_LOG_DEBUG);
    assert_int_equal(config_origin(&config, "risk.daily_loss_max", &source), 4);
    assert_string_equal(source, "etc");
    assert_int_equal(config_origin(&config, "risk.drawdown_max", &source), 3);
    assert_string_equal(source, "mine");
    assert_int_equal(config_origin(&config, "seed", &source), 0);
    assert_string_equal(source, "--seed again");
    struct text_buffer out;
    text_buffer_init(&out, TEXT_MAX);
    config_show(&config, &out);
    assert_non_null(strstr(out.data, "\nseed\t5\t--seed again\n"));
    text_buffer_release(&out);
    config_release(&config);
    /* What is wrong with one layer is said of that layer. */
    static const struct {
        const char *text, *where, *found;
    } wrong[] = {
        {"seed: 5\n", "mine:1: tern", "missing"},
        {"tern: 1\nseed: 5\nseed: 6\n", "mine:3: seed", "the key is there twice"},
        {"tern: 1\nrisk: {}\nrisk: {drawdown_max: 0.5}\n", "mine:3: risk",
         "the key is there twice"},
        {"tern: 1\nrisk: {drawdown_max: 5}\n", "mine:2: risk.drawdown_max", "found \"5\""},
        {"tern: 1\ninstruments: [A-EUR, B-USD]\n", "mine:2: instruments[1].name",
         "B-USD is quoted in USD, the reporting currency is EUR"},
        {"tern: 2\n", "mine:1: tern", "found \"2\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        struct config_layer two[] = {layers[0], layers[1]};
        two[1].text = text_of(wrong[i].text);
        problem_init(&problem);
        assert_int_equal(config_read_layers(two, 2, CONFIG_LIVE, &config, &problem),
                         STATUS_CONFIG_INVALID);
        assert_string_equal(problem.where, wrong[i].where);
        assert_string_equal(problem.found, wrong[i].found);
    }
}

static void single_keys_are_set_by_their_path(void **state)
{
    (void)state;
    struct config config;
    struct problem problem;
    assert_int_equal(read_with("bots[0].params.fast", "11", &config, &problem), STATUS_OK);
    assert_int_equal(config.bots[0].params[CONFIG_MA_CROSS_FAST].value.integer, 11);
    assert_int_equal(config.bots[0].params[CONFIG_MA_CROSS_SLOW].value.integer, 30);
    config_release(&config);
    assert_int_equal(read_with("bots[score].signals.ma.slow", "50", &config, &problem), STATUS_OK);
    assert_true(config.bots[1].ma.on && config.bots[1].ma.slow == 50 && config.bots[1].rsi.on);
    config_release(&config);
    assert_int_equal(
        read_with("instruments[1]", "{name: ETH-USDT, quote_decimals: 2}", &config, &problem),
        STATUS_OK);
    assert_int_equal(config.instruments[1].quote_decimals, 2);
    config_release(&config);
    assert_int_equal(read_with("risk.drawdown_max", "", &config, &problem), STATUS_OK);
    assert_false(config.risk.drawdown_max.set);
    config_release(&config);
    static const struct {
        const char *key, *value, *where, *found;
    } wrong[] = {
        {"bots[2].enter", "0", "--set: bots[2].enter", "there is no \"[2]\" here"},
        {"bots[nobody].enter", "0", "--set: bots[nobody].enter", "there is no \"[nobody]\" here"},
        {"bots.enter", "0", "--set: bots.enter", "there is no \"enter\" here"},
        {"tern.x", "0", "--set: tern.x", "there is no \"x\" here"},
        {"", "0", "--set", "there is no \"\" here"},
        {"risk.", "0", "--set: risk.", "there is no \"\" here"},
        {"risk.drawdown", "0", "--set: risk.drawdown", "unknown key \"drawdown\""},
        {"risk.drawdown_max", "9", "--set: risk.drawdown_max", "found \"9\""},
        {"risk.drawdown_max", "[", "--set", "YAML syntax: did not find expected node content "
                                            "while parsing a flow node"},
        {"bots[0].params.fast", "30", "--set: bots[0].params.fast",
         "fast 30 is not less than slow 30"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        assert_int_equal(read_with(wrong[i].key, wrong[i].value, &config, &problem),
                         STATUS_CONFIG_INVALID);
        assert_string_equal(problem.where, wrong[i].where);
        assert_string_equal(problem.found, wrong[i].found);
    }
    /* Paths of any shape end. */
    struct random random;
    random_init(&random, 77, 0);
    for (unsigned run = 0; run < 3000; run++) {
        static const char *const parts[] = {
            "bots", "[0]",          "[",    "]",           ".",      "risk", "[score]",
            "-1",   "drawdown_max", "name", "instruments", "params", ""};
        char key[128] = "";
        for (uint64_t i = random_below(&random, 7); i > 0; i--)
            (void)strncat(key, parts[random_below(&random, ARRAY_COUNT(parts))], 16);
        if (read_with(key, run % 2 == 0 ? "0.5" : "{a: [1]}", &config, &problem) == STATUS_OK)
            config_release(&config);
        else
            assert_int_equal(problem.status, STATUS_CONFIG_INVALID);
    }
}

static void variables_name_keys(void **state)
{
    (void)state;
    static const struct {
        const char *variable, *key;
    } cases[] = {
        {"TERN_SEED", "seed"},
        {"TERN_RISK__DRAWDOWN_MAX", "risk.drawdown_max"},
        {"TERN_RESILIENCE__RETRY__CAP", "resilience.retry.cap"},
        {"TERN_", NULL},
        {"TERNSEED", NULL},
        {"PATH", NULL},
        {"TERN_seed", NULL},
        {"TERN_A-B", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char key[32];
        bool ours = config_key_of_variable(cases[i].variable, key, sizeof key);
        assert_int_equal(ours, cases[i].key != NULL);
        if (ours)
            assert_string_equal(key, cases[i].key);
    }
    char small[5];
    assert_true(config_key_of_variable("TERN_SEED", small, 5));
    assert_false(config_key_of_variable("TERN_SEEDS", small, 5));
}

/* One random edit: a byte changed, a piece taken out or doubled, a word of the trade put in. */
static size_t mutate(struct random *random, char *text, size_t size, size_t size_max)
{
    static const char *const words[] = {
        "null",
        "off",
        "\n",
        "  ",
        "- ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "&a ",
        "*a",
        "<<: ",
        "!!",
        "---\n",
        "0",
        "-1",
        "1e999",
        "9223372036854775808",
        "0.0000000000000000001",
        "\t",
        "\xFF",
        "score",
        "grid",
        "kind: rebalance",
        "USD",
        "|",
        ">",
        "?",
        "#",
        "%",
        "\r\n",
        "1w",
        "24:00",
    };
    const char *word = words[random_below(random, ARRAY_COUNT(words))];
    size_t at = random_below(random, size + 1), length = random_below(random, 24);
    if (length > size - at)
        length = size - at;
    switch (random_below(random, 4)) {
    case 0:
        if (at < size)
            text[at] = (char)random_u64(random);
        return size;
    case 1: memmove(text + at, text + at + length, size - at - length); return size - length;
    case 2:
        if (size + length > size_max)
            return size;
        memmove(text + at + length, text + at, size - at);
        return size + length;
    default:
        length = strlen(word);
        if (size + length > size_max)
            return size;
        memmove(text + at + length, text + at, size - at);
        memcpy(text + at, word, length);
        return size + length;
    }
}

/* Whatever the text, the answer is a problem with a place, or a configuration that round-trips. */
static void mutations_never_break_it(void **state)
{
    (void)state;
    static const char *const seeds[] = {CORPUS "example.yaml", CORPUS "kinds.yaml",
                                        CORPUS "anchors.yaml"};
    struct random random;
    unsigned read = 0, refused = 0;
    random_init(&random, 20240131, 0);
    for (size_t seed = 0; seed < ARRAY_COUNT(seeds); seed++) {
        char *original = load(seeds[seed]);
        assert_non_null(original);
        size_t original_size = strlen(original), size_max = original_size + 4096;
        char *text = malloc(size_max + 1);
        assert_non_null(text);
        for (unsigned run = 0; run < 3000; run++) {
            size_t size = original_size;
            memcpy(text, original, size);
            for (uint64_t edits = 1 + random_below(&random, 3); edits > 0; edits--)
                size = mutate(&random, text, size, size_max);
            struct config config;
            struct problem problem;
            problem_init(&problem);
            enum config_mode mode = run % 2 == 0 ? CONFIG_BACKTEST : CONFIG_LIVE;
            if (config_read_text("t.yaml", (struct text){text, size}, NULL, mode, &config,
                                 &problem) == STATUS_OK) {
                check_round_trip(&config);
                config_release(&config);
                read++;
                continue;
            }
            assert_int_equal(problem.status, STATUS_CONFIG_INVALID);
            assert_int_equal(strncmp(problem.where, "t.yaml:", 7), 0);
            assert_true(problem.found[0] != '\0');
            refused++;
        }
        free(text);
        free(original);
    }
    print_message("# %u read, %u refused\n", read, refused);
    assert_true(read > 300 && refused > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_its_place),
        cmocka_unit_test(the_example_reads),
        cmocka_unit_test(the_design_example_is_ours),
        cmocka_unit_test(every_kind_reads_and_round_trips),
        cmocka_unit_test(params_lie_at_their_index),
        cmocka_unit_test(every_row_of_the_table_is_sound),
        cmocka_unit_test(limits_bind_as_the_mode_says),
        cmocka_unit_test(the_hash_is_of_what_matters),
        cmocka_unit_test(origins_are_lines_or_default),
        cmocka_unit_test(text_of_any_kind_is_judged),
        cmocka_unit_test(capacities_are_the_tables),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(files_are_read_against_their_folder),
        cmocka_unit_test(the_reference_page_is_current),
        cmocka_unit_test(files_are_laid_over_each_other),
        cmocka_unit_test(single_keys_are_set_by_their_path),
        cmocka_unit_test(variables_name_keys),
        cmocka_unit_test(mutations_never_break_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
