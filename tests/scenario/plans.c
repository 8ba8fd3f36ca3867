/* Bots of a kind other than follow: their kind and parameters are columns of the table of bots.
 * Those that enter and leave on a signal have columns named as their parameters are, `convention`
 * among them; what has no column has its default.
 *
 *     bots  name  kind  instrument  size  low  high  levels
 *           one   grid  BTC-USD     1     95   105   3
 *
 * grid: low high levels spacing · dca: every amount dip max · maker: levels spread skew refresh ·
 * rebalance: instruments weights (with commas between) band */
#include "scenario.h"

#include <string.h>

struct columns {
    struct scenario *scenario;
    const struct line *head, *row;
};

/* Empty where there is no such column, or a dash in it. */
static struct text cell(const struct columns *columns, const char *name)
{
    struct text word = cell_of(columns->head, 1, columns->row, name);
    return word_is(word, "-") ? (struct text){"", 0} : word;
}

static int64_t units_of(const struct columns *columns, const char *name, unsigned decimals)
{
    struct text word = cell(columns, name);
    return word.size == 0 ? 0 : units_read(columns->scenario, columns->row, word, decimals);
}

static struct ratio ratio_of(const struct columns *columns, const char *name)
{
    struct text word = cell(columns, name);
    return word.size == 0 ? (struct ratio){0} : ratio_read(columns->scenario, columns->row, word);
}

static struct amount amount_of(const struct columns *columns, const char *name)
{
    struct text word = cell(columns, name);
    return word.size == 0 ? (struct amount){0} : amount_read(columns->scenario, columns->row, word);
}

static int64_t duration_of(const struct columns *columns, const char *name)
{
    struct text word = cell(columns, name);
    return word.size == 0 ? 0 : duration_read(columns->scenario, columns->row, word);
}

static void rebalance_take(const struct columns *columns, struct plan_params *plan)
{
    struct text names = cell(columns, "instruments");
    struct text weights = cell(columns, "weights");
    while (names.size > 0 && plan->instruments_count < PLAN_INSTRUMENTS_MAX) {
        uint32_t at = plan->instruments_count++;
        plan->instruments[at] = instrument_read(columns->scenario, columns->row,
                                                text_split(&names, ','));
        plan->weights[at] = ratio_read(columns->scenario, columns->row, text_split(&weights, ','));
    }
    plan->band = ratio_of(columns, "band");
}

/* Parameters of a kind that enters and leaves on a signal. */
static void signal_take(const struct columns *columns, struct bot_config *bot)
{
    static const char *const conventions[] = {
#define CONVENTION_TEXT(name, text) text,
        INDICATOR_CONVENTION_TABLE(CONVENTION_TEXT)
#undef CONVENTION_TEXT
    };
    for (uint32_t i = 0; i < bot->class->parameter_count; i++) {
        const struct strategy_parameter *row = &bot->class->parameters[i];
        struct text word = cell(columns, row->name);
        bot->params[i] = row->fallback;
        if (word.size > 0 && strcmp(row->name, "convention") == 0) {
            for (uint32_t j = 0; j < ARRAY_COUNT(conventions); j++) {
                if (word_is(word, conventions[j]))
                    bot->params[i] = j;
            }
        } else if (word.size > 0) {
            bot->params[i] = (double)units_of(columns, row->name, 6) / 1e6;
        }
    }
    bot->instrument = instrument_read(columns->scenario, columns->row, cell(columns, "instrument"));
}

bool plan_take(struct scenario *scenario, const struct line *head, const struct line *row,
               struct bot_config *bot)
{
    struct columns columns = {scenario, head, row};
    struct text kind = cell(&columns, "kind");
    struct plan_params *plan = &bot->plan;
    if (kind.size == 0)
        return false;
    bot->class = strategy_find(kind);
    if (bot->class == NULL) {
        fail(scenario, row, "`%.*s` is no kind of bot", (int)kind.size, kind.data);
        bot->class = &strategy_dca;
        plan->every_ns = 1;
        return true;
    }
    if (bot->class->plan == NULL) {
        signal_take(&columns, bot);
        return true;
    }
    if (bot->class == &strategy_rebalance) {
        rebalance_take(&columns, plan);
        bot->instrument = plan->instruments[0];
    } else {
        bot->instrument = instrument_read(scenario, row, cell(&columns, "instrument"));
    }
    unsigned decimals = scenario->instruments[bot->instrument].price_decimals;
    plan->low.units = units_of(&columns, "low", decimals);
    plan->high.units = units_of(&columns, "high", decimals);
    plan->levels = (uint32_t)units_of(&columns, "levels", 0);
    plan->geometric = word_is(cell(&columns, "spacing"), "geometric");
    plan->every_ns = duration_of(&columns, "every");
    plan->amount = amount_of(&columns, "amount");
    plan->dip = ratio_of(&columns, "dip");
    plan->max = amount_of(&columns, "max");
    plan->spread = ratio_of(&columns, "spread");
    plan->skew = ratio_of(&columns, "skew");
    plan->refresh_ns = duration_of(&columns, "refresh");
    bot->params[GRID_LEVELS] = (double)plan->levels;
    return true;
}
