/* Walk-forward: what choosing the best of many trials on past periods was worth on those behind.
 *
 *     rolling     |---- train ----|e|-- test --|
 *                            |---- train ----|e|-- test --|
 *     anchored    |---- train ----|e|-- test --|
 *                 |-------- train ----------|e|-- test --|
 *
 * A window chooses the trial with the best Sharpe ratio of its train periods and takes that trial's
 * returns of its test periods. Between them `embargo` periods are left out, so that what a position
 * or an indicator carries over does not leak. Trials run over the whole series once; a decision
 * sees
 * only what was before it, so cutting their returns is the same as running each window, but for
 * positions that a window begins with. 1,000 periods, train 400, test 100: 6 windows.
 *
 * Efficiency is the mean return a period of the tests over that of the trains: near 1 the choice
 * held, near 0 or below it was luck (Pardo, "The Evaluation and Optimization of Trading
 * Strategies", 2008, has it of annual profits). */
#ifndef TERN_DRIVE_DOUBT_WALK_FORWARD_H
#define TERN_DRIVE_DOUBT_WALK_FORWARD_H

#include "base/status.h"

struct walk_forward_plan {
    size_t train, test; /* periods, at least 2 each */
    size_t embargo;     /* periods left out between them */
    bool anchored;      /* trains begin at the first period and grow */
};

struct walk_forward_window {
    size_t train_first, train_end, test_first, test_end; /* ends are one behind */
    size_t chosen;                                       /* trial */
    double train_sharpe, test_sharpe;                    /* a period; NaN without variance */
    double train_mean, test_mean;
    double test_return; /* of the whole test, compounded */
};

struct walk_forward {
    struct walk_forward_window *windows; /* owned */
    size_t count;
    double efficiency;  /* NaN where the trains' mean is not positive */
    double test_sharpe; /* of all tests together, a period */
    double test_return; /* compounded */
    size_t positive;    /* windows whose test earned */
};

/* Windows in periods; 0 where not one fits. */
size_t walk_forward_count(size_t periods, const struct walk_forward_plan *plan);
/* returns[trial][period], NULL: zeros. STATUS_RANGE where no window fits or there is no trial,
 * STATUS_NO_MEMORY. */
MUST_USE enum status walk_forward_run(const double *const *returns, size_t trials, size_t periods,
                                      const struct walk_forward_plan *plan,
                                      struct walk_forward *out);
void walk_forward_release(struct walk_forward *walk);

#endif
