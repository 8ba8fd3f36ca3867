#include "core/signal/score.h"

static int sign_of(double x)
{
    return (x > 0.0) - (x < 0.0);
}

bool score_combine(const struct score_term *terms, size_t count, struct score *score)
{
    double weights = 0.0;
    double sum = 0.0;
    *score = (struct score){0};
    for (size_t i = 0; i < count; i++) {
        if (!(terms[i].weight > 0.0))
            continue;
        if (!terms[i].ready)
            return false;
        weights += terms[i].weight;
        sum += terms[i].weight * terms[i].score;
    }
    if (!(weights > 0.0))
        return false;
    double agreeing = 0.0;
    for (size_t i = 0; i < count; i++) {
        if (terms[i].weight > 0.0 && sign_of(terms[i].score) == sign_of(sum))
            agreeing += terms[i].weight;
    }
    score->value = score_clamp(sum / weights);
    score->confidence = agreeing / weights;
    return true;
}
