/* What holds for every row of the table: names, ranges, warm-up, streaming equal to whole columns
 * bit for bit in every form the CPU can choose, state a plain block, damaged input skipped. */
#include "indicator_data.h"

#include "base/random.h"

#define WALK_COUNT 700

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Books and trades around the closes of a walk. */
struct flow {
    struct indicator_book *books;
    struct indicator_trade *trades;
};

static struct flow flow_new(const struct series *series, uint64_t seed)
{
    struct random random;
    struct flow flow = {calloc(series->count, sizeof *flow.books),
                        calloc(series->count, sizeof *flow.trades)};
    assert_non_null(flow.books);
    assert_non_null(flow.trades);
    random_init(&random, seed, 1);
    for (size_t i = 0; i < series->count; i++) {
        struct indicator_book *book = &flow.books[i];
        book->bid_count = 1 + (uint32_t)random_below(&random, INDICATOR_BOOK_LEVELS);
        book->ask_count = 1 + (uint32_t)random_below(&random, INDICATOR_BOOK_LEVELS);
        book->time_ns = series->time_ns[i];
        for (uint32_t level = 0; level < INDICATOR_BOOK_LEVELS; level++) {
            double away = 0.01 * (1.0 + level);
            book->bid_price[level] = series->close[i] - away;
            book->ask_price[level] = series->close[i] + away;
            book->bid_quantity[level] = 0.1 + random_unit(&random);
            book->ask_quantity[level] = 0.1 + random_unit(&random);
        }
        flow.trades[i] = (struct indicator_trade){
            .price = series->close[i],
            .quantity = 0.001 + random_unit(&random),
            .side = random_below(&random, 2) ? 1 : -1,
            .time_ns = series->time_ns[i],
        };
    }
    return flow;
}

static void flow_free(struct flow *flow)
{
    free(flow->books);
    free(flow->trades);
}

static void *state_new(const struct indicator_class *class, const struct indicator_params *params,
                       int fill)
{
    size_t size = class->state_size(params);
    void *state = malloc(size);
    assert_non_null(state);
    memset(state, fill, size);
    class->init(state, params);
    return state;
}

static bool update(const struct indicator_class *class, void *state, const struct series *series,
                   const struct flow *flow, size_t i, double *out)
{
    if (class->update_book)
        return class->update_book(state, &flow->books[i], out);
    if (class->update_trade)
        return class->update_trade(state, &flow->trades[i], out);
    struct indicator_bar bar = series_bar(series, i);
    return class->update(state, &bar, out);
}

/* Parameters drawn for run number `run` of a class: fallbacks first, then the least, then random
 * ones, in every convention. */
static struct indicator_params params_drawn(const struct indicator_class *class, unsigned run,
                                            struct random *random)
{
    struct indicator_params params;
    indicator_params_default(class, &params);
    params.convention = run % INDICATOR_CONVENTION_COUNT;
    for (uint32_t i = 0; i < class->parameter_count && run >= INDICATOR_CONVENTION_COUNT; i++) {
        const struct indicator_parameter *parameter = &class->parameters[i];
        double value = parameter->min;
        if (run >= 2 * INDICATOR_CONVENTION_COUNT) {
            double reach = parameter->max - parameter->min;
            double widest = run % 5 == 0 ? 130.0 : 30.0;
            value += (reach < widest ? reach : widest) * random_unit(random);
        }
        params.values[i] = parameter->integer ? (double)(int64_t)value : value;
    }
    assert_int_equal(indicator_params_check(class, &params, NULL), STATUS_OK);
    return params;
}

static void rows_are_complete(void **state)
{
    (void)state;
    assert_true(INDICATOR_COUNT >= 35);
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        const struct indicator_class *class = indicator_classes[i];
        assert_non_null(class);
        assert_ptr_equal(indicator_find(text_of(class->name)), class);
        assert_true(strlen(class->summary) > 10 && strlen(class->source) > 10);
        assert_in_range(class->output_count, 1, INDICATOR_OUTPUTS_MAX);
        assert_true(class->parameter_count <= INDICATOR_PARAMETERS_MAX);
        for (uint32_t k = 0; k < INDICATOR_OUTPUTS_MAX; k++)
            assert_int_equal(class->outputs[k] != NULL, k < class->output_count);
        int feeds = (class->update != NULL) + (class->update_book != NULL) +
                    (class->update_trade != NULL);
        assert_int_equal(feeds, 1);
        assert_int_equal(class->update_book != NULL, class->inputs == INDICATOR_BOOK);
        assert_int_equal(class->update_trade != NULL, class->inputs == INDICATOR_TRADE);
        assert_non_null(class->batch);
        assert_non_null(class->batch_variants[INDICATOR_VARIANT_BASE]);
    }
    assert_null(indicator_find(TEXT("no such thing")));
}

static void parameters_have_names_and_ranges(void **state)
{
    (void)state;
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        const struct indicator_class *class = indicator_classes[i];
        for (uint32_t k = 0; k < class->parameter_count; k++) {
            const struct indicator_parameter *parameter = &class->parameters[k];
            assert_int_equal(indicator_parameter_find(class, text_of(parameter->name)), k);
            assert_non_null(parameter->summary);
            assert_true(parameter->min < parameter->max);
            assert_true(parameter->fallback >= parameter->min);
            assert_true(parameter->fallback <= parameter->max);
            struct indicator_params params;
            indicator_params_default(class, &params);
            assert_int_equal(indicator_params_check(class, &params, NULL), STATUS_OK);
            const double wrong[] = {parameter->min - 1.0, parameter->max * 2.0, (double)NAN,
                                    parameter->fallback + 0.5};
            for (size_t w = 0; w < (parameter->integer ? 4u : 3u); w++) {
                struct problem problem;
                problem_init(&problem);
                params.values[k] = wrong[w];
                assert_int_equal(indicator_params_check(class, &params, &problem), STATUS_RANGE);
                assert_int_equal(problem.status, STATUS_RANGE);
            }
        }
        struct indicator_params params;
        indicator_params_default(class, &params);
        params.convention = INDICATOR_CONVENTION_COUNT;
        assert_int_equal(indicator_params_check(class, &params, NULL), STATUS_RANGE);
        assert_int_equal(indicator_parameter_find(class, TEXT("no such thing")), -1);
    }
}

static void states_fit_at_every_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        const struct indicator_class *class = indicator_classes[i];
        struct indicator_params params;
        indicator_params_default(class, &params);
        for (uint32_t k = 0; k < class->parameter_count; k++)
            params.values[k] = class->parameters[k].max;
        assert_true(class->state_size(&params) <= INDICATOR_STATE_SIZE_MAX);
        assert_int_equal(class->state_size(&params) % 8, 0);
    }
}

static void check_stream(const struct indicator_class *class, const struct indicator_params *params,
                         const struct series *series, const struct flow *flow,
                         double *const *expected)
{
    uint32_t warmup = class->warmup(params);
    void *first = state_new(class, params, 0xaa);
    void *second = state_new(class, params, 0x55);
    size_t size = class->state_size(params);
    void *snapshot = malloc(size);
    assert_non_null(snapshot);
    assert_memory_equal(first, second, size);
    for (size_t i = 0; i < series->count; i++) {
        double out[INDICATOR_OUTPUTS_MAX];
        memset(out, 0x33, sizeof out);
        bool ready = update(class, first, series, flow, i, out);
        if (ready != (i >= warmup)) {
            print_error("%s: ready %d at %zu, warm-up %u\n", class->name, ready, i, warmup);
            fail();
        }
        for (uint32_t k = 0; k < class->output_count; k++) {
            if (bits_of(out[k]) != bits_of(expected[k][i])) {
                print_error("%s.%s[%zu]: streaming %.17g, columns %.17g (%g %g %g)\n", class->name,
                            class->outputs[k], i, out[k], expected[k][i], params->values[0],
                            params->values[1], params->values[2]);
                fail();
            }
            if (ready && !isfinite(out[k])) {
                print_error("%s.%s[%zu] is not finite\n", class->name, class->outputs[k], i);
                fail();
            }
        }
        double other[INDICATOR_OUTPUTS_MAX];
        update(class, second, series, flow, i, other);
        /* A snapshot is a copy of the block: the run goes on from the copy. */
        if (i == series->count / 2) {
            memcpy(snapshot, first, size);
            memset(first, 0xcc, size);
            void *swap = first;
            first = snapshot;
            snapshot = swap;
        }
    }
    /* No byte depends on what the memory held before. */
    assert_memory_equal(first, second, size);
    free(first);
    free(second);
    free(snapshot);
}

static void streaming_equals_columns_bit_for_bit(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 20261121, 0);
    for (unsigned run = 0; run < 26; run++) {
        size_t count = run == 7 ? 1 : run == 8 ? 37 : WALK_COUNT + run;
        struct series series = series_walk(count, 100 + run, run % 2 ? 10000 : 250);
        struct flow flow = flow_new(&series, run);
        struct indicator_columns columns = series_columns(&series);
        columns.books = flow.books;
        columns.trades = flow.trades;
        struct series other = series_new(count);
        for (size_t i = 0; i < INDICATOR_COUNT; i++) {
            const struct indicator_class *class = indicator_classes[i];
            struct indicator_params params = params_drawn(class, run, &random);
            class->batch(&params, &columns, count, series.out);
            check_stream(class, &params, &series, &flow, series.out);
            for (int variant = 0; variant < INDICATOR_VARIANT_COUNT; variant++) {
                if (!class->batch_variants[variant] || variant > (int)indicator_variant_of_cpu())
                    continue;
                class->batch_variants[variant](&params, &columns, count, other.out);
                for (uint32_t k = 0; k < class->output_count; k++)
                    assert_memory_equal(other.out[k], series.out[k], count * sizeof(double));
            }
        }
        series_free(&other);
        flow_free(&flow);
        series_free(&series);
    }
}

/* All outputs of all rows over one walk, as one number: the same for every compiler, build and
 * machine. Who changes an indicator's arithmetic on purpose writes the new number here. */
#define EVERY_BIT UINT64_C(0x0c8841866e5d41a8)

static void every_machine_gives_the_same_bits(void **state)
{
    (void)state;
    struct series series = series_walk(2000, 20261121, 10000);
    struct flow flow = flow_new(&series, 3);
    struct indicator_columns columns = series_columns(&series);
    columns.books = flow.books;
    columns.trades = flow.trades;
    uint64_t digest = UINT64_C(0xcbf29ce484222325);
    for (size_t c = 0; c < INDICATOR_COUNT; c++) {
        const struct indicator_class *class = indicator_classes[c];
        struct indicator_params params;
        indicator_params_default(class, &params);
        class->batch(&params, &columns, series.count, series.out);
        for (uint32_t k = 0; k < class->output_count; k++) {
            for (size_t i = 0; i < series.count; i++)
                digest = (digest ^ bits_of(series.out[k][i])) * UINT64_C(0x100000001b3);
        }
    }
    assert_int_equal(digest, EVERY_BIT);
    flow_free(&flow);
    series_free(&series);
}

/* Eight walks side by side against each by itself. */
static void eight_series_equal_each_alone(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 8, 0);
    size_t checked = 0;
    for (unsigned run = 0; run < 20; run++) {
        size_t count = run == 0 ? 1 : 300 + run;
        struct series wide = series_new(count * INDICATOR_LANES);
        struct series lanes[INDICATOR_LANES];
        for (size_t lane = 0; lane < INDICATOR_LANES; lane++) {
            lanes[lane] = series_walk(count, 1000 * run + lane, 10000);
            for (size_t i = 0; i < count; i++) {
                /* One series is flat, so that divisions by nothing are met as well. */
                struct series *one = &lanes[lane];
                if (lane == 5 && run % 3 == 0)
                    one->open[i] = one->high[i] = one->low[i] = one->close[i] = 77.77;
                size_t at = i * INDICATOR_LANES + lane;
                wide.open[at] = one->open[i];
                wide.high[at] = one->high[i];
                wide.low[at] = one->low[i];
                wide.close[at] = one->close[i];
                wide.volume[at] = one->volume[i];
            }
        }
        struct indicator_lanes columns = {wide.open,  wide.high,   wide.low,
                                          wide.close, wide.volume, lanes[0].time_ns};
        for (size_t c = 0; c < INDICATOR_COUNT; c++) {
            const struct indicator_class *class = indicator_classes[c];
            if (!class->update)
                continue;
            checked++;
            struct indicator_params params = params_drawn(class, run, &random);
            for (size_t lane = 0; lane < INDICATOR_LANES; lane++) {
                struct indicator_columns alone = series_columns(&lanes[lane]);
                class->batch(&params, &alone, count, lanes[lane].out);
            }
            for (int variant = -1; variant <= (int)indicator_variant_of_cpu(); variant++) {
                indicator_batch_lanes *form = variant < 0 ? NULL
                                                          : class->batch_lanes_variants[variant];
                if (variant >= 0 && form == NULL)
                    continue;
                if (variant < 0)
                    indicator_run_lanes(class, &params, &columns, count, wide.out);
                else
                    form(&params, &columns, count, wide.out);
                for (uint32_t k = 0; k < class->output_count; k++) {
                    for (size_t at = 0; at < count * INDICATOR_LANES; at++) {
                        double expected = lanes[at % INDICATOR_LANES].out[k][at / INDICATOR_LANES];
                        if (bits_of(wide.out[k][at]) == bits_of(expected))
                            continue;
                        print_error("%s.%s variant %d lane %zu bar %zu: %.17g, alone %.17g\n",
                                    class->name, class->outputs[k], variant, at % INDICATOR_LANES,
                                    at / INDICATOR_LANES, wide.out[k][at], expected);
                        fail();
                    }
                }
            }
        }
        for (size_t lane = 0; lane < INDICATOR_LANES; lane++)
            series_free(&lanes[lane]);
        series_free(&wide);
    }
    print_message("%zu eight-series forms run\n", checked);
}

static void damaged_bars_are_skipped(void **state)
{
    (void)state;
    const struct {
        struct indicator_bar bar;
        enum indicator_fault fault;
    } cases[] = {
        {{10, 12, 9, 11, 5, 0}, INDICATOR_FAULT_NONE},
        {{10, 10, 10, 10, 0, 0}, INDICATOR_FAULT_NONE},
        {{(double)NAN, 12, 9, 11, 5, 0}, INDICATOR_FAULT_NOT_FINITE},
        {{10, (double)INFINITY, 9, 11, 5, 0}, INDICATOR_FAULT_NOT_FINITE},
        {{10, 12, 9, (double)-INFINITY, 5, 0}, INDICATOR_FAULT_NOT_POSITIVE},
        {{10, 12, 0, 11, 5, 0}, INDICATOR_FAULT_NOT_POSITIVE},
        {{10, 12, -1, 11, 5, 0}, INDICATOR_FAULT_NOT_POSITIVE},
        {{10, 12, 9, 11, -1, 0}, INDICATOR_FAULT_VOLUME},
        {{10, 12, 9, 11, (double)NAN, 0}, INDICATOR_FAULT_NOT_FINITE},
        {{10, 12, 9, 13, 5, 0}, INDICATOR_FAULT_INCONSISTENT},
        {{10, 8, 9, 8.5, 5, 0}, INDICATOR_FAULT_INCONSISTENT},
        {{8, 12, 9, 11, 5, 0}, INDICATOR_FAULT_INCONSISTENT},
        {{10, 12, 9, 1e200, 5, 0}, INDICATOR_FAULT_NOT_FINITE},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(indicator_bar_fault(&cases[i].bar, INDICATOR_OHLC | INDICATOR_VOLUME),
                         cases[i].fault);
    /* A field that is not used is not judged. */
    assert_int_equal(indicator_bar_fault(&cases[2].bar, INDICATOR_CLOSE), INDICATOR_FAULT_NONE);
    for (int fault = 0; fault < INDICATOR_FAULT_COUNT; fault++)
        assert_string_not_equal(indicator_fault_name((enum indicator_fault)fault), "unknown");
}

/* A run with damaged rows gives what a run without those rows gives, with NAN in their places. */
static void a_damaged_row_changes_nothing_after_it(void **state)
{
    (void)state;
    const size_t damaged[] = {0, 50, 51, 200, 399};
    struct series whole = series_walk(400, 5, 10000);
    struct series clean = series_walk(400, 5, 10000);
    size_t kept = 0;
    for (size_t i = 0, next = 0; i < 400; i++) {
        if (next < ARRAY_COUNT(damaged) && damaged[next] == i) {
            double wrong = next % 2 ? -1.0 : __builtin_nan("");
            whole.open[i] = whole.high[i] = whole.low[i] = whole.close[i] = wrong;
            next++;
            continue;
        }
        clean.open[kept] = whole.open[i];
        clean.high[kept] = whole.high[i];
        clean.low[kept] = whole.low[i];
        clean.close[kept] = whole.close[i];
        clean.volume[kept] = whole.volume[i];
        clean.time_ns[kept] = whole.time_ns[i];
        kept++;
    }
    struct indicator_columns columns = series_columns(&whole);
    struct indicator_columns compact = series_columns(&clean);
    for (size_t c = 0; c < INDICATOR_COUNT; c++) {
        const struct indicator_class *class = indicator_classes[c];
        if (!class->update)
            continue;
        struct indicator_params params;
        indicator_params_default(class, &params);
        assert_int_equal(indicator_run(class, &params, &columns, 400, whole.out),
                         ARRAY_COUNT(damaged));
        assert_int_equal(indicator_run(class, &params, &compact, kept, clean.out), 0);
        void *streaming = state_new(class, &params, 0);
        for (size_t i = 0, next = 0, at = 0; i < 400; i++) {
            bool bad = next < ARRAY_COUNT(damaged) && damaged[next] == i;
            struct indicator_bar bar = series_bar(&whole, i);
            double out[INDICATOR_OUTPUTS_MAX];
            enum indicator_outcome outcome = indicator_feed(class, streaming, &bar, out);
            assert_int_equal(outcome == INDICATOR_SKIPPED, bad);
            for (uint32_t k = 0; k < class->output_count; k++) {
                double expected = bad ? __builtin_nan("") : clean.out[k][at];
                assert_true(bits_of(whole.out[k][i]) == bits_of(expected));
                assert_true(bits_of(out[k]) == bits_of(expected));
            }
            next += bad;
            at += !bad;
        }
        free(streaming);
    }
    series_free(&whole);
    series_free(&clean);
}

static void damaged_books_and_trades_are_skipped(void **state)
{
    (void)state;
    struct indicator_book book = {.bid_price = {99, 98},
                                  .bid_quantity = {1, 2},
                                  .ask_price = {101, 102},
                                  .ask_quantity = {3, 4},
                                  .bid_count = 2,
                                  .ask_count = 2};
    assert_int_equal(indicator_book_fault(&book), INDICATOR_FAULT_NONE);
    struct indicator_book wrong = book;
    wrong.bid_price[0] = 101;
    assert_int_equal(indicator_book_fault(&wrong), INDICATOR_FAULT_INCONSISTENT);
    wrong = book;
    wrong.ask_price[1] = 101;
    assert_int_equal(indicator_book_fault(&wrong), INDICATOR_FAULT_INCONSISTENT);
    wrong = book;
    wrong.ask_quantity[1] = -1;
    assert_int_equal(indicator_book_fault(&wrong), INDICATOR_FAULT_VOLUME);
    wrong = book;
    wrong.bid_count = INDICATOR_BOOK_LEVELS + 1;
    assert_int_equal(indicator_book_fault(&wrong), INDICATOR_FAULT_INCONSISTENT);
    struct indicator_params params;
    indicator_params_default(&indicator_microprice, &params);
    void *micro = state_new(&indicator_microprice, &params, 0);
    double out[2];
    assert_int_equal(indicator_feed_book(&indicator_microprice, micro, &wrong, out),
                     INDICATOR_SKIPPED);
    assert_int_equal(indicator_feed_book(&indicator_microprice, micro, &book, out),
                     INDICATOR_READY);
    assert_near(out[0], 99.5, 1e-12, "microprice", 0);
    assert_near(out[1], 100.0, 1e-12, "mid", 0);
    book.ask_count = 0;
    assert_int_equal(indicator_feed_book(&indicator_microprice, micro, &book, out),
                     INDICATOR_WARMING);
    assert_true(isnan(out[0]) && isnan(out[1]));
    free(micro);

    struct indicator_trade trade = {.price = 100, .quantity = 1, .side = 1};
    assert_int_equal(indicator_trade_fault(&trade), INDICATOR_FAULT_NONE);
    trade.side = 0;
    assert_int_equal(indicator_trade_fault(&trade), INDICATOR_FAULT_INCONSISTENT);
    trade.side = -1;
    trade.quantity = 0;
    assert_int_equal(indicator_trade_fault(&trade), INDICATOR_FAULT_NOT_POSITIVE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_complete),
        cmocka_unit_test(parameters_have_names_and_ranges),
        cmocka_unit_test(states_fit_at_every_size),
        cmocka_unit_test(streaming_equals_columns_bit_for_bit),
        cmocka_unit_test(every_machine_gives_the_same_bits),
        cmocka_unit_test(eight_series_equal_each_alone),
        cmocka_unit_test(damaged_bars_are_skipped),
        cmocka_unit_test(a_damaged_row_changes_nothing_after_it),
        cmocka_unit_test(damaged_books_and_trades_are_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
