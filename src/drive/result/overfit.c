#include "drive/result/overfit.h"

#include "base/math.h"
#include "drive/result/statistics.h"

#include <stdlib.h>
#include <string.h>

/* Strategies are taken so many at a time, a multiple of four: the sums of a tile stay in the cache
 * for all choices. */
#define TILE 128

typedef double four __attribute__((vector_size(32)));
typedef int64_t four_bits __attribute__((vector_size(32)));

/* Of one choice of blocks. */
struct choice {
    double inside, outside; /* keys of the best (the first of equals), there and on the others */
    size_t below, above;    /* strategies that are worse and better than it outside */
};

/* Sums and squares of a tile, over the blocks taken so far. */
struct tile_sums {
    double sum[TILE], squares[TILE];
};

struct work {
    double *sums, *squares;    /* [block * strategies + strategy] */
    struct choice *choices;    /* in the order in which walk() comes to them */
    struct tile_sums *inside;  /* [depth of walk()] */
    struct tile_sums *outside; /* the same of the blocks that were not chosen */
    double *logits;            /* of every choice */
    size_t strategies, block_rows;
    unsigned blocks;
    size_t first, count; /* the tile */
    uint32_t next;       /* choice */
    bool ranks;          /* second pass: the best of each choice is known */
};

static void sums_fill(struct work *work, const double *returns)
{
    for (unsigned block = 0; block < work->blocks; block++) {
        double *sums = &work->sums[block * work->strategies];
        double *squares = &work->squares[block * work->strategies];
        for (size_t row = 0; row < work->block_rows; row++) {
            const double *line = returns + (block * work->block_rows + row) * work->strategies;
            for (size_t strategy = 0; strategy < work->strategies; strategy++) {
                sums[strategy] += line[strategy];
                squares[strategy] += line[strategy] * line[strategy];
            }
        }
    }
}

/* What orders strategies as their Sharpe ratios do, and is cheaper: ratio times its absolute value,
 * of a tile over half of the rows. Four at once, up to the end of the tile. */
static void keys_of(double *out, const struct tile_sums *sums, size_t count, double rows)
{
    for (size_t i = 0; i < count; i += 4) {
        four sum, squares;
        memcpy(&sum, &sums->sum[i], sizeof(sum));
        memcpy(&squares, &sums->squares[i], sizeof(squares));
        four mean = sum / rows, spread = squares - sum * mean;
        four size = (four)((four_bits)mean & INT64_MAX);
        /* What is left of the squares by rounding alone is no variance. */
        four_bits varies = (four_bits)(spread > 1e-24 * squares);
        four key = (four)((four_bits)(mean * size / spread) & varies);
        memcpy(&out[i], &key, sizeof(key));
    }
}

static double largest(const double *keys, size_t count)
{
    four most = {keys[0], keys[0], keys[0], keys[0]};
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        four key;
        memcpy(&key, &keys[i], sizeof(key));
        four_bits more = (four_bits)(key > most);
        most = (four)(((four_bits)key & more) | ((four_bits)most & ~more));
    }
    double all = most[0];
    for (unsigned lane = 1; lane < 4; lane++)
        all = most[lane] > all ? most[lane] : all;
    for (; i < count; i++)
        all = keys[i] > all ? keys[i] : all;
    return all;
}

static double ratio_of_key(double key, double rows)
{
    double ratio = math_sqrt((key < 0 ? -key : key) * (rows - 1));
    return key < 0 ? -ratio : ratio;
}

static void choice_best(struct work *work, struct choice *choice)
{
    double inside[TILE] = {0}, outside[TILE] = {0};
    double rows = (double)(work->block_rows * work->blocks / 2);
    keys_of(inside, &work->inside[work->blocks], work->count, rows);
    double most = largest(inside, work->count);
    if (work->first > 0 && !(most > choice->inside))
        return;
    size_t best = 0;
    while (inside[best] < most)
        best++;
    keys_of(outside, &work->outside[work->blocks], work->count, rows);
    choice->inside = most;
    choice->outside = outside[best];
}

static void choice_rank(struct work *work, struct choice *choice)
{
    double outside[TILE];
    keys_of(outside, &work->outside[work->blocks], work->count,
            (double)(work->block_rows * work->blocks / 2));
    double below = 0, above = 0, best = choice->outside;
    for (size_t i = 0; i < work->count; i++) {
        below += outside[i] < best;
        above += outside[i] > best;
    }
    choice->below += (size_t)below;
    choice->above += (size_t)above;
}

static void tile_add(struct tile_sums *out, const struct tile_sums *before, const double *sums,
                     const double *squares, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        out->sum[i] = before->sum[i] + sums[i];
        out->squares[i] = before->squares[i] + squares[i];
    }
}

/* All choices that go on from those of the first `depth` blocks, `chosen` of them inside. Choices
 * that begin alike share their sums. */
static void walk(struct work *work, unsigned depth, unsigned chosen)
{
    if (depth == work->blocks) {
        struct choice *choice = &work->choices[work->next++];
        if (work->ranks)
            choice_rank(work, choice);
        else
            choice_best(work, choice);
        return;
    }
    const double *sums = &work->sums[depth * work->strategies + work->first];
    const double *squares = &work->squares[depth * work->strategies + work->first];
    struct tile_sums *inside = &work->inside[depth], *outside = &work->outside[depth];
    if (chosen < work->blocks / 2) {
        tile_add(inside + 1, inside, sums, squares, work->count);
        outside[1] = outside[0];
        walk(work, depth + 1, chosen + 1);
    }
    if (depth - chosen < work->blocks / 2) {
        inside[1] = inside[0];
        tile_add(outside + 1, outside, sums, squares, work->count);
        walk(work, depth + 1, chosen);
    }
}

static void walk_all(struct work *work, bool ranks)
{
    work->ranks = ranks;
    for (work->first = 0; work->first < work->strategies; work->first += TILE) {
        size_t left = work->strategies - work->first;
        work->count = left < TILE ? left : TILE;
        work->next = 0;
        walk(work, 0, 0);
    }
}

static uint32_t choices_count(unsigned blocks)
{
    uint64_t count = 1;
    for (unsigned i = 1; i <= blocks / 2; i++)
        count = count * (blocks / 2 + i) / i;
    return (uint32_t)count;
}

static void conclude(struct work *work, uint32_t count, struct overfit *out)
{
    double rows = (double)(work->block_rows * work->blocks / 2);
    for (uint32_t i = 0; i < count; i++) {
        const struct choice *choice = &work->choices[i];
        /* Rank of the best among all outside, 1 the worst; equals share the mean of their ranks. */
        size_t equal = work->strategies - 1 - choice->below - choice->above;
        double rank = (double)choice->below + 1 + (double)equal / 2;
        double share = rank / (double)(work->strategies + 1);
        work->logits[i] = math_log(share / (1 - share));
        out->probability += share <= 0.5;
        out->loss_probability += choice->outside < 0;
        out->sharpe_inside_mean += ratio_of_key(choice->inside, rows);
        out->sharpe_outside_mean += ratio_of_key(choice->outside, rows);
    }
    out->choices = count;
    out->probability /= count;
    out->loss_probability /= count;
    out->sharpe_inside_mean /= count;
    out->sharpe_outside_mean /= count;
    doubles_sort(work->logits, count);
    out->logit_median = quantile_of_sorted(work->logits, count, 0.5);
}

enum status overfit_probability(const double *returns, size_t rows, size_t strategies,
                                unsigned blocks, struct overfit *out)
{
    memset(out, 0, sizeof(*out));
    if (blocks < 2 || blocks > OVERFIT_BLOCKS_MAX || blocks % 2 != 0 || rows / blocks < 2 ||
        strategies < 2)
        return STATUS_RANGE;
    struct work work = {.strategies = strategies, .block_rows = rows / blocks, .blocks = blocks};
    uint32_t count = choices_count(blocks);
    work.sums = calloc(blocks * strategies, sizeof(*work.sums));
    work.squares = calloc(blocks * strategies, sizeof(*work.squares));
    work.choices = calloc(count, sizeof(*work.choices));
    work.inside = calloc(blocks + 1, sizeof(*work.inside));
    work.outside = calloc(blocks + 1, sizeof(*work.outside));
    work.logits = calloc(count, sizeof(*work.logits));
    enum status status = STATUS_NO_MEMORY;
    if (work.sums != NULL && work.squares != NULL && work.choices != NULL && work.inside != NULL &&
        work.outside != NULL && work.logits != NULL) {
        sums_fill(&work, returns + rows % blocks * strategies);
        walk_all(&work, false);
        walk_all(&work, true);
        ASSERT(work.next == count);
        conclude(&work, count, out);
        status = STATUS_OK;
    }
    free(work.sums);
    free(work.squares);
    free(work.choices);
    free(work.inside);
    free(work.outside);
    free(work.logits);
    return status;
}
