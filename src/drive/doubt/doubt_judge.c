/* From figures to words. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "drive/doubt/doubt.h"
#include "drive/result/readable.h"

#define DAYS_A_YEAR 365

static void say(struct doubt *doubt, enum doubt_severity severity, const char *topic,
                const char *format, ...) PRINTF_LIKE(4, 5);

static void say(struct doubt *doubt, enum doubt_severity severity, const char *topic,
                const char *format, ...)
{
    if (doubt->verdicts_count == DOUBT_VERDICTS_MAX)
        return;
    struct doubt_verdict *verdict = &doubt->verdicts[doubt->verdicts_count++];
    *verdict = (struct doubt_verdict){.severity = severity, .topic = topic};
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(verdict->text, sizeof verdict->text, format, arguments);
    va_end(arguments);
}

static double annual(const struct doubt *doubt, double sharpe)
{
    if (doubt->period_ns <= 0)
        return double_nan();
    double periods = (double)(DAYS_A_YEAR * NANOSECONDS_PER_DAY) / (double)doubt->period_ns;
    return sharpe * math_sqrt(periods);
}

static void judge_lookahead(struct doubt *doubt)
{
    const struct lookahead *ahead = &doubt->lookahead;
    if (ahead->count == 0)
        say(doubt, DOUBT_UNKNOWN, "look-ahead", "not checked: the data are too short to be cut");
    else if (ahead->differ > 0)
        say(doubt, DOUBT_BAD, "look-ahead",
            "%u of %u cuts of the data change what had been decided before them", ahead->differ,
            ahead->count);
    else
        say(doubt, DOUBT_GOOD, "look-ahead",
            "none: %u cuts of the data change nothing that had been decided before them",
            ahead->count);
}

static void judge_result(struct doubt *doubt)
{
    char gain[READABLE_SIZE];
    percent_format(gain, doubt->base.gain, true);
    if (doubt->base.trips == 0)
        say(doubt, DOUBT_UNKNOWN, "result", "no round trip: there is little to judge (%s)", gain);
    if (!(doubt->base.gain > 0))
        say(doubt, DOUBT_BAD, "result", "it earns nothing as it is: %s", gain);
}

/* What cost more is told first; what still earns in one line. */
static void judge_stress(struct doubt *doubt)
{
    char before[READABLE_SIZE];
    uint32_t survived = 0;
    if (!(doubt->base.gain > 0))
        return;
    percent_format(before, doubt->base.gain, true);
    for (uint32_t i = 0; i < doubt->stresses_count; i++) {
        const struct doubt_stress *stress = &doubt->stresses[i];
        char after[READABLE_SIZE];
        percent_format(after, stress->run.gain, true);
        if (!stress->run.ran)
            say(doubt, DOUBT_UNKNOWN, "stress", "%s: %.120s", stress->what, stress->run.why);
        else if (!(stress->run.gain > 0))
            say(doubt, DOUBT_BAD, "stress", "%s: the profit becomes a loss, %s becomes %s",
                stress->what, before, after);
        else if (stress->run.gain < doubt->base.gain / 2)
            say(doubt, DOUBT_WARN, "stress", "%s: more than half of the profit goes, %s becomes %s",
                stress->what, before, after);
        else
            survived++;
    }
    if (survived == doubt->stresses_count && survived > 0)
        say(doubt, DOUBT_GOOD, "stress", "more than half of the profit is left under each stress");
}

static void judge_jitter(struct doubt *doubt)
{
    const struct jitter *jitter = &doubt->jitter;
    char share[READABLE_SIZE];
    if (jitter->ran == 0) {
        say(doubt, DOUBT_UNKNOWN, "jitter", "no parameter could be moved");
        return;
    }
    percent_format(share, jitter->profitable, false);
    enum doubt_severity severity = jitter->profitable < 0.5   ? DOUBT_BAD
                                   : jitter->profitable < 0.8 ? DOUBT_WARN
                                                              : DOUBT_GOOD;
    say(doubt, severity, "jitter", "with parameters moved a little %s of %u runs earn", share,
        jitter->ran);
    if (doubt->base.gain > 0 && jitter->ran >= 8 && doubt->base.gain > jitter->gain.quantile_95) {
        char median[READABLE_SIZE];
        char chosen[READABLE_SIZE];
        percent_format(median, jitter->gain.median, true);
        percent_format(chosen, doubt->base.gain, true);
        say(doubt, DOUBT_WARN, "jitter",
            "the chosen values stand out from their neighbours: %s, the middle one %s", chosen,
            median);
    }
}

static void judge_hold(struct doubt *doubt)
{
    char mine[READABLE_SIZE];
    char other[READABLE_SIZE];
    if (!doubt->has_hold)
        return;
    number_format(mine, annual(doubt, doubt->base.sharpe), 2);
    number_format(other, annual(doubt, doubt->hold.sharpe), 2);
    bool better = double_is_finite(doubt->base.sharpe) && (!double_is_finite(doubt->hold.sharpe) ||
                                                           doubt->base.sharpe > doubt->hold.sharpe);
    if (better)
        say(doubt, DOUBT_GOOD, "hold",
            "better than buying and holding: Sharpe ratio %s, holding %s", mine, other);
    else
        say(doubt, DOUBT_WARN, "hold",
            "buying and holding was no worse: Sharpe ratio %s, holding %s", mine, other);
}

static void judge_shuffle(struct doubt *doubt)
{
    const struct doubt_shuffle *shuffle = &doubt->shuffle;
    char p[READABLE_SIZE];
    if (doubt->is_session)
        return;
    if (shuffle->ran == 0) {
        say(doubt, DOUBT_UNKNOWN, "shuffle", "the market could not be shuffled");
        return;
    }
    number_format(p, shuffle->p_value, 3);
    if (shuffle->p_value > 0.1)
        say(doubt, DOUBT_BAD, "shuffle",
            "as good where there is nothing to know: on shuffled markets p = %s", p);
    else if (shuffle->p_value > 0.05)
        say(doubt, DOUBT_WARN, "shuffle", "hardly better than on shuffled markets: p = %s", p);
    else
        say(doubt, DOUBT_GOOD, "shuffle", "better than on shuffled markets: p = %s of %u", p,
            shuffle->ran);
}

static void judge_luck(struct doubt *doubt)
{
    char value[READABLE_SIZE];
    char low[READABLE_SIZE];
    char high[READABLE_SIZE];
    number_format(value, doubt->deflated, 3);
    char trials[48];
    (void)snprintf(trials, sizeof trials, "%llu trial%s", (unsigned long long)doubt->trials,
                   doubt->trials == 1 ? "" : "s");
    if (!double_is_finite(doubt->deflated))
        say(doubt, DOUBT_UNKNOWN, "luck", "the deflated Sharpe ratio is not defined");
    else if (doubt->deflated < 0.5 && doubt->trials <= 1)
        say(doubt, DOUBT_BAD, "luck", "deflated Sharpe %s: no skill is likelier than some", value);
    else if (doubt->deflated < 0.5)
        say(doubt, DOUBT_BAD, "luck",
            "deflated Sharpe %s: the best of %s without skill looks as good", value, trials);
    else if (doubt->deflated < 0.95)
        say(doubt, DOUBT_WARN, "luck", "deflated Sharpe %s after %s: it may be luck", value,
            trials);
    else
        say(doubt, DOUBT_GOOD, "luck", "deflated Sharpe %s after %s", value, trials);
    if (double_is_finite(doubt->track_record) &&
        doubt->track_record > (double)doubt->returns_count) {
        number_format(value, doubt->track_record, 0);
        say(doubt, DOUBT_WARN, "luck",
            "the record is too short: %zu returns, %s needed to be 95 %% sure",
            doubt->returns_count, value);
    }
    if (doubt->bootstrap.count == 0)
        return;
    number_format(low, annual(doubt, doubt->bootstrap.quantile_05), 2);
    number_format(high, annual(doubt, doubt->bootstrap.quantile_95), 2);
    if (doubt->bootstrap.quantile_05 > 0)
        say(doubt, DOUBT_GOOD, "luck", "nine bootstraps in ten have a Sharpe ratio of %s to %s",
            low, high);
    else
        say(doubt, DOUBT_WARN, "luck",
            "the Sharpe ratio may be none: nine bootstraps in ten lie in %s to %s", low, high);
}

static void judge_trips(struct doubt *doubt)
{
    const struct trip_paths *paths = &doubt->trips_shuffled;
    char now[READABLE_SIZE];
    char then[READABLE_SIZE];
    if (paths->drawdown.count == 0)
        return;
    percent_format(now, doubt->trips_drawdown, false);
    percent_format(then, paths->drawdown.quantile_95, false);
    if (paths->ruin_share > 0)
        say(doubt, DOUBT_BAD, "trips", "the same trips in another order can lose everything");
    else if (paths->drawdown.quantile_95 > 1.5 * doubt->trips_drawdown)
        say(doubt, DOUBT_WARN, "trips",
            "their order was kind: drawdown from trip to trip %s, in one order of twenty %s or "
            "more",
            now, then);
    else
        say(doubt, DOUBT_GOOD, "trips",
            "their order matters little: drawdown from trip to trip %s, in one order of twenty %s "
            "or more",
            now, then);
}

static void judge_bots(struct doubt *doubt)
{
    char number[READABLE_SIZE];
    if (doubt->bots_count < 2 || !double_is_finite(doubt->bots_effective))
        return;
    number_format(number, doubt->bots_effective, 1);
    if (doubt->bots_effective < (double)doubt->bots_count / 2)
        say(doubt, DOUBT_WARN, "bots", "the risk of %u bots is concentrated like that of %s",
            doubt->bots_count, number);
    else
        say(doubt, DOUBT_GOOD, "bots", "the risk of %u bots is spread like that of %s equal ones",
            doubt->bots_count, number);
}

static void judge_overfit(struct doubt *doubt)
{
    char value[READABLE_SIZE];
    number_format(value, doubt->overfit, 2);
    if (!double_is_finite(doubt->overfit))
        say(doubt, DOUBT_UNKNOWN, "sweep",
            "too few trials or days for a probability of overfitting");
    else if (doubt->overfit >= 0.5)
        say(doubt, DOUBT_BAD, "sweep",
            "which values are best is luck: the best of one half are worse on the other, PBO %s",
            value);
    else if (doubt->overfit >= 0.2)
        say(doubt, DOUBT_WARN, "sweep", "the best values may be so by luck: PBO %s", value);
    else
        say(doubt, DOUBT_GOOD, "sweep", "the best values of one half are good on the other: PBO %s",
            value);
}

static void judge_refit(struct doubt *doubt)
{
    const struct refit *refit = &doubt->refit;
    char gain[READABLE_SIZE];
    char efficiency[READABLE_SIZE];
    if (!doubt->has_refit)
        return;
    judge_overfit(doubt);
    percent_format(gain, refit->test_return, true);
    number_format(efficiency, refit->efficiency, 2);
    if (!(refit->test_return > 0))
        say(doubt, DOUBT_BAD, "walk-forward",
            "what was chosen on the past earned nothing behind it: %s in %u tests", gain,
            refit->count);
    else if (!(refit->efficiency >= 0.5))
        say(doubt, DOUBT_WARN, "walk-forward",
            "most of what was earned on the past was not behind it: efficiency %s, %s", efficiency,
            gain);
    else
        say(doubt, DOUBT_GOOD, "walk-forward",
            "what was chosen on the past held behind it: efficiency %s, %s in %u tests", efficiency,
            gain, refit->count);
}

/* Each topic keeps its place among those as bad. */
static void sort(struct doubt *doubt)
{
    for (uint32_t i = 1; i < doubt->verdicts_count; i++) {
        struct doubt_verdict held = doubt->verdicts[i];
        uint32_t at = i;
        for (; at > 0 && doubt->verdicts[at - 1].severity > held.severity; at--)
            doubt->verdicts[at] = doubt->verdicts[at - 1];
        doubt->verdicts[at] = held;
    }
}

void doubt_judge(struct doubt *doubt)
{
    doubt->verdicts_count = 0;
    for (uint32_t i = 0; i < doubt->warnings_count && i < DOUBT_VERDICTS_MAX / 2; i++)
        say(doubt, DOUBT_WARN, "warning", "%s", doubt->warnings[i]);
    judge_lookahead(doubt);
    judge_result(doubt);
    judge_stress(doubt);
    judge_refit(doubt);
    judge_shuffle(doubt);
    judge_luck(doubt);
    judge_jitter(doubt);
    judge_hold(doubt);
    judge_trips(doubt);
    judge_bots(doubt);
    sort(doubt);
}

const char *doubt_severity_name(enum doubt_severity severity)
{
    switch (severity) {
    case DOUBT_BAD: return "bad";
    case DOUBT_WARN: return "doubtful";
    case DOUBT_UNKNOWN: return "unknown";
    case DOUBT_GOOD: return "good";
    }
    return "";
}
