/* How long messages are on their way: the venue's news to us, our orders to the venue, its answers.
 *
 *     request ──entry──► exchange ──response──► answer       feed: exchange ──► what we see
 *
 * The exchange judges an order by its book at the exchange time, which we have not seen yet when we
 * send. Messages of one line arrive in the order in which they were sent, as on one connection: a
 * later one waits for a slow earlier one.
 *
 * Congestion, on top of a constant or log-normal model: each request makes later ones slower, as an
 * arrival of a Hawkes process makes further ones likelier. With requests at t_1, t_2 … before t
 *
 *     latency(t) = latency x lambda(t) / mu = latency x (1 + share x sum of e^(-(t - t_i) / fade))
 *
 * where share = alpha / mu and fade = 1 / beta of the intensity lambda = mu + alpha sum e^(-beta
 * (t - t_i)) (Hawkes 1971). Both ways of a request and answers nobody asked for are slowed; only
 * requests count. Nothing is drawn: the same requests are slowed the same.
 *
 * Invariants: request <= exchange <= answer; exchange and answer times never go back; the same seed
 * gives the same times. Times and durations in nanoseconds. */
#ifndef TERN_SIM_BOOK_LATENCY_H
#define TERN_SIM_BOOK_LATENCY_H

#include "base/random.h"
#include "base/status.h"

enum latency_kind {
    LATENCY_CONSTANT,     /* entry_ns, response_ns */
    LATENCY_INTERPOLATED, /* rows of measured orders: linear between two, flat beyond */
    LATENCY_LOG_NORMAL,   /* medians entry_ns and response_ns, times e^(sigma N) */
};

/* A measured order: sent, judged by the exchange, answered. An exchange time before the request is
 * a rejection before the exchange: the answer came all the same. Request times rise strictly. */
struct latency_row {
    int64_t request_ns, exchange_ns, answer_ns;
};

struct latency_model {
    enum latency_kind kind;
    int64_t entry_ns, response_ns, feed_ns; /* >= 0 */
    double sigma;                           /* >= 0; of the logarithm */
    const struct latency_row *rows;         /* borrowed */
    uint32_t rows_count;                    /* > 0 where interpolated */
    double congestion_share;                /* 0: none; .. 100 */
    int64_t congestion_fade_ns;             /* > 0 where there is a share */
};

/* STATUS_RANGE where a figure is outside what is said above, and for congestion of measured rows,
 * which have it in them. */
MUST_USE enum status latency_model_check(const struct latency_model *model);

/* A connection: its model, its randomness and the last times on it. */
struct latency_line {
    struct latency_model model;
    struct random random;
    struct random random_answers; /* of answers nobody asked for: fills do not move requests */
    int64_t exchange_last_ns, answer_last_ns, seen_last_ns;
    double crowd;         /* the sum above, with the last request */
    int64_t crowd_ns;     /* when that was */
    uint32_t at;          /* row used last */
    uint32_t at_answered; /* the same of latency_line_answer */
};

struct latency_times {
    int64_t exchange_ns, answer_ns;
    bool refused; /* never reached the exchange; answer_ns is when we learn it */
};

/* The model has been checked. */
void latency_line_init(struct latency_line *line, const struct latency_model *model, uint64_t seed);
/* An order sent at request_ns; requests do not go back in time. */
struct latency_times latency_line_send(struct latency_line *line, int64_t request_ns);
/* When we learn what happened to an order of ours at exchange_ns without a request, a fill or an
 * expiry; the response of the last measured order at or before it. Times do not go back. It knows
 * nothing of other answers: who sends both keeps their order. */
int64_t latency_line_answer(struct latency_line *line, int64_t exchange_ns);
/* When we see what happened at event_ns on the exchange. */
int64_t latency_line_see(struct latency_line *line, int64_t event_ns);

#endif
