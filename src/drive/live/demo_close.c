/* What the demo says at its end: the account, the bots, and whether the books balance. */
#include "base/time.h"
#include "drive/live/demo_state.h"

void demo_tell_stop(struct demo *demo)
{
    const struct demo_output *output = &demo->ports->output;
    if (output->status != NULL)
        output->status(output->context, (struct text){0});
    const char *why = demo->outcome->interrupted ? "interrupted"
                      : demo->unread             ? "nobody reads"
                      : demo->quitting           ? "a command said so"
                      : demo->end_ns < INT64_MAX ? "the recording or the duration is over"
                                                 : "the duration is over";
    if (!demo_is_text(demo)) {
        demo_json_stopping(demo, why);
        return;
    }
    text_buffer_print(&demo->out,
                      "\nstopping: %s\n"
                      "  resting orders are cancelled; positions stay, valued at the last close\n",
                      why);
    demo_say(demo);
}

void demo_tell_orders(struct demo *demo, uint32_t canceled, uint32_t expired)
{
    if (canceled + expired > 0 && demo_is_text(demo))
        text_buffer_print(&demo->out, "orders: %u cancelled, %u expired with the market\n",
                          canceled, expired);
}

void demo_tell_kept(struct demo *demo)
{
    if (!demo_is_text(demo))
        return;
    text_buffer_print(&demo->out, "kept: %s, with journal, fills.csv and report.html\n",
                      demo->options->keep);
    demo_say(demo);
}

static void row(struct table *table, const char *name, i128 amount, bool sign)
{
    char text[DEMO_MONEY_SIZE];
    demo_money(text, amount, sign);
    table_cell(table, text_of(name));
    table_cell(table, text_of(text));
}

struct demo_value demo_value_all(const struct demo *demo)
{
    struct demo_value sum = {0};
    for (uint32_t book = 0; book < demo->assembly.engine.books_count; book++) {
        struct demo_value value = demo_value_of(demo, book);
        sum.realized += value.realized;
        sum.unrealized += value.unrealized;
        sum.fees += value.fees;
        sum.funding += value.funding;
    }
    return sum;
}

/* end: NULL while it runs. */
static void tell_account(struct demo *demo, const struct amount *end)
{
    const struct demo_outcome *outcome = demo->outcome;
    struct demo_value sum = demo_value_all(demo);
    struct table table;
    table_init(&table, "account", "ACCOUNT");
    table_column(&table, "what", TABLE_LEFT, 0);
    table_column(&table, demo->config.currency, TABLE_RIGHT, 0);
    row(&table, "start equity", outcome->start_equity.units, false);
    row(&table, "realised", sum.realized, true);
    row(&table, "unrealised", sum.unrealized, true);
    row(&table, "fees", -sum.fees, true);
    table_rule(&table);
    row(&table, end == NULL ? "equity now" : "end equity",
        end == NULL ? risk_equity(engine_risk(demo->engine)).units : end->units, false);
    demo_table_put(demo, &table);
}

static void bot_row(struct demo *demo, struct table *table, const char *name,
                    const struct demo_bot *bot, uint32_t book)
{
    struct demo_value value = demo_value_of(demo, book);
    i128 net = value.realized + value.unrealized - value.fees + value.funding;
    char text[DEMO_MONEY_SIZE];
    table_cell(table, text_of(name));
    table_cell_print(table, "%llu", (unsigned long long)bot->fills_count);
    table_cell_print(table, "%llu", (unsigned long long)bot->trips_count);
    demo_money(text, value.realized, true);
    table_cell(table, text_of(text));
    demo_money(text, value.unrealized, true);
    table_cell(table, text_of(text));
    demo_money(text, value.fees, false);
    table_cell(table, text_of(text));
    demo_money(text, net, true);
    table_cell_tone(table, net < 0 ? TONE_BAD : TONE_GOOD, text_of(text));
    table_cell_print(table, "%llu", (unsigned long long)bot->denied_count);
    table_cell(table, value.open ? TEXT("open") : TEXT("flat"));
}

static void tell_bots(struct demo *demo)
{
    struct table table;
    table_init(&table, "bots", "BOTS");
    table_column(&table, "bot", TABLE_LEFT, 0);
    table_column(&table, "fills", TABLE_RIGHT, 0);
    table_column(&table, "trips", TABLE_RIGHT, 0);
    table_column(&table, "realised", TABLE_RIGHT, 0);
    table_column(&table, "unrealised", TABLE_RIGHT, 0);
    table_column(&table, "fees", TABLE_RIGHT, 0);
    table_column(&table, "net", TABLE_RIGHT, 0);
    table_column(&table, "denied", TABLE_RIGHT, 1);
    table_column(&table, "position", TABLE_LEFT, 1);
    for (uint32_t i = 0; i < demo->config.bots_count; i++)
        bot_row(demo, &table, demo->config.bots[i].name, &demo->bots[i], i + 1);
    if (demo->options->commands != NULL)
        bot_row(demo, &table, "desk, by hand", &demo->desk, DESK_BOOK);
    demo_table_put(demo, &table);
}

void demo_tell_account(struct demo *demo)
{
    if (!demo_is_text(demo)) {
        demo_json_account(demo);
        return;
    }
    tell_account(demo, NULL);
    tell_bots(demo);
}

/* How to have the run again. Commands that were typed are a script that is printed here. */
static void tell_again(struct demo *demo, const char *lasted)
{
    const struct demo_options *options = demo->options;
    bool typed = demo->given.size > 0;
    text_buffer_print(&demo->out, "the same again: tern demo --seed %llu",
                      (unsigned long long)options->seed);
    if (options->tape != NULL)
        text_buffer_print(&demo->out, " --tape %s", options->tape);
    else
        text_buffer_print(&demo->out, " --scenario %s", scenario_name(options->scenario));
    if (options->commands != NULL)
        text_buffer_print(&demo->out, " --commands %s",
                          demo->ports->lines.next == NULL ? options->commands : "FILE");
    text_buffer_print(&demo->out, " --duration %s --speed max\n", lasted);
    if (demo->ports->lines.next != NULL)
        text_buffer_print(&demo->out, "FILE is %s\n",
                          typed ? "these lines:" : "empty: nothing was asked for");
    text_buffer_append(&demo->out, (struct text){demo->given.data, demo->given.size});
}

void demo_tell_end(struct demo *demo, const char *broken)
{
    const struct demo_outcome *outcome = demo->outcome;
    char hash[HASH_TEXT_SIZE];
    char lasted[DURATION_TEXT_SIZE];
    if (!demo_is_text(demo))
        return;
    tell_account(demo, &outcome->end_equity);
    tell_bots(demo);
    if (broken == NULL)
        text_buffer_append(
            &demo->out,
            TEXT("\nledger: every asset sums to zero; held = reservations; lots = positions: ok\n"
                 "equity: start + realised + unrealised - fees = end, to the last digit: ok\n"));
    else
        text_buffer_print(&demo->out, "\nledger: BROKEN: %s\n", broken);
    (void)duration_format(lasted, outcome->simulated_ns);
    hash128_format(hash, outcome->journal_hash);
    text_buffer_print(
        &demo->out,
        "fills: %llu (%llu rested in a book, %llu took from it), denied: %llu, "
        "rejected: %llu, in %s of simulated time\n",
        (unsigned long long)outcome->fills_count, (unsigned long long)outcome->maker_fills,
        (unsigned long long)outcome->taker_fills, (unsigned long long)outcome->denied_count,
        (unsigned long long)outcome->rejected_count, lasted);
    if (demo->options->tape != NULL)
        demo_tell_troubles(demo);
    text_buffer_print(&demo->out, "journal_hash: %s\n", hash);
    if (outcome->simulated_ns > 0)
        tell_again(demo, lasted);
    demo_say(demo);
}
