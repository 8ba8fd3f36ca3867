/* Instruments that come and go while the engine runs.
 *
 *     waits ── COMMAND_LIST ──► listed ── COMMAND_DELIST ──► not listed ── COMMAND_LIST ──► listed
 *
 * Every place is in the configuration from the start, so that nothing moves when one is filled.
 * What is not listed is halted for the reason `not_listed`: nothing new is taken, not even to
 * close, and no limit and no person's resume lifts it. Its orders are cancelled, protective ones
 * too; what is held stays and keeps its last price. */
#include "core/engine/state.h"

bool instrument_is_listed(const struct engine *engine, uint32_t instrument)
{
    const struct instrument_risk *state = &engine->risk.states[instrument];
    return state->state != TRADING_HALTED || state->state_reason != REASON_NOT_LISTED;
}

void instrument_unlist(struct engine *engine, uint32_t instrument)
{
    state_set(engine, SCOPE_INSTRUMENT, instrument, TRADING_HALTED, REASON_NOT_LISTED);
}

void decide_list(struct engine *engine, const struct input *input)
{
    uint32_t index = input->instrument;
    if (index >= engine->config->instruments_count || instrument_is_listed(engine, index))
        return;
    list_instrument(engine, index);
    state_set(engine, SCOPE_INSTRUMENT, index, TRADING_ACTIVE, REASON_NOT_LISTED);
}

void decide_delist(struct engine *engine, const struct input *input)
{
    uint32_t index = input->instrument;
    if (index >= engine->config->instruments_count || !instrument_is_listed(engine, index))
        return;
    instrument_unlist(engine, index);
    for (uint32_t at = engine->header->live_first; at != 0;) {
        struct order *order = &engine->orders[at - 1];
        at = order->live_next;
        if (order->instrument == index)
            cancel_request(engine, order, REASON_NOT_LISTED);
    }
}
