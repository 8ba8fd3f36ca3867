/* Pictures of a sweep as SVG: heat maps, curves by parameter, the distribution of all trials.
 * Colours are classes of the page: p0 to p8 from nothing to the most above zero, in blue; n1 to n8
 * below zero, in orange: two hues that also those see apart who see no red or no green, and each
 * step darker (on dark ground brighter) than the one before. Inner header of sweep_page.c. */
#ifndef TERN_DRIVE_SWEEP_SWEEP_HEAT_H
#define TERN_DRIVE_SWEEP_SWEEP_HEAT_H

#include "base/text.h"
#include "drive/sweep/sweep_view.h"

#define HEAT_STEPS 8

struct heat_form {
    double width; /* of the picture, in its own units */
    bool best;    /* the best over the other parameters, else the mean */
    bool large;   /* with values in the cells, a scale, and marks that are explained */
};

void heat_append(const struct sweep_view *view, const struct sweep_map *map,
                 const struct heat_form *form, struct text_buffer *out);
/* The metric by the values of one parameter: mean over all others, best and worst. */
void curve_append(const struct sweep_view *view, uint32_t axis, struct text_buffer *out);
/* How many trials there are of which value, and where the chosen one is. */
void spread_append(const struct sweep_view *view, struct text_buffer *out);
/* A value of the metric, as `0.67` or `12.3 %`, a dash where there is none. */
#define HEAT_VALUE_SIZE 32u
void heat_value(const struct sweep_view *view, double value, char out[HEAT_VALUE_SIZE]);
/* Colour of a value between low and high: -8 to 8. What is better the less it is, is never
 * above 0. */
int heat_step(double value, double low, double high, bool falls);

#endif
