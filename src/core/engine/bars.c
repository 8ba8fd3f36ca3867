/* Bars built from shorter ones, and what limits remember of bars. */
#include "core/engine/bars.h"

#include "base/time.h"

/* What a limit that is off would look at is not kept: the layout of durable state belongs to one
 * configuration anyway. */
static void remember_close(struct instrument_risk *state, struct price close)
{
    state->closes[state->closes_next] = close.units;
    state->closes_next = (state->closes_next + 1) % RISK_CLOSES_MAX;
    if (state->closes_count < RISK_CLOSES_MAX)
        state->closes_count++;
}

static void remember_volume(struct instrument_risk *state, int64_t time_ns, double volume)
{
    int64_t day = day_of_ns(time_ns);
    if (day != state->volume_day) {
        if (state->volume_day != 0 || state->volume_today > 0) {
            state->volume_days[state->volume_days_next] = state->volume_today;
            state->volume_days_next = (state->volume_days_next + 1) % RISK_VOLUME_DAYS;
            if (state->volume_days_count < RISK_VOLUME_DAYS)
                state->volume_days_count++;
        }
        state->volume_day = day;
        state->volume_today = 0;
    }
    state->volume_today += volume;
}

void bars_remember(struct engine *engine, uint32_t instrument, const struct bar *bar)
{
    struct instrument_risk *state = &engine->risk.states[instrument];
    uint32_t limits = engine->risk.limits.instruments[instrument].on;
    if (limits & LIMIT_FAT_FINGER)
        remember_close(state, bar->close);
    if (limits & LIMIT_ADV_SHARE)
        remember_volume(state, bar->open_time_ns, bar->volume);
}

/* Adds a data bar to the longer bar it belongs to; only a bar with every part closes. */
void bars_build(struct engine *engine, uint32_t series, const struct bar *bar, int64_t bar_ns,
                double scale)
{
    int64_t length = engine->config->series[series].bar_ns;
    struct series_state *state = &engine->series[series];
    int64_t rest = bar->open_time_ns % length;
    int64_t open_ns = bar->open_time_ns - (rest < 0 ? rest + length : rest);
    if (state->parts_count == 0 || state->bucket_open_ns != open_ns) {
        state->bucket_open_ns = open_ns;
        state->building = *bar;
        state->building.open_time_ns = open_ns;
        state->parts_count = 0;
    } else {
        struct bar *building = &state->building;
        if (bar->high.units > building->high.units)
            building->high = bar->high;
        if (bar->low.units < building->low.units)
            building->low = bar->low;
        building->close = bar->close;
        building->volume += bar->volume;
    }
    state->parts_count++;
    if ((int64_t)state->parts_count * bar_ns == length) {
        state->parts_count = 0;
        bars_series_close(engine, series, &state->building, scale);
    }
}
