/* The configuration back to text: hash, origins, reference page; layers; random edits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_fixture.h"

#include "base/random.h"

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
        /* Keys that came later, at their defaults: hashes of before hold. */
        {"tern: 1\n", "tern: 1\nsimulation: {feed_latency: 50ms, queue: {model: risk_averse}}\n",
         false},
        {"tern: 1\n", "tern: 1\nsimulation: {feed_latency: 51ms}\n", true},
        {"tern: 1\n", "tern: 1\nsimulation: {queue: {model: power}}\n", true},
        {"tern: 1\n", "tern: 1\nsimulation: {queue: {model: power, power: 2}}\n", true},
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
        {.name = "etc",
         .text = TEXT("tern: 1\nseed: 3\ninstruments: [A-USD]\n"
                      "risk: {drawdown_max: 0.1, daily_loss_max: 7}\n"
                      "log: {file: a.log}\n"),
         .folder = "/etc/tern"},
        {.name = "mine",
         .text = TEXT("tern: 1\ninstruments: [B-USD, C-USD]\n"
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
        {"risk.drawdown_max", "[", "--set",
         "YAML syntax: did not find expected node content "
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
    assert_int_equal(read_with("bots[nobody].enter", "0", &config, &problem),
                     STATUS_CONFIG_INVALID);
    assert_memory_equal(problem.allowed, "one of ", 7);
    assert_non_null(strstr(problem.allowed, "score"));
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
        cmocka_unit_test(the_hash_is_of_what_matters),
        cmocka_unit_test(origins_are_lines_or_default),
        cmocka_unit_test(the_reference_page_is_current),
        cmocka_unit_test(files_are_laid_over_each_other),
        cmocka_unit_test(single_keys_are_set_by_their_path),
        cmocka_unit_test(variables_name_keys),
        cmocka_unit_test(mutations_never_break_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
