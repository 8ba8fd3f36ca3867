/* Many parameter pairs of ma_cross over one series at once, to the last digit as the engine has it.
 *
 *     closes ──► each distinct average once ──► fast > slow, 64 bars a word, for every pair
 *                                                   │ only where the bit changes
 *                                                   ▼
 *                        an order at the next opening: exact cost and fee of that bar
 *
 * A grid of 32 x 32 pairs has 64 averages, not 2,048; a pair costs one comparison a bar, eight to
 * an instruction where the CPU has them; and what an execution costs is worked out once a bar, not
 * once a pair. Money is 128-bit integers throughout: quantities, slippage, rounding to the tick,
 * fees and closing equity are those of a back-test of the same configuration, and so are the Sharpe
 * ratio and the daily returns, bit for bit. Only what evaluator_suits accepts is evaluated; the
 * engine judges everything else. */
#ifndef TERN_DRIVE_SWEEP_EVALUATOR_H
#define TERN_DRIVE_SWEEP_EVALUATOR_H

#include "drive/backtest/backtest.h"

struct evaluator_pair {
    uint32_t fast, slow; /* bars; 1 <= fast < slow <= 1000 */
};

struct evaluator_outcome {
    struct amount end_equity, fees;
    uint64_t fills;
    double sharpe; /* a period; NaN without variance */
};

/* What all pairs share: the market of one back-test. Read-only once made: threads share it. */
struct evaluator {
    const struct instrument *instrument; /* borrowed from the back-test */
    struct size_rule size;
    struct ratio fee_taker, fee_held; /* what an execution costs; what a hold reserves */
    struct ratio slippage;
    struct amount start_equity, purse; /* of the account; of it what the bot may spend */
    size_t count;
    double *closes;               /* owned, [bar] */
    int64_t *close_units;         /* owned, [bar] */
    int64_t *buys, *sells;        /* owned, [bar]: what the bar's opening costs and brings */
    struct evaluator_fill *fills; /* owned, [bar]: of the fixed quantity; NULL where it varies */
    struct quantity fixed;
    i128 cash_enough; /* with that much cash the fixed quantity is always affordable */
    /* Owned, [period]: twice the last bar that closes in it, one more where the next bar opens at
     * that instant; -1: none closes in it. */
    int64_t *days;
    size_t days_count;
    bool exponential;
    enum indicator_convention convention; /* of exponential averages */
};

/* What the fixed quantity costs at a bar's opening. */
struct evaluator_fill {
    i128 paid, received;       /* cash, fees included */
    int64_t buy_fee, sell_fee; /* in the instrument's fee_unit */
};

/* Whether the evaluator gives what the engine would; else *why says what it cannot do. */
bool evaluator_suits(const struct backtest *backtest, const char **why);
/* Of a back-test that suits and outlives it. STATUS_NO_MEMORY. */
MUST_USE enum status evaluator_init(struct evaluator *evaluator, const struct backtest *backtest);
void evaluator_release(struct evaluator *evaluator);

/* Evaluates pairs in the order given; the fewer distinct periods among them, the faster. returns,
 * [pair * days_count + period], gets their returns, zeros where equity was gone; NULL: not wanted.
 * `stop` is looked at now and then, NULL: never. STATUS_NO_MEMORY, STATUS_INTERRUPTED. */
MUST_USE enum status evaluator_run(const struct evaluator *evaluator,
                                   const struct evaluator_pair *pairs, size_t count,
                                   struct evaluator_outcome *out, double *returns,
                                   bool (*stop)(void *context), void *context);

#endif
