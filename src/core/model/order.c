#include "core/model/order.h"

_Static_assert(sizeof(struct order) == 256, "orders lie side by side without padding");

struct state_row {
    const char *name, *sentence;
    bool is_end;
};

static const struct state_row state_rows[ORDER_STATE_END] = {
#define STATE_ROW_NEW "new"
#define STATE_ROW_DENIED "denied"
#define STATE_ROW_SUBMITTED "submitted"
#define STATE_ROW_OPEN "open"
#define STATE_ROW_FILLED "filled"
#define STATE_ROW_CANCELED "canceled"
#define STATE_ROW_REJECTED "rejected"
#define STATE_ROW_EXPIRED "expired"
#define STATE_ROW_ABSENT "absent"
#define STATE_ROW(name, number, is_end, sentence) [number] = {STATE_ROW_##name, sentence, is_end},
    ORDER_STATE_TABLE(STATE_ROW)};

const char *order_state_name(enum order_state state)
{
    ASSERT(state > 0 && state < ORDER_STATE_END);
    return state_rows[state].name;
}

const char *order_state_sentence(enum order_state state)
{
    ASSERT(state > 0 && state < ORDER_STATE_END);
    return state_rows[state].sentence;
}

bool order_state_is_end(enum order_state state)
{
    ASSERT(state > 0 && state < ORDER_STATE_END);
    return state_rows[state].is_end;
}

bool order_state_allows(enum order_state from, enum order_state to)
{
    static const uint16_t targets[ORDER_STATE_END][ORDER_STATE_END] = {
#define TRANSITION(from_state, to_state) [ORDER_##from_state][ORDER_##to_state] = 1,
        ORDER_TRANSITION_TABLE(TRANSITION)};
    ASSERT(from < ORDER_STATE_END && to < ORDER_STATE_END);
    return targets[from][to] != 0;
}

const char *delivery_name(enum delivery delivery)
{
    static const char *const names[] = {"none", "queued", "sent", "answered", "unknown"};
    ASSERT(delivery < ARRAY_COUNT(names));
    return names[delivery];
}

const char *side_name(enum side side)
{
    return side == SIDE_BUY ? "buy" : "sell";
}

const char *order_type_name(enum order_type type)
{
    static const char *const names[] = {"?", "market", "limit", "stop", "stop_limit"};
    ASSERT(type < ARRAY_COUNT(names));
    return names[type];
}

const char *tif_name(enum time_in_force tif)
{
    static const char *const names[] = {"?", "gtc", "ioc", "fok", "gtd"};
    ASSERT(tif < ARRAY_COUNT(names));
    return names[tif];
}

const char *order_purpose_name(enum order_purpose purpose)
{
    static const char *const names[] = {"?",           "enter",   "exit",   "stop_loss",
                                        "take_profit", "flatten", "manual", "budget_end"};
    ASSERT(purpose < ARRAY_COUNT(names));
    return names[purpose];
}
