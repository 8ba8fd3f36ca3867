/* Walk-forward with refits: what choosing by the past would have earned, had one done it at the
 * time.
 *
 *     rolling     |---- train ----|p|e|-- test --|
 *                            |---- train ----|p|e|-- test --|
 *     anchored    |---- train ----|p|e|-- test --|
 *                 |-------- train ----------|p|e|-- test --|
 *
 * For each window a whole sweep runs on the data of its train and on nothing else; the best of it
 * then runs on its test by engine and exchange, flat at the beginning, with indicators that have
 * seen every bar before. Tests lie one behind the other without a gap, so their equities can be put
 * together: that is what a person who chose this way would have had.
 *
 * Purge and embargo are bars of the finest series between train and test. Purged bars are cut off
 * the end of the train: a trip open there is valued at the last close of the train, and what became
 * of it later chooses nothing. Embargoed bars are left out besides, so that what lasts over the
 * border (a trend, a cluster of volatility) does not help the test. Both together are rounded up so
 * that every series has a bar that ends there. A trip still open where a test ends is valued at the
 * last close; the next test begins flat.
 *
 * Efficiency is the mean return a period of the tests over that of the trains, as in
 * walk_forward.h. 1,000 days, train 400, test 100: 6 windows. Every trial is counted. */
#ifndef TERN_DRIVE_DOUBT_REFIT_H
#define TERN_DRIVE_DOUBT_REFIT_H

#include "drive/sweep/sweep.h"
#include "drive/doubt/variation.h"

#define REFIT_WINDOWS_MAX 1000u
#define REFIT_NONE UINT32_MAX

/* By what the best of a train is chosen. */
enum refit_metric { REFIT_SHARPE, REFIT_SORTINO, REFIT_RETURN };

struct refit_plan {
    int64_t train_ns, test_ns; /* 0: 40 % and 10 % of the data, in whole days */
    uint32_t purge_bars;       /* of the finest series */
    uint32_t embargo_bars;     /* REFIT_NONE: 1 % of the data */
    bool anchored;
};

struct refit_request {
    const struct execute_ports *ports;
    const char *config_path;
    const struct sweep_space *space; /* drawn */
    const struct sweep_plan *sweep;  /* it was drawn by */
    struct refit_plan plan;
    enum refit_metric metric;
    /* A folder that there is: the sweep of each window is kept there, and one that was stopped goes
     * on where it stood. */
    const char *folder;
    const char *trials_path; /* NULL: trials are not counted */
    bool (*progress)(void *context, const char *what, uint64_t done, uint64_t total);
    void *progress_context;
};

struct refit_window {
    int64_t train_from_ns, train_to_ns, test_from_ns, test_to_ns;
    uint32_t trials, invalid;         /* of its sweep: that ran, that could not */
    uint32_t chosen;                  /* candidate; REFIT_NONE: no trial of the train had a value,
                                 and the test holds nothing */
    char *params;                     /* owned: fast=5 slow=30; of none "" */
    double train_sharpe, test_sharpe; /* a period; NaN without variance */
    double train_mean, test_mean;     /* return a period */
    double train_return, test_return; /* of the whole, compounded */
    uint64_t trips, fills;            /* of the test */
    struct amount fees;
    bool open_at_end; /* a trip was open where the test ended */
};

/* Equity of all tests put together; the first begins with 1. */
struct refit_point {
    int64_t time_ns;
    double equity;
};

struct refit {
    struct refit_window *windows; /* owned */
    uint32_t count;
    struct refit_plan plan; /* with what was left open filled in */
    int64_t gap_ns;         /* of purge and embargo, rounded up */
    double efficiency;      /* NaN where the trains' mean is not positive */
    double *returns;        /* owned: of all tests, a period */
    size_t returns_count;
    int64_t period_ns;
    struct moments moments; /* of them */
    double test_sharpe;     /* a period */
    double probabilistic;   /* that the true Sharpe ratio is above 0; chosen without the tests, so
                                  nothing is to be deflated */
    double test_return;     /* compounded */
    double max_drawdown;    /* of the points below */
    uint32_t positive;      /* windows whose test earned */
    struct refit_point *points; /* owned */
    size_t points_count;
    uint64_t trials;       /* of all windows */
    uint64_t counted;      /* of these data and this kind of bot, ever; 0 where it is not known */
    bool trials_uncounted; /* the file of trials could not be used; trials_problem says why */
    struct problem trials_problem;
};

/* How many windows lie in a span; 0 where not one does. */
uint32_t refit_windows_count(int64_t span_ns, int64_t train_ns, int64_t test_ns, int64_t gap_ns);
const char *refit_metric_name(enum refit_metric metric);
/* false where there is none of that name. */
bool refit_metric_find(struct text name, enum refit_metric *out);

/* STATUS_USAGE where no window fits, whatever a sweep or a back-test fails with, and
 * STATUS_INTERRUPTED, which keeps the sweeps. On success the caller releases *out. */
MUST_USE enum status refit_run(const struct refit_request *request, struct refit *out,
                               struct problem *problem);
void refit_release(struct refit *refit);

#endif
