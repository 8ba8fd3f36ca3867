/* What the command line asks of the demo. */
#include <string.h>

#include "base/time.h"
#include "drive/live/demo.h"

#define DURATION_MAX_NS (365 * NANOSECONDS_PER_DAY)

void demo_options_init(struct demo_options *options, uint64_t seed)
{
    *options = (struct demo_options){
        .seed = seed, .speed = DEMO_SPEED_ONE, .scenario = SCENARIO_NORMAL};
}

static enum status refuse(struct problem *problem, const char *name, const char *value,
                          const char *allowed)
{
    char where[64] = "demo: --";
    (void)text_copy(where + strlen(where), sizeof where - strlen(where), text_of(name));
    problem_set(problem, STATUS_USAGE, where, "\"%s\"", value);
    problem_allowed(problem, "%s", allowed);
    return STATUS_USAGE;
}

static enum status read_scenario(struct demo_options *options, const char *value,
                                 struct problem *problem)
{
    if (scenario_parse(text_of(value), &options->scenario))
        return STATUS_OK;
    const char *names[SCENARIO_COUNT];
    for (int i = 0; i < SCENARIO_COUNT; i++)
        names[i] = scenario_name((enum scenario)i);
    (void)refuse(problem, "scenario", value, "normal, calm, trend, crash, chop, outage");
    const char *near = text_suggest(text_of(value), names, SCENARIO_COUNT);
    if (near != NULL)
        problem_next(problem, "did you mean \"%s\"?", near);
    return STATUS_USAGE;
}

enum status demo_option(struct demo_options *options, const char *name, const char *value,
                        struct problem *problem)
{
    struct text text = text_of(value);
    int64_t number = 0;
    if (strcmp(name, "seed") == 0) {
        if (decimal_parse_i64(text, 0, &number) != STATUS_OK || number < 0)
            return refuse(problem, name, value, "a whole number from 0 to 9223372036854775807");
        options->seed = (uint64_t)number;
        options->seed_given = true;
        return STATUS_OK;
    }
    if (strcmp(name, "speed") == 0) {
        if (text_equal(text, TEXT("max")))
            options->speed = 0;
        else if (decimal_parse_i64(text, 3, &number) != STATUS_OK || number < 1 ||
                 number > DEMO_SPEED_MAX)
            return refuse(problem, name, value,
                          "0.001 to 100000 simulated seconds a second, or max");
        else
            options->speed = number;
        return STATUS_OK;
    }
    if (strcmp(name, "duration") == 0) {
        if (duration_parse(text, &number) != STATUS_OK || number < NANOSECONDS_PER_SECOND ||
            number > DURATION_MAX_NS || number % NANOSECONDS_PER_SECOND != 0)
            return refuse(problem, name, value,
                          "simulated time in whole seconds, 1s to 365d, such as 10m or 2h");
        options->duration_ns = number;
        return STATUS_OK;
    }
    ASSERT(strcmp(name, "scenario") == 0);
    return read_scenario(options, value, problem);
}
