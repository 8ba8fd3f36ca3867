#include "core/model/reason.h"

struct reason_row {
    const char *name, *sentence;
    unsigned control;
};

static const struct reason_row rows[REASON_COUNT] = {
#define REASON_ROW(name, number, text, control_number, sentence_text) \
    [number] = {text, sentence_text, control_number},
    REASON_TABLE(REASON_ROW)};

const char *reason_name(enum reason reason)
{
    ASSERT(reason < REASON_COUNT && rows[reason].name != NULL);
    return rows[reason].name;
}

const char *reason_sentence(enum reason reason)
{
    ASSERT(reason < REASON_COUNT && rows[reason].name != NULL);
    return rows[reason].sentence;
}

unsigned reason_control(enum reason reason)
{
    ASSERT(reason < REASON_COUNT && rows[reason].name != NULL);
    return rows[reason].control;
}
