#include "drive/result/overfit.h"

#include "base/math.h"
#include "drive/result/statistics.h"

#include <stdlib.h>
#include <string.h>

/* Sums of one block and strategy; the sums of any choice of blocks are their sums. */
struct block_sum {
    double sum, squares;
};

struct work {
    struct block_sum *sums; /* [block * strategies + strategy] */
    double *outside;        /* ratios of one choice */
    double *logits;         /* of every choice */
    size_t strategies, block_rows;
    unsigned blocks;
};

static double ratio_of_sums(double sum, double squares, double count)
{
    double mean = sum / count, spread = squares - sum * mean;
    /* What is left of the squares by rounding alone is no variance. */
    if (!(spread > 1e-24 * squares))
        return 0;
    return mean / math_sqrt(spread / (count - 1));
}

static double choice_ratio(const struct work *work, uint32_t choice, size_t strategy)
{
    double sum = 0, squares = 0;
    for (unsigned block = 0; block < work->blocks; block++) {
        if ((choice >> block & 1u) == 0)
            continue;
        const struct block_sum *part = &work->sums[block * work->strategies + strategy];
        sum += part->sum;
        squares += part->squares;
    }
    return ratio_of_sums(sum, squares, (double)(work->block_rows * work->blocks / 2));
}

static void sums_fill(struct work *work, const double *returns)
{
    for (unsigned block = 0; block < work->blocks; block++) {
        struct block_sum *sums = &work->sums[block * work->strategies];
        for (size_t row = 0; row < work->block_rows; row++) {
            const double *line = returns + (block * work->block_rows + row) * work->strategies;
            for (size_t strategy = 0; strategy < work->strategies; strategy++) {
                sums[strategy].sum += line[strategy];
                sums[strategy].squares += line[strategy] * line[strategy];
            }
        }
    }
}

/* Rank of the best among all outside, 1 the worst; equals share the mean of their ranks. */
static double rank_outside(const struct work *work, size_t best)
{
    size_t below = 0, equal = 0;
    for (size_t strategy = 0; strategy < work->strategies; strategy++) {
        below += work->outside[strategy] < work->outside[best];
        equal += strategy != best && !(work->outside[strategy] < work->outside[best]) &&
                 !(work->outside[strategy] > work->outside[best]);
    }
    return (double)below + 1 + (double)equal / 2;
}

static void choice_judge(struct work *work, uint32_t choice, struct overfit *out)
{
    uint32_t all = (UINT32_C(1) << work->blocks) - 1;
    size_t best = 0;
    double best_ratio = choice_ratio(work, choice, 0);
    for (size_t strategy = 0; strategy < work->strategies; strategy++) {
        double ratio = choice_ratio(work, choice, strategy);
        work->outside[strategy] = choice_ratio(work, all & ~choice, strategy);
        if (ratio > best_ratio) {
            best_ratio = ratio;
            best = strategy;
        }
    }
    double share = rank_outside(work, best) / (double)(work->strategies + 1);
    double logit = math_log(share / (1 - share));
    work->logits[out->choices++] = logit;
    out->probability += share <= 0.5;
    out->loss_probability += work->outside[best] < 0;
    out->sharpe_inside_mean += best_ratio;
    out->sharpe_outside_mean += work->outside[best];
}

static uint32_t choices_count(unsigned blocks)
{
    uint64_t count = 1;
    for (unsigned i = 1; i <= blocks / 2; i++)
        count = count * (blocks / 2 + i) / i;
    return (uint32_t)count;
}

enum status overfit_probability(const double *returns, size_t rows, size_t strategies,
                                unsigned blocks, struct overfit *out)
{
    memset(out, 0, sizeof(*out));
    if (blocks < 2 || blocks > OVERFIT_BLOCKS_MAX || blocks % 2 != 0 || rows / blocks < 2 ||
        strategies < 2)
        return STATUS_RANGE;
    struct work work = {.strategies = strategies, .block_rows = rows / blocks, .blocks = blocks};
    uint32_t expected = choices_count(blocks);
    work.sums = calloc(blocks * strategies, sizeof(*work.sums));
    work.outside = calloc(strategies, sizeof(*work.outside));
    work.logits = calloc(expected, sizeof(*work.logits));
    enum status status = STATUS_NO_MEMORY;
    if (work.sums != NULL && work.outside != NULL && work.logits != NULL) {
        sums_fill(&work, returns + rows % blocks * strategies);
        for (uint32_t choice = 0; choice < UINT32_C(1) << blocks; choice++) {
            if ((unsigned)__builtin_popcount(choice) == blocks / 2)
                choice_judge(&work, choice, out);
        }
        ASSERT(out->choices == expected);
        double count = out->choices;
        out->probability /= count;
        out->loss_probability /= count;
        out->sharpe_inside_mean /= count;
        out->sharpe_outside_mean /= count;
        doubles_sort(work.logits, out->choices);
        out->logit_median = quantile_of_sorted(work.logits, out->choices, 0.5);
        status = STATUS_OK;
    }
    free(work.sums);
    free(work.outside);
    free(work.logits);
    return status;
}
