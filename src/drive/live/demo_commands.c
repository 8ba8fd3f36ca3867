/* What becomes of what a person told the demo: instruments, orders of the desk, stops, answers.
 *
 * Everything that money depends on is an input of the engine, so that the journal has it; what the
 * generator is told (an instrument, a scenario) follows from the same line of the same script. */
#include <string.h>

#include "base/time.h"
#include "drive/live/demo_state.h"

#define LINE_SIZE 256
#define TICK_COARSE_FROM 10.0 /* prices above it are quoted in hundredths, below to 0.0001 */

/* ---- instruments ---------------------------------------------------------------------------- */

/* Index of the instrument of that name, listed or not, or of the first empty place; NONE_INDEX
 * where there is no such place left. */
static uint32_t place_of(const struct demo *demo, const char *name)
{
    uint32_t count = demo->config.instruments_count;
    uint32_t named = demo_named(demo);
    for (uint32_t i = 0; i < named; i++) {
        if (strcmp(demo->assembly.instruments[i].name, name) == 0)
            return i;
    }
    return named < count ? named : NONE_INDEX;
}

static bool is_listed(const struct demo *demo, const char *name, uint32_t *instrument)
{
    *instrument = place_of(demo, name);
    return *instrument != NONE_INDEX && demo->listed[*instrument];
}

/* Says that there is no such instrument, and which one may have been meant. */
static void tell_unlisted(struct demo *demo, const char *name)
{
    const char *names[GENERATOR_INSTRUMENTS_MAX];
    size_t count = 0;
    struct text base = text_of(name);
    base = text_split(&base, '-');
    for (uint32_t i = 0; i < demo->config.instruments_count; i++) {
        const struct instrument *instrument = &demo->assembly.instruments[i];
        if (demo->listed[i] && count < ARRAY_COUNT(names))
            names[count++] = assembly_asset(&demo->assembly, instrument->base_asset);
    }
    const char *near = text_suggest(base, names, count);
    demo_tell(demo, "ERROR", TONE_WARN, "%s is not listed; %s%s%s`prices` shows what is", name,
              near == NULL ? "" : "did you mean ", near == NULL ? "" : near,
              near == NULL ? "" : "? ");
}

static struct input instrument_input(enum input_kind kind, uint32_t instrument, int64_t time_ns)
{
    return (struct input){.time_ns = time_ns, .kind = (uint16_t)kind, .instrument = instrument};
}

/* Gives an empty place its name and steps, which everybody reads from now on. Returns whether the
 * generator knows the name. */
static bool place_fill(struct demo *demo, uint32_t index, const char *name)
{
    struct instrument *instrument = &demo->assembly.instruments[index];
    uint32_t room = index - (demo->config.instruments_count - DEMO_ROOM);
    struct instrument_model model;
    struct text rest = text_of(name);
    bool known = instrument_model_find(rest, demo->options->seed, &model);
    memset(instrument->name, 0, sizeof instrument->name);
    (void)text_copy(instrument->name, sizeof instrument->name, rest);
    (void)text_copy(demo->room_assets[room], sizeof demo->room_assets[room],
                    text_split(&rest, '-'));
    demo->assembly.assets[instrument->base_asset] = demo->room_assets[room];
    if (model.price >= TICK_COARSE_FROM)
        instrument->tick.units = instrument->price_scale / 100;
    if (demo->options->keep != NULL)
        demo_keep_listed(&demo->keep, index, instrument->name);
    return known;
}

static void add(struct demo *demo, const char *name, int64_t time_ns)
{
    uint32_t index = place_of(demo, name);
    if (demo->options->tape != NULL) {
        demo_tell(demo, "ERROR", TONE_WARN, "a recording has what it has: nothing can be added");
        return;
    }
    if (index == NONE_INDEX) {
        demo_tell(demo, "ERROR", TONE_WARN, "no place for %s: %d have been added already", name,
                  DEMO_ROOM);
        return;
    }
    if (demo->listed[index]) {
        demo_tell(demo, "ERROR", TONE_WARN, "%s is listed already", name);
        return;
    }
    bool back = index < demo->market.count;
    double changed = demo->market.generator.path.correlation_change_max;
    bool known = back || place_fill(demo, index, name);
    enum status status = demo_market_add(&demo->market, index, demo->problem);
    if (status != STATUS_OK) {
        demo->status = status;
        return;
    }
    struct input input = instrument_input(INPUT_COMMAND_LIST, index, time_ns);
    demo->listed[index] = true;
    demo->seen_ns[index] = time_ns;
    demo_feed(demo, &input);
    demo_halt(demo, time_ns);
    demo_tell_added(demo, index, known, back, changed);
}

static uint32_t live_orders_of(const struct demo *demo, uint32_t instrument)
{
    uint32_t count = 0;
    for (uint64_t id = engine_order_next_live(demo->engine, 0); id != 0;
         id = engine_order_next_live(demo->engine, id))
        count += engine_order(demo->engine, id)->instrument == instrument;
    return count;
}

/* The exchange halts it at once, so that nothing of what was published before still fills. */
static void remove_instrument(struct demo *demo, const char *name, int64_t time_ns)
{
    uint32_t index = 0;
    if (demo->options->tape != NULL) {
        demo_tell(demo, "ERROR", TONE_WARN, "a recording has what it has: nothing can be removed");
        return;
    }
    if (!is_listed(demo, name, &index)) {
        tell_unlisted(demo, name);
        return;
    }
    uint32_t orders = live_orders_of(demo, index);
    struct input input = instrument_input(INPUT_COMMAND_DELIST, index, time_ns);
    demo_market_remove(&demo->market, index);
    demo->listed[index] = false;
    demo->closed[index] = false;
    demo->silent[index] = false;
    demo_halt(demo, time_ns);
    demo_tell_removed(demo, index, orders);
    demo_feed(demo, &input);
}

/* ---- orders --------------------------------------------------------------------------------- */

/* An amount in units of 10^-decimals; false where it has more of them or is too large. */
static bool units_of(struct amount amount, uint32_t decimals, int64_t limit, int64_t *out)
{
    i128 unit = power_of_ten(AMOUNT_DECIMALS - decimals);
    if (amount.units % unit != 0 || amount.units / unit > limit)
        return false;
    *out = (int64_t)(amount.units / unit);
    return true;
}

static void order(struct demo *demo, const struct demo_command *command, int64_t time_ns)
{
    uint32_t index = 0;
    if (!is_listed(demo, command->name, &index)) {
        tell_unlisted(demo, command->name);
        return;
    }
    const struct instrument *instrument = &demo->assembly.instruments[index];
    struct input input = instrument_input(INPUT_COMMAND_ORDER, index, time_ns);
    input.intent = (struct intent){
        .book = DESK_BOOK,
        .bot = NONE_INDEX,
        .instrument = index,
        .side = command->verb == DEMO_BUY ? SIDE_BUY : SIDE_SELL,
        .type = command->price.units == 0 ? ORDER_MARKET : ORDER_LIMIT,
        .tif = TIF_GTC,
        .origin = ORIGIN_PERSON,
        .purpose = PURPOSE_MANUAL,
    };
    if (!units_of(command->quantity, instrument->quantity_decimals, QUANTITY_UNITS_MAX,
                  &input.intent.quantity.units) ||
        !units_of(command->price, instrument->price_decimals, PRICE_UNITS_MAX,
                  &input.intent.price.units)) {
        demo_tell(demo, "ERROR", TONE_WARN, "too large, or finer than the steps of %s",
                  instrument->name);
        return;
    }
    demo_feed(demo, &input);
}

static void cancel(struct demo *demo, uint64_t id, int64_t time_ns)
{
    const struct order *live = engine_order(demo->engine, id);
    if (live == NULL || order_state_is_end((enum order_state)live->state)) {
        demo_tell(demo, "ERROR", TONE_WARN, "order %llu is not live; `orders` shows those that are",
                  (unsigned long long)id);
        return;
    }
    struct input input = {.time_ns = time_ns, .kind = INPUT_COMMAND_CANCEL, .order = id};
    input.instrument = live->instrument;
    demo_feed(demo, &input);
    demo_tell(demo, "CANCEL", TONE_PLAIN, "order %llu: asked the exchange", (unsigned long long)id);
}

/* ---- stops, bots, scenarios ----------------------------------------------------------------- */

static void stop(struct demo *demo, uint32_t kind, int64_t time_ns)
{
    static const char *const meanings[] = {
        "", "no entries; orders that rest stay", "no entries, and those that rest are cancelled",
        "no orders at all but protective ones", "everything is sold at market"};
    struct input input = {.time_ns = time_ns, .kind = INPUT_COMMAND_STOP};
    if (kind < engine_risk(demo->engine)->account->stop) {
        demo_tell(demo, "ERROR", TONE_WARN, "a stricter stop holds; `resume` lifts it");
        return;
    }
    input.stop.stop = kind;
    input.stop.book = NONE_INDEX;
    demo_tell(demo, "STOP", TONE_WARN, "%s; `resume` lifts it", meanings[kind]);
    demo_feed(demo, &input);
}

static void resume(struct demo *demo, int64_t time_ns)
{
    struct input input = {.time_ns = time_ns, .kind = INPUT_COMMAND_RESUME};
    demo_tell(demo, "RESUME", TONE_GOOD, "no stop holds");
    demo_feed(demo, &input);
}

static void set_bot(struct demo *demo, const struct demo_command *command, int64_t time_ns)
{
    static const char *const meanings[] = {"runs", "is paused: it only protects what it has",
                                           "is stopped: it does nothing"};
    const char *names[ARRAY_COUNT(meanings) * 64];
    uint32_t count = 0;
    for (; count < demo->config.bots_count && count < ARRAY_COUNT(names); count++) {
        names[count] = demo->config.bots[count].name;
        if (strcmp(names[count], command->name) != 0)
            continue;
        struct input input = {.time_ns = time_ns, .kind = INPUT_COMMAND_BOT};
        input.bot.bot = count;
        input.bot.action = command->action;
        demo_feed(demo, &input);
        demo_tell(demo, "BOT", TONE_PLAIN, "%s %s", command->name, meanings[command->action]);
        return;
    }
    const char *near = text_suggest(text_of(command->name), names, count);
    demo_tell(demo, "ERROR", TONE_WARN, "no bot is called %s%s%s; `account` shows them",
              command->name, near == NULL ? "" : "; the nearest is ", near == NULL ? "" : near);
}

static void set_scenario(struct demo *demo, enum scenario scenario, int64_t time_ns)
{
    if (demo->options->tape != NULL) {
        demo_tell(demo, "ERROR", TONE_WARN, "a recording has no scenario");
        return;
    }
    demo_market_scenario(&demo->market, scenario, time_ns);
    demo_tell(demo, "MARKET", TONE_STRONG, "scenario %s: %s", scenario_name(scenario),
              scenario_sentence(scenario));
}

/* ---- all of them ---------------------------------------------------------------------------- */

static void carry_out(struct demo *demo, const struct demo_command *command, int64_t time_ns)
{
    demo->now_ns = time_ns;
    switch (command->verb) {
    case DEMO_ADD: add(demo, command->name, time_ns); return;
    case DEMO_REMOVE: remove_instrument(demo, command->name, time_ns); return;
    case DEMO_BUY:
    case DEMO_SELL: order(demo, command, time_ns); return;
    case DEMO_CANCEL: cancel(demo, command->order, time_ns); return;
    case DEMO_SCENARIO: set_scenario(demo, command->scenario, time_ns); return;
    case DEMO_BOT: set_bot(demo, command, time_ns); return;
    case DEMO_STOP: stop(demo, command->action, time_ns); return;
    case DEMO_RESUME: resume(demo, time_ns); return;
    case DEMO_PRICES: demo_tell_prices(demo); return;
    case DEMO_ORDERS: demo_tell_orders_live(demo); return;
    case DEMO_ACCOUNT: demo_tell_account(demo); return;
    case DEMO_HELP: demo_tell_help(demo); return;
    case DEMO_QUIT: demo->quitting = true; return;
    case DEMO_VERB_COUNT: break;
    }
    ASSERT(!"a verb of the table");
}

/* Whether a command changes what happens, so that it belongs to what makes the run again. */
static bool is_act(enum demo_verb verb)
{
    return verb < DEMO_PRICES;
}

static void take_line(struct demo *demo, const char *line, int64_t time_ns)
{
    struct demo_command command;
    struct problem problem;
    problem_init(&problem);
    enum status status = demo_command_read(text_of(line), demo->config.currency, "", &command,
                                           &problem);
    if (status == STATUS_END)
        return;
    demo->now_ns = time_ns;
    if (status == STATUS_OK && command.at_ns != DEMO_NOW) {
        status = STATUS_USAGE;
        problem_set(&problem, status, "", "a time");
        problem_allowed(&problem, "what is to happen now; times are for --commands FILE");
    }
    if (status != STATUS_OK) {
        demo_tell(demo, "ERROR", TONE_WARN, "%s; allowed: %s%s%s", problem.found, problem.allowed,
                  problem.next[0] == '\0' ? "" : "; ", problem.next);
        return;
    }
    if (is_act(command.verb)) {
        struct demo_command timed = command;
        timed.at_ns = time_ns - demo->start_ns;
        demo_command_print(&timed, &demo->given);
    }
    carry_out(demo, &command, time_ns);
}

void demo_take_commands(struct demo *demo, int64_t time_ns)
{
    const struct demo_lines *lines = &demo->ports->lines;
    const struct demo_command *command = NULL;
    char line[LINE_SIZE];
    if (demo->options->commands == NULL || time_ns < demo->start_ns)
        return;
    while (demo->status == STATUS_OK &&
           (command = demo_script_due(&demo->script, time_ns - demo->start_ns)) != NULL)
        carry_out(demo, command, time_ns);
    if (lines->next != NULL && demo->status == STATUS_OK &&
        lines->next(lines->context, line, sizeof line))
        take_line(demo, line, time_ns);
}
