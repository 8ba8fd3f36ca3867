/* Reference pages out of the tables of core and drive, for faces, which do not see core. */
#ifndef TERN_DRIVE_REFERENCE_REFERENCE_H
#define TERN_DRIVE_REFERENCE_REFERENCE_H

#include "base/problem.h"
#include "drive/reference/page.h"

/* Each writes one whole page; its failure shows in out->status. */
typedef void reference_page(enum page_form form, struct text_buffer *out);

reference_page reference_indicators; /* the table of core/signal/indicator.h */
reference_page reference_bots;       /* the strategy classes and their parameters */
reference_page reference_risk;       /* the controls in their order, with their reasons */
reference_page reference_reasons;    /* every reason, by number */
reference_page reference_fills;      /* the order of things in a back-test, and how orders fill */
reference_page reference_facts;      /* what a journal is made of */
reference_page reference_metrics;    /* the table of drive/result/metrics.h */
reference_page reference_config;     /* every key of the configuration */

/* What one key of the configuration may be: `risk.drawdown_max`, `bots[0].enter`, or its last part
 * alone, which may be several keys. STATUS_NOT_FOUND with the problem set, with a suggestion. */
MUST_USE enum status reference_key(const char *key, enum page_form form, struct text_buffer *out,
                                   struct problem *problem);

#endif
