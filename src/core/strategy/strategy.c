#include "core/strategy/strategy.h"

static const struct strategy_class *const classes[] = {
    &strategy_ma_cross, &strategy_score, &strategy_rsi, &strategy_macd,      &strategy_bollinger,
    &strategy_donchian, &strategy_grid,  &strategy_dca, &strategy_rebalance, &strategy_maker,
};

const struct strategy_class *const *strategy_classes(size_t *count)
{
    *count = ARRAY_COUNT(classes);
    return classes;
}

const struct strategy_class *strategy_find(struct text name)
{
    for (size_t i = 0; i < ARRAY_COUNT(classes); i++) {
        if (text_equal(name, text_of(classes[i]->name)))
            return classes[i];
    }
    return NULL;
}

const char *bot_action_name(enum bot_action action)
{
    static const char *const names[] = {"warming",    "hold",    "enter",     "exit",
                                        "confirming", "cooling", "in_flight", "denied",
                                        "paused",     "no_size", "quote"};
    ASSERT(action < ARRAY_COUNT(names));
    return names[action];
}

const char *stance_name(enum stance stance)
{
    static const char *const names[] = {"none", "long", "flat"};
    ASSERT(stance < ARRAY_COUNT(names));
    return names[stance];
}
