#include "drive/sweep/sweep_halving.h"

#include <stdlib.h>

#include "drive/result/statistics.h"

uint32_t sweep_survivors(uint32_t ran, uint32_t eta)
{
    if (ran == 0)
        return 0;
    return ran / eta > 0 ? ran / eta : 1;
}

uint64_t sweep_runs_from(const struct sweep_rungs *rungs, uint32_t rung, uint32_t candidates,
                         uint32_t eta)
{
    uint64_t runs = 0;
    for (uint32_t i = rung; i < rungs->count; i++) {
        runs += candidates;
        candidates = i + 1 < rungs->count ? sweep_survivors(candidates, eta) : 0;
    }
    return runs;
}

/* eta^exponent, or more than any number of days where that is too large. */
static uint64_t power_of(uint64_t eta, uint32_t exponent)
{
    uint64_t power = 1;
    for (uint32_t i = 0; i < exponent && power <= UINT32_MAX; i++)
        power *= eta;
    return power;
}

static enum status refuse(const struct sweep_plan *plan, uint32_t candidates, uint32_t days,
                          struct problem *problem)
{
    problem_set(problem, STATUS_USAGE, "--halving", "%u candidates over %u days", candidates, days);
    if (plan->rungs > 0)
        problem_allowed(problem, "2 days at least in the first rung");
    else
        problem_allowed(problem, "%u candidates and %u days at least", plan->eta,
                        plan->eta * SWEEP_RUNG_DAYS_MIN);
    problem_next(problem, plan->rungs > 2 ? "fewer --rungs" : "more data, or leave --halving out");
    return STATUS_USAGE;
}

enum status sweep_rungs_make(const struct sweep_plan *plan, uint32_t candidates, uint32_t days,
                             struct sweep_rungs *out, struct problem *problem)
{
    uint32_t count = plan->rungs;
    *out = (struct sweep_rungs){.count = 1, .days = {days}};
    if (plan->eta == 0)
        return STATUS_OK;
    if (count == 0) {
        count = 1;
        while (count < SWEEP_RUNGS_MAX && power_of(plan->eta, count) <= candidates &&
               power_of(plan->eta, count) * SWEEP_RUNG_DAYS_MIN <= days)
            count++;
    }
    if (count < 2 || power_of(plan->eta, count - 1) * 2 > days)
        return refuse(plan, candidates, days, problem);
    out->count = count;
    for (uint32_t rung = 0; rung < count; rung++) {
        uint64_t power = power_of(plan->eta, count - 1 - rung);
        out->days[rung] = (uint32_t)((days + power - 1) / power);
    }
    return STATUS_OK;
}

static int rank_of(const struct sweep_standing *standing)
{
    if (standing->state != SWEEP_DONE)
        return 2;
    return double_is_finite(standing->sharpe) ? 0 : 1;
}

static int by_merit(const void *a, const void *b)
{
    const struct sweep_standing *left = a;
    const struct sweep_standing *right = b;
    int difference = rank_of(left) - rank_of(right);
    if (difference != 0)
        return difference;
    if (rank_of(left) == 0 && (left->sharpe > right->sharpe || left->sharpe < right->sharpe))
        return left->sharpe > right->sharpe ? -1 : 1;
    return (left->id > right->id) - (left->id < right->id);
}

uint32_t sweep_rank(struct sweep_standing *standings, uint32_t count)
{
    uint32_t ran = 0;
    if (count > 0)
        qsort(standings, count, sizeof *standings, by_merit);
    while (ran < count && standings[ran].state == SWEEP_DONE)
        ran++;
    return ran;
}
