/* Every way a call can end, in one table.
 *
 * The number of a status is permanent: it is never reused and never changes. The class says what a
 * caller may do about it: a final status does not change by trying again, a retryable one may, a
 * reconcile one means the outcome is unknown and only evidence settles it. */
#ifndef TERN_BASE_STATUS_H
#define TERN_BASE_STATUS_H

#include "base/base.h"

enum status_class { STATUS_CLASS_FINAL, STATUS_CLASS_RETRYABLE, STATUS_CLASS_RECONCILE };

/* X(NAME, "name", number, class, "sentence") */
#define STATUS_TABLE(X)                                                                 \
    X(OK, "ok", 0, FINAL, "done")                                                       \
    X(INTERNAL, "internal", 1, FINAL, "internal error")                                 \
    X(USAGE, "usage", 2, FINAL, "the command line is not understood")                   \
    X(NOT_FOUND, "not_found", 3, FINAL, "not found")                                    \
    X(CONFIG_INVALID, "config_invalid", 4, FINAL, "the configuration is not valid")     \
    X(DATA_INVALID, "data_invalid", 5, FINAL, "the data are not valid")                 \
    X(DENIED, "denied", 6, FINAL, "denied by risk")                                     \
    X(REJECTED, "rejected", 7, FINAL, "rejected by the venue")                          \
    X(UNKNOWN, "unknown", 8, RECONCILE, "the outcome is not known")                     \
    X(IO, "io", 9, RETRYABLE, "reading or writing failed")                              \
    X(NO_SPACE, "no_space", 10, RETRYABLE, "no space is left on the device")            \
    X(NO_MEMORY, "no_memory", 11, FINAL, "not enough memory")                           \
    X(FULL, "full", 12, FINAL, "a fixed capacity is used up")                           \
    X(SYNTAX, "syntax", 13, FINAL, "the text does not have the expected form")          \
    X(RANGE, "range", 14, FINAL, "the number is out of range")                          \
    X(TOO_FINE, "too_fine", 15, FINAL, "the number has more decimals than can be kept") \
    X(CORRUPT, "corrupt", 16, FINAL, "the bytes do not match their checksum or layout") \
    X(TRUNCATED, "truncated", 17, FINAL, "the data end too early")                      \
    X(INTERRUPTED, "interrupted", 18, RETRYABLE, "interrupted")                         \
    X(END, "end", 19, FINAL, "there is no more")                                        \
    X(EXISTS, "exists", 20, FINAL, "it exists already")                                 \
    X(UNSUPPORTED, "unsupported", 21, FINAL, "this version does not support it")

enum status {
#define STATUS_ENUM(name, text, number, class, sentence) STATUS_##name = number,
    STATUS_TABLE(STATUS_ENUM)
#undef STATUS_ENUM
};

/* `config_invalid`: the lower-case name, for logs and JSON. */
const char *status_name(enum status status);
/* The sentence of the table. */
const char *status_sentence(enum status status);
enum status_class status_class_of(enum status status);
/* The process exit code the surface promises: 0 done, 1 internal, 2 usage, 3 not found,
 * 5 configuration or data (also text, numbers and bytes that cannot be used), 6 denied, 7 rejected,
 * 8 unknown, 130 interrupted. Everything else is 1. */
int status_exit_code(enum status status);

#endif
