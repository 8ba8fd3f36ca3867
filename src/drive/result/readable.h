/* Numbers as people read them in tables and reports. Programs get exact forms instead. */
#ifndef TERN_DRIVE_RESULT_READABLE_H
#define TERN_DRIVE_RESULT_READABLE_H

#include "base/text.h"
#include "core/model/number.h"

#define READABLE_SIZE 96

/* 2, or 6 where the account is worth less than 100 of its currency (BTC). */
unsigned money_places(struct amount start_equity);
/* 12,345.60 with that many places, half-even; `sign` writes + before what is above zero. */
void money_format(char out[READABLE_SIZE], struct amount amount, unsigned places, bool sign);
/* 0.02 -> 2.00 %; a dash where the ratio is not finite. */
void percent_format(char out[READABLE_SIZE], double ratio, bool sign);
/* 1.2346 with that many places, in exponent form from 1e9 on; a dash where it is not finite. */
void number_format(char out[READABLE_SIZE], double value, unsigned places);
/* 1d4h30m: rounded to minutes from one hour on, to seconds from one minute on. */
void span_format(char out[READABLE_SIZE], int64_t duration_ns);
/* 2024-01-01 00:00, with seconds where they are not zero; UTC. */
void moment_format(char out[READABLE_SIZE], int64_t time_ns);
/* 1,234,567 */
void count_format(char out[READABLE_SIZE], uint64_t count);

#endif
