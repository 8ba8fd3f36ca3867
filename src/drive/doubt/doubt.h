/* All doubts about one back-test at once, in plain words, the worst first.
 *
 *     look-ahead     the data cut at some instants: were the decisions before it the same?
 *     stress         costs doubled, slippage added, orders a bar late: is there a profit left?
 *     jitter         parameters moved a little: is there a profit left?
 *     hold           did buying and holding do better?
 *     shuffle        the same rule on the same bars in another order: how often as good by luck?
 *     luck           bootstrap of the Sharpe ratio, length of record that is needed, deflated for
 *                    every trial that was counted
 *     trips          the same trips in another order: how deep could it have fallen?
 *     sweep          where a space of parameters is given: is the best one the best by luck?
 *     walk-forward   and there: chosen on the past, judged behind
 *
 * The back-test itself is counted as a trial, and so is every trial of a walk-forward. The other
 * runs are not: nothing is chosen by them. On recorded order books there is no shuffle, no
 * walk-forward and no late bar; orders take longer instead. */
#ifndef TERN_DRIVE_DOUBT_DOUBT_H
#define TERN_DRIVE_DOUBT_DOUBT_H

#include "base/json_write.h"
#include "base/table.h"
#include "drive/doubt/jitter.h"
#include "drive/doubt/lookahead.h"
#include "drive/doubt/refit.h"

#define DOUBT_SCHEMA "tern.doubt/1"
#define DOUBT_FILE_NAME "doubt.json"
#define DOUBT_STRESSES 4u
#define DOUBT_VERDICTS_MAX 40u
#define DOUBT_TEXT_SIZE 200u
#define DOUBT_SHUFFLES_MAX 10000u

struct doubt_request {
    const struct execute_ports *ports;
    const char *config_path;
    const char *trials_path; /* NULL: trials are not counted */
    uint64_t seed;           /* of all that is drawn */
    uint32_t shuffles;       /* 0: 200 */
    uint32_t cuts;           /* 0: 8 */
    /* Of a walk-forward; NULL: none. Its ports, configuration, trials and progress are taken from
     * here. */
    const struct refit_request *refit;
    bool (*progress)(void *context, const char *what, uint64_t done, uint64_t total);
    void *progress_context;
};

/* What one run came to, in the figures that are compared. */
struct doubt_result {
    bool ran;
    char why[DOUBT_TEXT_SIZE]; /* where it did not */
    struct amount start_equity, end_equity, fees;
    double gain;   /* share of the start equity */
    double sharpe; /* a period; NaN without variance */
    double max_drawdown;
    uint64_t trips;
};

struct doubt_stress {
    const char *name; /* static text: costs_x2 */
    const char *what; /* static text, for people: costs x2 */
    struct doubt_result run;
};

/* The rule on shuffled markets. */
struct doubt_shuffle {
    uint32_t count, ran; /* 0: none were wanted, or could be */
    double block_mean;   /* in steps of the data's longest bar */
    int64_t step_ns;
    double p_value;      /* share of markets, ours among them, where the Sharpe ratio was as
                               high or higher; NaN where none ran */
    double p_value_gain; /* the same of the gain */
    struct resample_summary gain, sharpe;
};

/* A bot's part in the risk of all, from what its trips brought each day. */
struct doubt_bot {
    char name[RESULT_NAME_SIZE];
    struct amount net; /* of its trips */
    double risk;       /* share of the deviation of all; they add up to 1 */
};

enum doubt_severity { DOUBT_BAD, DOUBT_WARN, DOUBT_UNKNOWN, DOUBT_GOOD };

struct doubt_verdict {
    enum doubt_severity severity;
    const char *topic; /* static text: stress */
    char text[DOUBT_TEXT_SIZE];
};

struct doubt {
    char name[RESULT_NAME_SIZE]; /* of the configuration's file */
    char currency[RESULT_ASSET_SIZE];
    struct hash128 config_hash, data_hash, journal_hash;
    uint64_t seed;
    int64_t from_ns, to_ns;
    bool is_session;
    int64_t period_ns;
    size_t returns_count;
    char (*warnings)[RESULT_WARNING_SIZE]; /* owned: of the back-test */
    uint32_t warnings_count;

    struct doubt_result base;
    struct doubt_stress stresses[DOUBT_STRESSES];
    uint32_t stresses_count;
    bool has_hold;
    struct doubt_result hold; /* bought at the first close, fee paid, valued at the last */
    struct jitter jitter;
    struct doubt_shuffle shuffle;
    double block_length;               /* of the bootstrap, in periods */
    struct resample_summary bootstrap; /* of the Sharpe ratio, a period */
    double bootstrap_above_zero;       /* share of its paths */
    double probabilistic, deflated;    /* NaN where not defined */
    double track_record;               /* returns needed; NaN: never, the ratio is not above 0 */
    uint64_t trials;                   /* counted; 0 where they could not be */
    /* Trips as shares of the equity they met; drawdown of their own order, from trip to trip. */
    double trips_drawdown;
    struct trip_paths trips_shuffled, trips_drawn;
    struct lookahead lookahead;
    struct doubt_bot *bots; /* owned; of two and more, where there are days enough */
    uint32_t bots_count;
    double bots_effective;   /* equal and unlike bots that would be as concentrated */
    double bots_correlation; /* mean over pairs */
    bool has_refit;
    struct refit refit;
    enum refit_metric refit_metric;
    /* Of a sweep over all the data and the same space. */
    double overfit; /* PBO, overfit.h; NaN where there are too few trials or days */
    uint32_t sweep_trials;

    struct doubt_verdict verdicts[DOUBT_VERDICTS_MAX]; /* the worst first */
    uint32_t verdicts_count;
};

/* Runs everything; writes nothing but the file of trials and the sweeps of a walk-forward. Fails
 * with what a back-test fails with, and STATUS_INTERRUPTED. On success the caller releases *out. */
MUST_USE enum status doubt_run(const struct doubt_request *request, struct doubt *out,
                               struct problem *problem);
void doubt_release(struct doubt *doubt);

/* Fills bots, a part of doubt_run (doubt_bots.c). STATUS_NO_MEMORY. */
MUST_USE enum status doubt_bots(const struct backtest_result *result, struct doubt *out);
/* From figures to words: fills verdicts. Part of doubt_run, apart so that it can be tested. */
void doubt_judge(struct doubt *doubt); /* doubt_judge.c */

/* ---- to read (doubt_print.c, doubt_json.c) --------------------------------------------------- */

/* Verdicts, then tables; plain style as in result_tables.h. STATUS_NO_MEMORY. */
MUST_USE enum status doubt_print(const struct doubt *doubt, const struct table_style *style,
                                 struct text_buffer *out);
/* The document of doubt.json: figures as numbers a period and a year, all that the tables say. */
void doubt_json_print(const struct doubt *doubt, struct text_buffer *out);
/* The windows of a walk-forward and all of its tests together. */
MUST_USE enum status refit_print(const struct refit *refit, enum refit_metric metric,
                                 const struct table_style *style, struct text_buffer *out);
void refit_json_print(const struct refit *refit, enum refit_metric metric,
                      struct json_writer *json);
const char *doubt_severity_name(enum doubt_severity severity);

#endif
