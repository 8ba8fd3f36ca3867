/* Successive halving: every candidate runs over the first days of the data, the best of them over
 * more days, the best of those over more again, and few over all.
 *
 *     rung     days (eta 3)                        candidates
 *     1        |--|                                81
 *     2        |------|                            27   one in eta of those that ran
 *     3        |------------------|                 9
 *     4        |------------------------------|     3   all the data
 *
 * Rung k of K sees the first ceil(days / eta^(K-k)) days and begins anew: a run of a rung is the
 * back-test of the same configuration over data that end there, and counts as a trial of its own.
 * Of n that ran in a rung, max(1, floor(n / eta)) go on: those with the highest Sharpe ratio, of
 * equal ones those with the lower number, and those without a ratio only where nothing else is
 * left. Karnin, Koren and Somekh, "Almost Optimal Exploration in Multi-Armed Bandits" (2013);
 * Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
 * Optimization" (2016). */
#ifndef TERN_DRIVE_SWEEP_SWEEP_HALVING_H
#define TERN_DRIVE_SWEEP_SWEEP_HALVING_H

#include "drive/sweep/sweep_space.h"
#include "world/store/sweep_store.h"

/* Days of the first rung at least, where the number of rungs is left to us. */
#define SWEEP_RUNG_DAYS_MIN 30u

struct sweep_rungs {
    uint32_t count;                 /* 1 where nothing is halved */
    uint32_t days[SWEEP_RUNGS_MAX]; /* rising; the last is all there are */
};

/* How a candidate did in a rung. */
struct sweep_standing {
    uint32_t id; /* rung * candidates + candidate */
    enum sweep_state state;
    double sharpe; /* NaN: none */
};

/* The rungs of a plan over so many days. STATUS_USAGE where the data are too short or the
 * candidates too few for two rungs. */
MUST_USE enum status sweep_rungs_make(const struct sweep_plan *plan, uint32_t candidates,
                                      uint32_t days, struct sweep_rungs *out,
                                      struct problem *problem);
/* How many of `ran` go on; 0 of 0. */
uint32_t sweep_survivors(uint32_t ran, uint32_t eta);
/* Runs from a rung of `candidates` to the last, where all of them can run. */
uint64_t sweep_runs_from(const struct sweep_rungs *rungs, uint32_t rung, uint32_t candidates,
                         uint32_t eta);
/* Sorts the standings of one rung, the best first; returns how many of them ran. */
uint32_t sweep_rank(struct sweep_standing *standings, uint32_t count);

#endif
