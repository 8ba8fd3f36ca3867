/* JSON log lines: one object a line, event names out of one table, on a file descriptor.
 *
 *     {"ts":"2024-01-01T00:00:00Z","level":"info","service":"tern","event":"start",…}
 *
 * A line is built in a fixed buffer and written with one write(2), so lines of several threads do
 * not mix. Values are escaped, also what could draw on a terminal; a value that does not
 * fit is cut and ends in `…`, later fields that do not fit are left out, and the line then ends
 * in `"cut":true`. */
#ifndef TERN_BASE_LOG_H
#define TERN_BASE_LOG_H

#include "base/text.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* X(NAME, "name.in.the.log") */
#define LOG_EVENT_TABLE(X)                \
    X(START, "start")                     \
    X(STOP, "stop")                       \
    X(RISK_DENY, "risk.deny")             \
    X(ORDER_SUBMIT_OK, "order.submit.ok") \
    X(ORDER_FILL, "order.fill")           \
    X(STATE_CHANGE, "state.change")       \
    X(DATA_PROBLEM, "data.problem")       \
    X(LEDGER_CHECK, "ledger.check")

enum log_event {
#define LOG_EVENT_ENUM(name, text) LOG_EVENT_##name,
    LOG_EVENT_TABLE(LOG_EVENT_ENUM)
#undef LOG_EVENT_ENUM
};

struct log {
    int descriptor;
    enum log_level level_min;
};

struct log_line {
    char data[2048];
    size_t size;
    const struct log *log;
    bool cut;
    bool muted;
};

/* Begins a line; log is borrowed until log_end. time_ns is the caller's clock: engine time inside a
 * run, wall clock elsewhere. Below level_min the line is muted and nothing is done. */
void log_begin(struct log_line *line, const struct log *log, enum log_level level,
               enum log_event event, int64_t time_ns);
/* Each adds a field; key is of our own making and needs no escapes. */
void log_text(struct log_line *line, const char *key, struct text value);
void log_i64(struct log_line *line, const char *key, int64_t value);
/* Writes the line. A failure to write is ignored: there is nowhere to tell. */
void log_end(struct log_line *line);

#endif
