#include "drive/sweep/sweep_space.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/random.h"

void sweep_space_init(struct sweep_space *space)
{
    *space = (struct sweep_space){0};
}

void sweep_space_release(struct sweep_space *space)
{
    for (uint32_t i = 0; i < space->axes_count; i++)
        free(space->axes[i].values);
    free(space->rows);
    *space = (struct sweep_space){0};
}

const char *sweep_method_name(enum sweep_method method)
{
    switch (method) {
    case SWEEP_GRID: return "grid";
    case SWEEP_RANDOM: return "random";
    case SWEEP_LATIN: return "latin";
    }
    return "";
}

/* ---- keys and values ------------------------------------------------------------------------- */

static enum status refuse(struct problem *problem, struct text written, const char *allowed)
{
    problem_set(problem, STATUS_USAGE, "--grid", "\"%.*s\"", (int)written.size, written.data);
    problem_allowed(problem, "%s", allowed);
    problem_next(problem, "for example bots.NAME.params.fast=5:50:5");
    return STATUS_USAGE;
}

/* A bot is written by its name, `bots.NAME.rest`; layers write `bots[NAME].rest`. */
static bool key_make(struct sweep_axis *axis, struct text written)
{
    if (!text_copy(axis->written, sizeof axis->written, written))
        return false;
    struct text rest = written;
    struct text head = text_split(&rest, '.');
    if (!text_equal(head, TEXT("bots")) || rest.data == NULL)
        return text_copy(axis->key, sizeof axis->key, written);
    struct text name = text_split(&rest, '.');
    if (name.size == 0 || rest.data == NULL)
        return false;
    int size = snprintf(axis->key, sizeof axis->key, "bots[%.*s].%.*s", (int)name.size, name.data,
                        (int)rest.size, rest.data);
    return size > 0 && (size_t)size < sizeof axis->key;
}

static bool value_add(struct sweep_axis *axis, struct text value)
{
    value = text_trim(value);
    if (value.size == 0 || axis->count == SWEEP_VALUES_MAX)
        return false;
    /* Blanks stand between the keys of an identity and of a trial. */
    for (size_t i = 0; i < value.size; i++) {
        if ((unsigned char)value.data[i] <= ' ')
            return false;
    }
    return text_copy(axis->values[axis->count++], SWEEP_VALUE_SIZE, value);
}

/* lo:hi:step in the decimals of the finest of the three. */
static bool range_add(struct sweep_axis *axis, struct text range)
{
    struct text parts[3];
    unsigned decimals = 0;
    int64_t numbers[3];
    for (int i = 0; i < 3; i++) {
        unsigned own = 0;
        parts[i] = text_split(&range, ':');
        if (parts[i].size == 0 && i == 2)
            parts[i] = TEXT("1");
        if (decimal_count(parts[i], &own) != STATUS_OK || own > 12)
            return false;
        decimals = own > decimals ? own : decimals;
    }
    if (range.data != NULL)
        return false;
    for (int i = 0; i < 3; i++) {
        if (decimal_parse_i64(parts[i], decimals, &numbers[i]) != STATUS_OK ||
            numbers[i] > INT64_MAX / 4 || numbers[i] < INT64_MIN / 4) {
            return false;
        }
    }
    if (numbers[2] <= 0 || numbers[1] < numbers[0])
        return false;
    for (int64_t value = numbers[0]; value <= numbers[1]; value += numbers[2]) {
        char text[DECIMAL_TEXT_SIZE];
        size_t size = decimal_format_i64(text, value, decimals);
        if (!value_add(axis, (struct text){text, size}))
            return false;
    }
    return true;
}

enum status sweep_space_add(struct sweep_space *space, struct text written, struct problem *problem)
{
    struct text values = written;
    struct text key = text_split(&values, '=');
    if (values.data == NULL || key.size == 0)
        return refuse(problem, written, "KEY=FROM:TO:STEP or KEY=VALUE,VALUE");
    if (space->axes_count == SWEEP_AXES_MAX)
        return refuse(problem, written, "at most 8 keys");
    struct sweep_axis *axis = &space->axes[space->axes_count];
    axis->count = 0;
    axis->values = calloc(SWEEP_VALUES_MAX, sizeof *axis->values);
    if (axis->values == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "sweep", "not enough memory");
    space->axes_count++;
    if (!key_make(axis, text_trim(key)))
        return refuse(problem, written, "a key of the configuration");
    for (uint32_t i = 0; i + 1 < space->axes_count; i++) {
        if (strcmp(space->axes[i].key, axis->key) == 0)
            return refuse(problem, written, "each key once");
    }
    bool ok = true;
    if (memchr(values.data, ':', values.size) != NULL) {
        ok = range_add(axis, text_trim(values));
    } else {
        while (ok && values.data != NULL)
            ok = value_add(axis, text_split(&values, ','));
    }
    return ok ? STATUS_OK
              : refuse(
                    problem, written,
                    "FROM:TO:STEP with FROM <= TO and STEP > 0, or values without blanks between "
                    "commas; at most 4096 of them");
}

/* ---- trials ---------------------------------------------------------------------------------- */

static void grid_fill(struct sweep_space *space)
{
    for (uint32_t trial = 0; trial < space->trials; trial++) {
        uint32_t rest = trial;
        for (uint32_t axis = space->axes_count; axis-- > 0;) {
            uint32_t count = space->axes[axis].count;
            space->rows[(size_t)trial * space->axes_count + axis] = (uint16_t)(rest % count);
            rest /= count;
        }
    }
}

static void random_fill(struct sweep_space *space, uint64_t seed)
{
    struct random random;
    random_init(&random, seed, 0);
    for (size_t i = 0; i < (size_t)space->trials * space->axes_count; i++)
        space->rows[i] = (uint16_t)random_below(&random, space->axes[i % space->axes_count].count);
}

/* Each axis is cut into as many strata as there are trials; a trial has one of each, shuffled. */
static void latin_fill(struct sweep_space *space, uint64_t seed)
{
    uint32_t axes = space->axes_count;
    for (uint32_t axis = 0; axis < axes; axis++) {
        struct random random;
        random_init(&random, seed, axis + 1);
        for (uint32_t i = 0; i < space->trials; i++)
            space->rows[(size_t)i * axes + axis] = (uint16_t)((uint64_t)i *
                                                              space->axes[axis].count /
                                                              space->trials);
        for (uint32_t i = space->trials; i > 1; i--) {
            uint32_t other = (uint32_t)random_below(&random, i);
            uint16_t *left = &space->rows[(size_t)(i - 1) * axes + axis];
            uint16_t *right = &space->rows[(size_t)other * axes + axis];
            uint16_t kept = *left;
            *left = *right;
            *right = kept;
        }
    }
}

/* The last part of a key says enough where no other key ends in it; else the bot's name is
 * before. */
static void names_make(struct sweep_space *space)
{
    for (uint32_t i = 0; i < space->axes_count; i++) {
        struct sweep_axis *axis = &space->axes[i];
        const char *last = strrchr(axis->written, '.');
        last = last == NULL ? axis->written : last + 1;
        bool alone = true;
        for (uint32_t j = 0; j < space->axes_count; j++) {
            const char *other = strrchr(space->axes[j].written, '.');
            other = other == NULL ? space->axes[j].written : other + 1;
            alone &= j == i || strcmp(last, other) != 0;
        }
        struct text rest = text_of(axis->written);
        struct text head = text_split(&rest, '.');
        if (alone) {
            (void)text_copy(axis->name, sizeof axis->name, text_of(last));
        } else if (text_equal(head, TEXT("bots")) && rest.data != NULL) {
            struct text bot = text_split(&rest, '.');
            (void)snprintf(axis->name, sizeof axis->name, "%.*s.%.*s", (int)bot.size, bot.data,
                           (int)rest.size, rest.data);
        } else {
            (void)text_copy(axis->name, sizeof axis->name, text_of(axis->written));
        }
    }
}

enum status sweep_space_draw(struct sweep_space *space, const struct sweep_plan *plan,
                             struct problem *problem)
{
    uint64_t total = 1;
    if (space->axes_count == 0) {
        problem_set(problem, STATUS_USAGE, "backtest sweep", "no key to vary");
        problem_next(problem, "--grid bots.NAME.params.fast=5:50:5");
        return STATUS_USAGE;
    }
    for (uint32_t i = 0; i < space->axes_count && total <= SWEEP_TRIALS_MAX; i++)
        total *= space->axes[i].count;
    if (plan->method != SWEEP_GRID)
        total = plan->count;
    if (total == 0 || total > SWEEP_TRIALS_MAX) {
        problem_set(problem, STATUS_USAGE, "backtest sweep", "%llu trials",
                    (unsigned long long)total);
        problem_allowed(problem, "1 to %u", SWEEP_TRIALS_MAX);
        problem_next(problem, "--random N or --latin N draws some of them");
        return STATUS_USAGE;
    }
    space->trials = (uint32_t)total;
    space->rows = calloc((size_t)space->trials * space->axes_count, sizeof *space->rows);
    if (space->rows == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "sweep", "not enough memory");
    if (plan->method == SWEEP_GRID)
        grid_fill(space);
    else if (plan->method == SWEEP_RANDOM)
        random_fill(space, plan->seed);
    else
        latin_fill(space, plan->seed);
    names_make(space);
    return STATUS_OK;
}

const char *sweep_space_value(const struct sweep_space *space, uint32_t trial, uint32_t axis)
{
    return space->axes[axis].values[space->rows[(size_t)trial * space->axes_count + axis]];
}

void sweep_space_describe(const struct sweep_space *space, uint32_t trial, struct text_buffer *out)
{
    for (uint32_t axis = 0; axis < space->axes_count; axis++) {
        text_buffer_print(out, "%s%s=%s", axis > 0 ? " " : "", space->axes[axis].name,
                          sweep_space_value(space, trial, axis));
    }
}

/* ---- identity -------------------------------------------------------------------------------- */

void sweep_space_identity(const struct sweep_space *space, const struct sweep_plan *plan,
                          struct text_buffer *out)
{
    if (plan->eta > 0)
        text_buffer_print(out, "halving %u ", plan->eta);
    if (plan->eta > 0 && plan->rungs > 0)
        text_buffer_print(out, "rungs %u ", plan->rungs);
    text_buffer_print(out, "%s", sweep_method_name(plan->method));
    if (plan->method != SWEEP_GRID)
        text_buffer_print(out, " %u seed %llu", space->trials, (unsigned long long)plan->seed);
    for (uint32_t i = 0; i < space->axes_count; i++) {
        const struct sweep_axis *axis = &space->axes[i];
        text_buffer_print(out, " %s=", axis->written);
        for (uint32_t j = 0; j < axis->count; j++)
            text_buffer_print(out, "%s%s", j > 0 ? "," : "", axis->values[j]);
    }
}

static bool number_read(struct text *rest, int64_t low, int64_t high, int64_t *out)
{
    return decimal_parse_i64(text_split(rest, ' '), 0, out) == STATUS_OK && *out >= low &&
           *out <= high;
}

static bool plan_read(struct text *rest, struct sweep_plan *plan)
{
    int64_t number = 0;
    struct text word = text_split(rest, ' ');
    *plan = (struct sweep_plan){0};
    if (text_equal(word, TEXT("halving"))) {
        if (!number_read(rest, 2, SWEEP_ETA_MAX, &number))
            return false;
        plan->eta = (uint32_t)number;
        word = text_split(rest, ' ');
        if (text_equal(word, TEXT("rungs"))) {
            if (!number_read(rest, 2, SWEEP_RUNGS_MAX, &number))
                return false;
            plan->rungs = (uint32_t)number;
            word = text_split(rest, ' ');
        }
    }
    if (text_equal(word, TEXT("grid")))
        return true;
    plan->method = text_equal(word, TEXT("latin")) ? SWEEP_LATIN : SWEEP_RANDOM;
    if (!text_equal(word, text_of(sweep_method_name(plan->method))) ||
        !number_read(rest, 1, SWEEP_TRIALS_MAX, &number))
        return false;
    plan->count = (uint32_t)number;
    if (!text_equal(text_split(rest, ' '), TEXT("seed")) ||
        !number_read(rest, 0, INT64_MAX, &number))
        return false;
    plan->seed = (uint64_t)number;
    return true;
}

enum status sweep_space_read(struct text identity, struct sweep_plan *plan,
                             struct sweep_space *space, struct problem *problem)
{
    struct problem own;
    struct text rest = identity;
    sweep_space_init(space);
    problem_init(&own);
    enum status status = plan_read(&rest, plan) ? STATUS_OK : STATUS_CORRUPT;
    while (status == STATUS_OK && rest.data != NULL)
        status = sweep_space_add(space, text_split(&rest, ' '), &own);
    if (status == STATUS_OK)
        status = sweep_space_draw(space, plan, &own);
    if (status == STATUS_OK || status == STATUS_NO_MEMORY)
        return status == STATUS_OK ? status
                                   : problem_set(problem, status, "sweep", "not enough memory");
    return problem_set(problem, STATUS_CORRUPT, "sweep", "\"%.*s\" is not the space of a sweep",
                       identity.size > 60 ? 60 : (int)identity.size, identity.data);
}
