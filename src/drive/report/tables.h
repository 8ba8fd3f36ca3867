/* The parts of the report that are words and tables. Internal to drive/report. */
#ifndef TERN_DRIVE_REPORT_TABLES_H
#define TERN_DRIVE_REPORT_TABLES_H

#include "drive/report/markup.h"

void tables_warnings(const struct report *report);
/* Configuration, data, hashes, version, seed. */
void tables_run(const struct report *report);
void tables_figures(const struct report *report);
/* By bot, by instrument, by reason of exit; then what was denied, and why. */
void tables_breakdowns(const struct report *report);
void tables_metrics(const struct report *report);
/* The last trips as they stand without the script, which makes all of them sortable. */
void tables_trips(const struct report *report);

#endif
