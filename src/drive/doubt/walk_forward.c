#include "drive/doubt/walk_forward.h"

#include <stdlib.h>
#include <string.h>

#include "drive/result/statistics.h"

size_t walk_forward_count(size_t periods, const struct walk_forward_plan *plan)
{
    if (plan->train < 2 || plan->test < 2 || plan->train > periods || plan->test > periods ||
        plan->embargo > periods) {
        return 0;
    }
    size_t first = plan->train + plan->embargo + plan->test;
    return first > periods ? 0 : (periods - first) / plan->test + 1;
}

static double mean_of(const double *values, size_t count)
{
    return moments_of(values, count).mean;
}

static double sharpe_of(const double *values, size_t count)
{
    struct moments moments = moments_of(values, count);
    if (moments_without_variance(values, count, &moments))
        return double_nan();
    return moments.mean / moments.deviation;
}

static double compounded(const double *values, size_t count)
{
    double value = 1;
    for (size_t i = 0; i < count; i++)
        value *= 1 + values[i];
    return value - 1;
}

/* The first of the best; trials without variance are not chosen while another is there. */
static void choose(struct walk_forward_window *window, const double *const *returns, size_t trials)
{
    size_t first = window->train_first;
    size_t count = window->train_end - first;
    window->train_sharpe = double_nan();
    for (size_t trial = 0; trial < trials; trial++) {
        if (returns[trial] == NULL)
            continue;
        double sharpe = sharpe_of(returns[trial] + first, count);
        bool better = double_is_finite(sharpe) && !(sharpe <= window->train_sharpe);
        if (better) {
            window->train_sharpe = sharpe;
            window->chosen = trial;
        }
    }
}

enum status walk_forward_run(const double *const *returns, size_t trials, size_t periods,
                             const struct walk_forward_plan *plan, struct walk_forward *out)
{
    size_t count = walk_forward_count(periods, plan);
    *out = (struct walk_forward){0};
    if (count == 0 || trials == 0)
        return STATUS_RANGE;
    double *joined = calloc(count * plan->test, sizeof *joined);
    out->windows = calloc(count, sizeof *out->windows);
    if (joined == NULL || out->windows == NULL) {
        free(joined);
        walk_forward_release(out);
        return STATUS_NO_MEMORY;
    }
    double train_sum = 0, test_sum = 0;
    out->count = count;
    for (size_t i = 0; i < count; i++) {
        struct walk_forward_window *window = &out->windows[i];
        window->train_first = plan->anchored ? 0 : i * plan->test;
        window->train_end = plan->train + i * plan->test;
        window->test_first = window->train_end + plan->embargo;
        window->test_end = window->test_first + plan->test;
        choose(window, returns, trials);
        double *test = joined + i * plan->test;
        if (returns[window->chosen] != NULL) {
            const double *chosen = returns[window->chosen];
            memcpy(test, chosen + window->test_first, plan->test * sizeof *test);
            window->train_mean = mean_of(chosen + window->train_first,
                                         window->train_end - window->train_first);
        }
        window->test_sharpe = sharpe_of(test, plan->test);
        window->test_mean = mean_of(test, plan->test);
        window->test_return = compounded(test, plan->test);
        out->positive += window->test_return > 0;
        train_sum += window->train_mean;
        test_sum += window->test_mean;
    }
    out->efficiency = train_sum > 0 ? test_sum / train_sum : double_nan();
    out->test_sharpe = sharpe_of(joined, count * plan->test);
    out->test_return = compounded(joined, count * plan->test);
    free(joined);
    return STATUS_OK;
}

void walk_forward_release(struct walk_forward *walk)
{
    free(walk->windows);
    *walk = (struct walk_forward){0};
}
