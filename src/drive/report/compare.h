/* Two stored results side by side: settings key by key, data, figures, bots, and where they part.
 *
 *     compare_side_read("runs/a", &a, &problem)
 *     compare_side_read("runs/b", &b, &problem)
 *     compare_make(&a, &b, &comparison, &problem)     rows for a terminal, JSON or compare.html
 *
 *     group       rows
 *     settings    version, hashes, and each key of the configuration that differs
 *     data        hashes, range, bars, instruments
 *     result      books and counts
 *     metrics     every one
 *     bots        net, fees and trips of each, by name
 *     parting     the first order and the first fill that are not the same, where there is one
 *
 * Settings are read from the journals; without one only the hashes say whether they differ. */
#ifndef TERN_DRIVE_REPORT_COMPARE_H
#define TERN_DRIVE_REPORT_COMPARE_H

#include "base/problem.h"
#include "drive/result/metrics.h"

#define COMPARE_NAME_SIZE 128
#define COMPARE_VALUE_SIZE 256

struct compare_side {
    char directory[4096];
    struct backtest_result result; /* owned, with rows */
    struct metrics metrics;
    struct text_buffer settings; /* owned; as config_show_given writes them, empty: not known */
    struct text_buffer orders, fills; /* owned; the CSV files */
};

struct compare_row {
    const char *group;
    char name[COMPARE_NAME_SIZE];
    char a[COMPARE_VALUE_SIZE], b[COMPARE_VALUE_SIZE];
    bool differs;
    bool a_default, b_default; /* of settings */
};

struct comparison {
    struct compare_row *rows; /* owned */
    uint32_t count, capacity;
    uint32_t differ; /* rows that differ */
};

/* On success, and only then, the caller releases *side. As result_read fails. */
MUST_USE enum status compare_side_read(const char *directory, struct compare_side *side,
                                       struct problem *problem);
void compare_side_release(struct compare_side *side);

/* STATUS_NO_MEMORY. *out is released in any case. */
MUST_USE enum status compare_make(const struct compare_side *a, const struct compare_side *b,
                                  struct comparison *out);
void comparison_release(struct comparison *comparison);

#endif
