/* An error as a person reads it: where it is, what was found, what is allowed, what to do next.
 *
 *     error: score.yaml:14: bots[0].enter: found "5"; allowed: -1 to 1; next: tern help config
 *
 * A struct problem is owned by the caller and filled once, by the function that fails; later calls
 * of problem_set on a problem that is already set keep the first text, which is the cause. */
#ifndef TERN_BASE_PROBLEM_H
#define TERN_BASE_PROBLEM_H

#include "base/status.h"

struct problem {
    enum status status; /* STATUS_OK while nothing is wrong */
    char where[320];    /* file:line: key, or the place in words */
    char found[320];    /* what was found */
    char allowed[320];  /* what is allowed; may be empty */
    char next[200];     /* what to run or change; may be empty */
};

void problem_init(struct problem *problem);

/* Sets status, place and what was found (printf style); returns the problem's status so that a
 * caller can write `return problem_set(...)`. status is not STATUS_OK. Text that does not fit is
 * cut at a UTF-8 boundary. Control characters and bytes that are not UTF-8 in the text are replaced
 * by `?`, so that no input can draw on a terminal. */
enum status problem_set(struct problem *problem, enum status status, const char *where,
                        const char *found_format, ...) PRINTF_LIKE(4, 5);
/* Each fills one more part if it is still empty. */
void problem_allowed(struct problem *problem, const char *format, ...) PRINTF_LIKE(2, 3);
void problem_next(struct problem *problem, const char *format, ...) PRINTF_LIKE(2, 3);

/* Writes `error: where: found; allowed: …; next: …` without a newline into out (always
 * NUL-terminated, cut at a UTF-8 boundary); returns its length. Empty parts are left out; an empty
 * `found` reads as the sentence of the status. */
size_t problem_format(const struct problem *problem, char *out, size_t out_size);

#endif
