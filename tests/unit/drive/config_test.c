/* The configuration: what is read, and every error with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_fixture.h"
#include "drive/config/option.h"

#include <unistd.h>

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

static void every_kind_reads_and_round_trips(void **state)
{
    (void)state;
    char *text = load(CORPUS "kinds.yaml");
    struct config config;
    struct problem problem;
    for (int mode = CONFIG_BACKTEST + 1; mode <= CONFIG_LIVE; mode++) {
        read_well(text, (enum config_mode)mode, &config);
        check_round_trip(&config);
        config_release(&config);
    }
    /* Bars show a maker no order book. */
    problem_init(&problem);
    assert_int_equal(read_as(text, CONFIG_BACKTEST, &config, &problem), STATUS_CONFIG_INVALID);
    assert_string_equal(problem.where, "t.yaml:58: bots[9].kind");
    read_well(text, CONFIG_LIVE, &config);
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
static struct hash128 hash_after(const char *from, const char *to, enum indicator_convention first,
                                 enum indicator_convention second)
{
    struct config config, again;
    struct hash128 hash, hash_again;
    struct text_buffer canonical;
    char *text = changed(base_text, from, to);
    read_well(text, CONFIG_BACKTEST, &config);
    assert_int_equal(config.bots[0].convention, first);
    assert_int_equal(config.bots[1].convention, second);
    assert_int_equal(config_hash(&config, &hash), STATUS_OK);
    text_buffer_init(&canonical, TEXT_MAX);
    config_canonical(&config, &canonical);
    read_well(canonical.data, CONFIG_BACKTEST, &again);
    assert_int_equal(again.bots[0].convention, first);
    assert_int_equal(again.bots[1].convention, second);
    assert_int_equal(config_hash(&again, &hash_again), STATUS_OK);
    assert_memory_equal(&hash, &hash_again, sizeof hash);
    text_buffer_release(&canonical);
    config_release(&again);
    config_release(&config);
    free(text);
    return hash;
}

/* A bot's own convention, else the file's, else TA-Lib's; what is the default changes no hash. */
static void conventions_go_to_bots(void **state)
{
    (void)state;
    const char *root = "tern: 1\n", *bot = "    kind: score\n";
    struct hash128 plain = hash_after(root, root, INDICATOR_TALIB, INDICATOR_TALIB);
    struct hash128 said = hash_after(root, "tern: 1\nconvention: talib\n", INDICATOR_TALIB,
                                     INDICATOR_TALIB);
    struct hash128 all = hash_after(root, "tern: 1\nconvention: tulip\n", INDICATOR_TULIP,
                                    INDICATOR_TULIP);
    struct hash128 own = hash_after(bot, "    kind: score\n    convention: classic\n",
                                    INDICATOR_TALIB, INDICATOR_CLASSIC);
    assert_memory_equal(&plain, &said, sizeof plain);
    assert_memory_not_equal(&plain, &all, sizeof plain);
    assert_memory_not_equal(&plain, &own, sizeof plain);
}

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
    assert_int_equal(config_read_file(folder, CONFIG_BACKTEST, &config, &problem),
                     STATUS_CONFIG_INVALID);
    assert_string_equal(problem.found, "found a directory");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_its_place),
        cmocka_unit_test(the_example_reads),
        cmocka_unit_test(every_kind_reads_and_round_trips),
        cmocka_unit_test(conventions_go_to_bots),
        cmocka_unit_test(params_lie_at_their_index),
        cmocka_unit_test(every_row_of_the_table_is_sound),
        cmocka_unit_test(limits_bind_as_the_mode_says),
        cmocka_unit_test(text_of_any_kind_is_judged),
        cmocka_unit_test(capacities_are_the_tables),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(files_are_read_against_their_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
