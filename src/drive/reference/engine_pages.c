/* Pages out of core's tables: indicators, bots, risk, fills, facts. */
#include <stdio.h>
#include <string.h>

#include "core/model/fact.h"
#include "core/strategy/strategy.h"
#include "drive/reference/reference.h"
#include "drive/result/metrics_names.h"

/* ---- indicators ------------------------------------------------------------------------------ */

static void inputs_of(uint32_t inputs, struct text_buffer *out)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {
        {INDICATOR_OPEN, "open"},     {INDICATOR_HIGH, "high"}, {INDICATOR_LOW, "low"},
        {INDICATOR_CLOSE, "close"},   {INDICATOR_VOLUME, "volume"}, {INDICATOR_TIME, "time"},
        {INDICATOR_BOOK, "order book"}, {INDICATOR_TRADE, "trades"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if ((inputs & names[i].bit) != 0)
            text_buffer_print(out, "%s%s", out->size > 0 ? ", " : "", names[i].name);
    }
}

/* A number as a person writes it: no zeros behind it. */
static void number_append(struct text_buffer *out, double value)
{
    char text[DOUBLE_TEXT_SIZE];
    text_buffer_append(out, (struct text){text, double_format_plain(text, value)});
}

static void parameter_append(struct text_buffer *out, const char *name, double fallback, double min,
                             double max)
{
    text_buffer_print(out, "%s%s ", out->size > 0 ? ", " : "", name);
    number_append(out, fallback);
    text_buffer_append(out, TEXT(" ("));
    number_append(out, min);
    text_buffer_append(out, TEXT(" to "));
    number_append(out, max);
    text_buffer_append(out, TEXT(")"));
}

/* A cell of what is in the buffer, which is empty again afterwards. */
static void cell_take(struct page *page, struct text_buffer *text)
{
    page_cell(page, text->size == 0 ? "" : text->data);
    text_buffer_reset(text);
}

static void indicator_row(struct page *page, const struct indicator_class *class,
                          struct text_buffer *text)
{
    page_cell(page, class->name);
    for (uint32_t i = 0; i < class->parameter_count; i++) {
        const struct indicator_parameter *row = &class->parameters[i];
        parameter_append(text, row->name, row->fallback, row->min, row->max);
    }
    cell_take(page, text);
    inputs_of(class->inputs, text);
    cell_take(page, text);
    for (uint32_t i = 0; i < class->output_count; i++)
        text_buffer_print(text, "%s%s", i > 0 ? ", " : "", class->outputs[i]);
    cell_take(page, text);
    struct indicator_params params;
    indicator_params_default(class, &params);
    page_cell_print(page, "%u", class->warmup(&params));
    page_cell(page, class->source == NULL ? "" : class->source);
    page_cell(page, class->summary);
}

/* What the choice of a convention changes, where it changes anything. */
static void conventions_list(struct page *page)
{
    static const char *const columns[] = {"name", "what the convention changes"};
    page_list_begin(page, "conventions", "Conventions", columns, ARRAY_COUNT(columns));
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        if (indicator_classes[i]->conventions == NULL)
            continue;
        page_cell(page, indicator_classes[i]->name);
        page_cell(page, indicator_classes[i]->conventions);
    }
    page_list_end(page);
}

/* With whose values the tests compare it, and in which convention. */
static void checks_list(struct page *page)
{
    static const char *const columns[] = {"name", "values of others that it agrees with"};
    page_list_begin(page, "checks", "Checks", columns, ARRAY_COUNT(columns));
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        const struct indicator_class *class = indicator_classes[i];
        page_cell(page, class->name);
        page_cell(page, class->checked == NULL ? "none; its formula alone" : class->checked);
    }
    page_list_end(page);
}

void reference_indicators(enum page_form form, struct text_buffer *out)
{
    static const char *const columns[] = {"name",    "parameters", "reads",  "gives",
                                          "warm-up", "source",     "meaning"};
    struct page page;
    struct text_buffer text;
    text_buffer_init(&text, 4096);
    page_begin(&page, form, out, "Indicators", "tern help indicators --markdown");
    page_paragraph(&page,
                   "What charts call studies. The numbers behind a parameter are its default and "
                   "its range; warm-up is how many bars pass, with the defaults, before the first "
                   "value of all outputs.");
    page_paragraph(
        &page, "Libraries differ in how an indicator starts and in what it shows where its "
               "formula says nothing. `convention: talib` (the default), `tulip` or `classic` in "
               "a configuration chooses for all bots, the same key of a bot for that bot: score, "
               "ma_cross with exponential averages, rsi, macd. Indicators without a row under "
               "Conventions are the same in all three.");
    page_paragraph(
        &page, "Tests compare each with its formula, computed the plain way, and with the values "
               "of others under Checks: a golden vector of sixty bars, Stock.Indicators, the "
               "reference files of Lean's tests and the vectors of Tulip Indicators; `talib:` is "
               "the convention that those values follow.");
    page_list_begin(&page, "indicators", NULL, columns, ARRAY_COUNT(columns));
    for (size_t i = 0; i < INDICATOR_COUNT; i++)
        indicator_row(&page, indicator_classes[i], &text);
    page_list_end(&page);
    conventions_list(&page);
    checks_list(&page);
    (void)!page_end(&page);
    text_buffer_release(&text);
}

/* ---- bots ------------------------------------------------------------------------------------ */

void reference_bots(enum page_form form, struct text_buffer *out)
{
    static const char *const columns[] = {"name", "default", "range", "meaning"};
    struct page page;
    size_t count;
    const struct strategy_class *const *classes = strategy_classes(&count);
    page_begin(&page, form, out, "Bots", "tern help bots --markdown");
    page_paragraph(&page,
                   "Bots decide on closed bars and are long or flat, but for grid, dca, rebalance "
                   "and maker, which say what orders they want and have them kept so: those "
                   "that fit stay, others are amended or cancelled, missing ones are placed. Each "
                   "has a kind; these kinds and parameters there are. `tern help config` has the "
                   "keys that all bots share: size, execute, stop_loss, take_profit, budget.");
    page_paragraph(&page,
                   "`size: volatility` enters with min(1, target / v) of the book's equity, v the "
                   "sample deviation of the last 20 log returns of its bars, a year of 365 days; "
                   "until 21 bars closed it does not enter. `size: kelly` enters with "
                   "min(cap, fraction x f), f = w - (1 - w) / b of its own closed trips: w the "
                   "share that won, kept within 0.01 and 0.99, b their mean return over the mean "
                   "loss, at most 100. Until ten trips are closed it enters with half of cap; "
                   "where f is not above 0 it stays out. Shares are rounded down to a millionth.");
    for (size_t i = 0; i < count; i++) {
        const struct strategy_class *class = classes[i];
        struct text_buffer text;
        text_buffer_init(&text, 256);
        text_buffer_print(&text, "%s: %s", class->name, class->summary);
        page_list_begin(&page, class->name, text.status == STATUS_OK ? text.data : class->name,
                        columns, ARRAY_COUNT(columns));
        text_buffer_reset(&text);
        for (uint32_t j = 0; j < class->parameter_count; j++) {
            const struct strategy_parameter *row = &class->parameters[j];
            page_cell(&page, row->name);
            if (row->fallback_text != NULL)
                text_buffer_append(&text, text_of(row->fallback_text));
            else
                number_append(&text, row->fallback);
            cell_take(&page, &text);
            if (row->range_text != NULL) {
                text_buffer_append(&text, text_of(row->range_text));
            } else {
                number_append(&text, row->min);
                text_buffer_append(&text, TEXT(" to "));
                number_append(&text, row->max);
            }
            cell_take(&page, &text);
            page_cell(&page, row->summary);
        }
        page_list_end(&page);
        text_buffer_release(&text);
    }
    (void)!page_end(&page);
}

/* ---- risk ------------------------------------------------------------------------------------ */

void reference_risk(enum page_form form, struct text_buffer *out)
{
    static const char *const columns[] = {"reason", "holds back", "unit", "meaning"};
    struct page page;
    size_t count;
    const struct risk_control *controls = risk_controls(&count);
    page_begin(&page, form, out, "Risk controls", "tern help risk --markdown");
    page_paragraph(&page,
                   "Every intent passes these controls in this order; the first that objects "
                   "names the reason in `denied` and in orders.csv. Limits bind intents; "
                   "evidence of the venue always posts.");
    page_paragraph(&page, "Orders in flight count as filled and as not filled, whichever is worse. "
                          "A control that holds back entries lets pass what can only shrink a "
                          "position. A back-test has the limits that its file names and no others; "
                          "trading has all of them, with the defaults of `tern help config`.");
    page_list_begin(&page, "controls", NULL, columns, ARRAY_COUNT(columns));
    for (size_t i = 0; i < count; i++) {
        page_cell(&page, reason_name(controls[i].reason));
        page_cell(&page, controls[i].entries      ? "entries"
                         : controls[i].protective ? "every order"
                                                  : "every order but protective ones");
        page_cell(&page, controls[i].unit);
        page_cell(&page, reason_sentence(controls[i].reason));
    }
    page_list_end(&page);
    (void)!page_end(&page);
}

/* ---- fills ----------------------------------------------------------------------------------- */

/* What sim/book_venue.h says at length. */
static void fills_on_books(struct page *page)
{
    static const char *const columns[] = {"on an order book", "rule"};
    static const char *const rules[][ARRAY_COUNT(columns)] = {
        {"order that takes", "Takes the levels of the other side best first, a fill each. What was "
                             "taken stays taken until the data show the level smaller or gone."},
        {"order that rests", "Stands in the queue of its price by simulation.queue; trades and "
                             "changes of the level move it. A trade through its price fills all "
                             "of it."},
        {"latency", "A request is judged when it arrives, `latency` after it was sent, by the book "
                    "of that moment; the answer comes as much later. latency_sigma spreads it."},
        {"congestion", "latency x (1 + latency_congestion x sum over our earlier requests of "
                       "e^-(age / latency_congestion_fade)): the intensity of a Hawkes process. "
                       "Requests stay in order."},
        {"halted, or book not valid",
         "New orders are rejected, but stops on a book that is not valid; resting ones wait, "
         "nothing fills; cancels and amends to less are done. The demo halts while its feed is "
         "silent, and what was removed."},
        {"impact", "Off by default; simulation.impact moves what takers pay, never beyond their "
                   "limit."},
        {"our own orders", "Never trade with each other: the newer one is canceled."},
    };
    page_list_begin(page, "books", "On order books", columns, ARRAY_COUNT(columns));
    for (size_t i = 0; i < ARRAY_COUNT(rules); i++) {
        for (size_t j = 0; j < ARRAY_COUNT(columns); j++)
            page_cell(page, rules[i][j]);
    }
    page_list_end(page);
}

void reference_fills(enum page_form form, struct text_buffer *out)
{
    static const char *const columns[] = {"simulation.fill", "sees", "market order",
                                          "resting limit",   "stop", "meaning"};
    static const char *const modes[][ARRAY_COUNT(columns)] = {
        {"next_open", "openings", "next opening", "traded through there", "opening at or beyond",
         "A market order decided at a close fills at that instrument's next opening in the data, "
         "after a gap too, at that opening's time. The default, and the honest one."},
        {"this_close", "closes", "the close it was decided at", "traded through there",
         "close at or beyond",
         "Nobody can trade so: the result carries a warning of look-ahead."},
        {"range", "openings, then high and low", "next opening", "traded through inside the bar",
         "touched: at the stop, at a worse opening there",
         "Resting orders and stops fill inside the bars that prove it; where a bar leaves two "
         "stories, the worse one is taken."},
    };
    static const char *const order[] = {
        "A bar is two inputs: at its opening the open price alone, at its closing the whole bar. "
        "What a bot sees at a close it cannot have traded on before.",
        "At one instant, in this order: closes of the bars, in the order of `instruments`; timers; "
        "decisions, in the order of `bots`; arrival of orders; openings, in the order of "
        "`instruments`.",
        "Fee = notional x basis points, in the quote currency, rounded half-even to "
        "quote_decimals. `latency` delays nothing with bars.",
        "A bot's bar may be a multiple of the data's: it is built, aligned to UTC, from complete "
        "bars only. A position still open at the end is valued at the last close; it is in no "
        "trip.",
        "Prices that take are moved slippage_bps against us and then rounded against us to the "
        "tick. Prices of bars need not lie on the tick; prices of orders and fills do.",
        "Touching is not filling: a resting buy at L needs a price below L, and fills at L as a "
        "maker. Liquidity is unlimited, because bars do not say how much there was.",
        "A post-only order at or beyond the last price is refused, and so is an amend that would "
        "move it there. A post-only stop-limit is "
        "judged when it triggers, not when it is placed, by the price that triggers it (inside a "
        "bar its stop price; on an order book the other side of that moment), and canceled where "
        "it would take.",
    };
    struct page page;
    page_begin(&page, form, out, "Fills in a back-test", "tern help fills --markdown");
    for (size_t i = 0; i < ARRAY_COUNT(order); i++)
        page_paragraph(&page, order[i]);
    page_list_begin(&page, "modes", "How orders fill", columns, ARRAY_COUNT(columns));
    for (size_t i = 0; i < ARRAY_COUNT(modes); i++) {
        for (size_t j = 0; j < ARRAY_COUNT(columns); j++)
            page_cell(&page, modes[i][j]);
    }
    page_list_end(&page);
    fills_on_books(&page);
    (void)!page_end(&page);
}

/* ---- facts ----------------------------------------------------------------------------------- */

void reference_facts(enum page_form form, struct text_buffer *out)
{
    static const char *const columns[] = {"fact", "kind", "fields", "meaning"};
    struct page page;
    struct text_buffer text;
    size_t count;
    const struct fact_class *classes = fact_classes(&count);
    text_buffer_init(&text, 4096);
    page_begin(&page, form, out, "Facts", "tern help facts --markdown");
    page_paragraph(&page, "A fact is what was decided or learned; a journal is made of them, and "
                          "every state, report and figure comes from them. The facts of one input "
                          "are one frame; frames are chained, and the last value of the chain is "
                          "the journal_hash.");
    page_list_begin(&page, "facts", NULL, columns, ARRAY_COUNT(columns));
    for (size_t i = 0; i < count; i++) {
        page_cell(&page, classes[i].name);
        page_cell_print(&page, "%u", classes[i].kind);
        for (uint32_t j = 0; j < classes[i].field_count; j++) {
            const char *name = classes[i].fields[j].name;
            if (strcmp(name, "reserved") != 0)
                text_buffer_print(&text, "%s%s", text.size > 0 ? ", " : "", name);
        }
        cell_take(&page, &text);
        page_cell(&page, classes[i].sentence);
    }
    page_list_end(&page);
    (void)!page_end(&page);
    text_buffer_release(&text);
}

/* ---- metrics --------------------------------------------------------------------------------- */

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

/* Text and Markdown are those of the metrics themselves; JSON is one row of theirs an object. */
void reference_metrics(enum page_form form, struct text_buffer *out)
{
    static const char *const columns[] = {"name",      "title", "unit",       "formula",
                                          "freqtrade", "jesse", "quantstats", "meaning"};
    struct page page;
    if (form != PAGE_JSON) {
        metrics_page_print(out, form == PAGE_MARKDOWN);
        return;
    }
    page_begin(&page, form, out, "Metrics of a back-test", NULL);
    page_list_begin(&page, "metrics", NULL, columns, ARRAY_COUNT(columns));
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        page_cell(&page, metric_rows[i].name);
        page_cell(&page, metric_rows[i].title);
        page_cell(&page, metric_unit_name(metric_rows[i].unit));
        page_cell(&page, metric_rows[i].formula);
        page_cell(&page, or_empty(metric_notes[i].freqtrade));
        page_cell(&page, or_empty(metric_notes[i].jesse));
        page_cell(&page, or_empty(metric_notes[i].quantstats));
        page_cell(&page, metric_rows[i].definition);
    }
    page_list_end(&page);
    (void)!page_end(&page);
}
