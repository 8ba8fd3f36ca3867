/* Shared by survey.c and survey_judge.c. */
#ifndef TERN_WORLD_IMPORT_SURVEY_PARTS_H
#define TERN_WORLD_IMPORT_SURVEY_PARTS_H

#include "world/import/survey.h"

/* Counts a fault and keeps its place, while there is room. */
void survey_note(struct survey_series *series, enum survey_kind kind, struct survey_line line,
                 int64_t time_ns, const char *text);

#endif
