/* Names, sentences and exit codes out of the table of statuses. */
#include "base/status.h"

const char *status_name(enum status status)
{
    switch (status) {
#define STATUS_NAME(name, text, number, class, sentence) \
    case STATUS_##name: return text;
        STATUS_TABLE(STATUS_NAME)
#undef STATUS_NAME
    }
    return "internal";
}

const char *status_sentence(enum status status)
{
    switch (status) {
#define STATUS_SENTENCE(name, text, number, class, sentence) \
    case STATUS_##name: return sentence;
        STATUS_TABLE(STATUS_SENTENCE)
#undef STATUS_SENTENCE
    }
    return "internal error";
}

enum status_class status_class_of(enum status status)
{
    switch (status) {
#define STATUS_CLASS(name, text, number, class, sentence) \
    case STATUS_##name: return STATUS_CLASS_##class;
        STATUS_TABLE(STATUS_CLASS)
#undef STATUS_CLASS
    }
    return STATUS_CLASS_FINAL;
}

int status_exit_code(enum status status)
{
    switch (status) {
    case STATUS_OK: return 0;
    case STATUS_USAGE: return 2;
    case STATUS_NOT_FOUND: return 3;
    case STATUS_CONFIG_INVALID:
    case STATUS_DATA_INVALID:
    case STATUS_SYNTAX:
    case STATUS_RANGE:
    case STATUS_TOO_FINE:
    case STATUS_CORRUPT:
    case STATUS_TRUNCATED: return 5;
    case STATUS_DENIED: return 6;
    case STATUS_REJECTED: return 7;
    case STATUS_UNKNOWN: return 8;
    case STATUS_INTERRUPTED: return 130;
    case STATUS_INTERNAL:
    case STATUS_IO:
    case STATUS_NO_SPACE:
    case STATUS_NO_MEMORY:
    case STATUS_FULL:
    case STATUS_END:
    case STATUS_EXISTS:
    case STATUS_UNSUPPORTED: return 1;
    }
    return 1;
}
