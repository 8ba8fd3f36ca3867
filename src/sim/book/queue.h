/* Where our resting order stands in a queue that we only see from outside.
 *
 * A recorded market says how much rests at a price and what traded there, not who stood where. A
 * model guesses how much is still ahead of us:
 *
 *     displayed quantity        ahead F            behind B = displayed - F
 *     at entry                  all of it          0
 *     a trade at the price      F - traded
 *     the level shrinks by D    part of D ahead of us, part behind, as the model says
 *     beyond what traded
 *
 * With displayed before and after, D = before - after - traded since the last change. D < 0 (the
 * level grew): F = min(F, after). Else, with p = f(B, F) the share of D that is taken behind us:
 *
 *     F = min(F - (1 - p) D + min(B - p D, 0), after), but no cancel takes F below 0
 *
 *     model         p = share behind
 *     touch         we are always first: a trade at the price fills us (the most hopeful)
 *     risk_averse   1: cancels are all behind us (the least hopeful); F = min(F, after)
 *     power n       B^n / (B^n + F^n)
 *     log           ln(1 + B) / (ln(1 + B) + ln(1 + F))
 *     power2 n      B^n / (B + F)^n
 *     log2          ln(1 + B) / ln(1 + B + F)
 *     power3 n      1 - (F / (F + B))^n
 *
 * (The families are those of the probability queue models of hftbacktest, after Rigtorp's
 * "Estimating
 * order queue position".) An order fills as much as trades beyond F, in whole lots, rounded to the
 * nearest; whole where a trade prints through its price or the other side's best reaches it. The
 * recorded market does not notice our orders: it shows no impact of them.
 *
 * Quantities are doubles in lots here, since F is a guess; what is filled is whole lots. */
#ifndef TERN_SIM_BOOK_QUEUE_H
#define TERN_SIM_BOOK_QUEUE_H

#include "core/model/market.h"

/* X(NAME, "name", has_power) */
#define QUEUE_MODEL_TABLE(X)         \
    X(TOUCH, "touch", 0)             \
    X(RISK_AVERSE, "risk_averse", 0) \
    X(POWER, "power", 1)             \
    X(LOG, "log", 0)                 \
    X(POWER2, "power2", 1)           \
    X(LOG2, "log2", 0)               \
    X(POWER3, "power3", 1)

enum queue_model_kind {
#define QUEUE_MODEL_ENUM(name, text, has_power) QUEUE_MODEL_##name,
    QUEUE_MODEL_TABLE(QUEUE_MODEL_ENUM)
#undef QUEUE_MODEL_ENUM
        QUEUE_MODEL_COUNT
};

struct queue_model {
    enum queue_model_kind kind;
    double power; /* n > 0; 1, 2 and 3 cost no logarithm */
};

const char *queue_model_name(enum queue_model_kind kind);
/* The share of a decrease that is taken behind us, in [0, 1]; ahead, behind >= 0. */
double queue_share_behind(const struct queue_model *model, double behind, double ahead);

/* ---- one order ---- */

struct queue_position {
    double ahead;  /* F; below 0: so much has traded beyond it */
    double traded; /* at the price since the level last changed */
};

/* displayed: lots at the price when the order joins, without it. */
void queue_position_enter(struct queue_position *position, const struct queue_model *model,
                          double displayed);
/* `lots` traded at the price. */
void queue_position_trade(struct queue_position *position, double lots);
/* The level changed from `before` to `after` lots. */
void queue_position_depth(struct queue_position *position, const struct queue_model *model,
                          double before, double after);
/* Whole lots that have traded beyond the position; it then stands at the front. */
int64_t queue_position_fill(struct queue_position *position);

/* ---- our orders at one price ----
 *
 * Several orders of ours at a price stand in the order in which they joined: what trades fills the
 * older one first, none overtakes another, and no lot of a trade fills two of them. */

#define QUEUE_LINE_MAX 32

struct queue_order {
    uint64_t id;
    int64_t left; /* lots, > 0 */
    struct queue_position position;
};

struct queue_line {
    struct queue_model model;
    struct price price;
    struct quantity lot; /* > 0 */
    enum side side;
    uint32_t count;
    struct queue_order orders[QUEUE_LINE_MAX]; /* oldest first */
};

/* An execution as a maker, at the line's price. */
struct queue_fill {
    uint64_t id;
    struct quantity quantity;
    bool whole; /* the order has left the line */
};

void queue_line_init(struct queue_line *line, const struct queue_model *model, enum side side,
                     struct price price, struct quantity lot);
/* quantity > 0 on the lot; displayed: what the market shows at the price. STATUS_FULL at
 * QUEUE_LINE_MAX, STATUS_EXISTS where the id is there. */
MUST_USE enum status queue_line_add(struct queue_line *line, uint64_t id, struct quantity quantity,
                                    struct quantity displayed);
/* Takes an order out; false where it is not there. */
bool queue_line_remove(struct queue_line *line, uint64_t id);

/* An order is to have this left and keeps its place. left on the lot, > 0 and at most what it has;
 * false where it is not there. */
bool queue_line_reduce(struct queue_line *line, uint64_t id, struct quantity left);

/* A public trade. One of a taker of our own side is none of ours. Writes the fills, oldest order
 * first, and returns how many. */
uint32_t queue_line_trade(struct queue_line *line, const struct trade *trade,
                          struct queue_fill fills[QUEUE_LINE_MAX]);
/* The displayed quantity at the price changed. */
void queue_line_depth(struct queue_line *line, struct quantity before, struct quantity after);
/* The other side's best is now this (0 = none): where it reaches the price every order fills. */
uint32_t queue_line_opposite(struct queue_line *line, struct price best,
                             struct queue_fill fills[QUEUE_LINE_MAX]);

#endif
