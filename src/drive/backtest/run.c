#include "drive/backtest/run.h"

#include <stdio.h>
#include <string.h>

/* ---- a step ---------------------------------------------------------------------------------- */

void run_fail(struct run *run, enum status status, const char *where, const char *what)
{
    if (run->status != STATUS_OK)
        return;
    run->status = problem_set(run->problem, status, where, "%s", what);
}

void run_journal(struct run *run, const struct input *input)
{
    if (run->sink == NULL || run->status != STATUS_OK)
        return;
    if (run->sink->input(run->sink->context, input) != STATUS_OK) {
        run_fail(run, STATUS_IO, "journal", "cannot be written");
    }
}

void run_frame(struct run *run, const uint8_t *frame, uint32_t size, int64_t time_ns)
{
    struct backtest *backtest = run->backtest;
    if (run->status != STATUS_OK)
        return; /* a journal that lost an input takes no frame of it */
    if (run->sink != NULL && run->sink->frame(run->sink->context, frame, size) != STATUS_OK) {
        run_fail(run, STATUS_IO, "journal", "cannot be written");
        return;
    }
    collector_frame(&run->collector, frame, size);
    if (run->options->audit) {
        uint64_t detail = 0;
        const char *broken = engine_audit(backtest->engine, &detail);
        if (broken != NULL) {
            run_fail(run, STATUS_INTERNAL, "audit", broken);
            return;
        }
    }
    uint32_t count = 0;
    const struct command *commands = engine_commands(backtest->engine, &count);
    for (uint32_t i = 0; i < count; i++)
        run->send(backtest, &commands[i], time_ns);
}

void run_timers(struct run *run, int64_t time_ns)
{
    uint64_t timer = 0;
    int64_t deadline = 0;
    while (engine_timer_due(run->backtest->engine, time_ns, &timer, &deadline)) {
        struct input input = {.seq = ++run->seq, .time_ns = deadline, .kind = INPUT_TIMER};
        input.timer.timer = timer;
        run_journal(run, &input);
        run_feed(run, &input);
    }
}

void run_start(struct run *run, int64_t time_ns)
{
    struct input input = {.seq = ++run->seq, .time_ns = time_ns, .kind = INPUT_START};
    run_journal(run, &input);
    run_feed(run, &input);
}

/* ---- the result ------------------------------------------------------------------------------ */

static enum status check_warmup(const struct backtest *backtest, struct problem *problem)
{
    const struct engine_config *config = &backtest->assembly.engine;
    for (uint32_t i = 0; i < config->bots_count; i++) {
        uint64_t seen = engine_bot_bars(backtest->engine, i);
        uint32_t needed = config->bots[i].class->warmup(config->bots[i].params);
        if (seen >= needed)
            continue;
        char where[CONFIG_WHERE_SIZE];
        config_locate_bot(backtest->config, &backtest->config->bots[i], NULL, where);
        problem_set(problem, STATUS_DATA_INVALID, where,
                    "the data end after %llu of the bars of \"%s\"", (unsigned long long)seen,
                    config->bots[i].name);
        problem_allowed(problem, "at least %u bars, its warm-up", needed);
        problem_next(problem, "use longer data, a shorter `bar`, or shorter periods");
        return STATUS_DATA_INVALID;
    }
    return STATUS_OK;
}

static void kind_name(const struct config *config, char *out, size_t size)
{
    struct text_buffer buffer;
    text_buffer_init(&buffer, 1024);
    for (uint32_t i = 0; i < config->bots_count; i++) {
        const char *kind = config_bot_kind_name(config->bots[i].kind);
        bool seen = false;
        for (uint32_t j = 0; j < i; j++)
            seen = seen || config->bots[j].kind == config->bots[i].kind;
        if (!seen)
            text_buffer_print(&buffer, "%s%s", buffer.size ? "+" : "", kind);
    }
    (void)text_copy(out, size, (struct text){buffer.data, buffer.size});
    text_buffer_release(&buffer);
}

enum status run_result_begin(const struct backtest *backtest, struct backtest_result *result)
{
    const struct config *config = backtest->config;
    const char *slash = strrchr(config->name, '/');
    (void)text_copy(result->name, sizeof result->name, text_of(slash ? slash + 1 : config->name));
    (void)text_copy(result->currency, sizeof result->currency, text_of(config->currency));
    kind_name(config, result->kind, sizeof result->kind);
    result->seed = (uint64_t)config->seed;
    result->config_hash = backtest->assembly.engine.config_hash;
    result->data_hash = backtest->data_hash;
    for (uint32_t i = 0; i < config->bots_count; i++) {
        struct result_bot row = {.open_at_end = false};
        (void)text_copy(row.name, sizeof row.name, text_of(config->bots[i].name));
        (void)text_copy(row.kind, sizeof row.kind,
                        text_of(config_bot_kind_name(config->bots[i].kind)));
        row.stop_loss = config->bots[i].stop_loss.value;
        row.take_profit = config->bots[i].take_profit.value;
        enum status status = backtest_result_add_bot(result, &row);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static struct amount start_equity_of(const struct assembly *assembly)
{
    struct amount sum = {0};
    for (uint32_t i = 0; i < assembly->engine.balances_count; i++) {
        const struct opening_balance *balance = &assembly->balances[i];
        sum.units += balance->instrument == NONE_INDEX ? balance->amount.units
                                                       : balance->cost.units;
    }
    return sum;
}

enum status run_finish(struct run *run, struct backtest_result *result, struct problem *problem)
{
    struct backtest *backtest = run->backtest;
    enum status status = check_warmup(backtest, problem);
    if (status != STATUS_OK)
        return status;
    collector_finish(&run->collector);
    result->inputs_count = run->seq;
    result->journal_hash = engine_chain(backtest->engine);
    result->start_equity = start_equity_of(&backtest->assembly);
    result->end_equity = collector_value(&run->collector);
    /* The books must balance, or nothing of the result is to be believed. */
    uint64_t detail = 0;
    const char *broken = engine_audit(backtest->engine, &detail);
    i128 expected = result->start_equity.units + result->realized.units + result->unrealized.units -
                    result->fees.units + result->funding.units;
    if (broken == NULL && expected != result->end_equity.units) {
        broken = "end equity is not start + realized + unrealized - fees + funding";
    }
    if (broken != NULL)
        return problem_set(problem, STATUS_INTERNAL, "audit", "%s", broken);
    status = run->collector.status;
    if (status == STATUS_OK && run->options->collect_rows)
        status = backtest_result_finish(result);
    if (status != STATUS_OK)
        problem_set(problem, status, "result", "cannot be completed");
    return status;
}

/* ---- the data -------------------------------------------------------------------------------- */

struct hash128 run_data_hash_begin(void)
{
    return hash128_of("tern data", 9);
}

struct hash128 run_data_hash(struct hash128 hash, const char *name, struct hash128 content)
{
    struct hash128 words[3] = {hash, hash128_of(name, strlen(name)), content};
    return hash128_of(words, sizeof words);
}

uint32_t run_orders_capacity(const struct config *config)
{
    uint32_t capacity = 4096;
    while (capacity < config->bots_count * 64)
        capacity *= 2;
    return capacity;
}
