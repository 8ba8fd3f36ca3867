/* Inside of the generator: the events of one update interval. Only generator.c and tests of the
 * generator need it. */
#ifndef TERN_SIM_GENERATOR_WINDOW_H
#define TERN_SIM_GENERATOR_WINDOW_H

#include "sim/generator/generator.h"

/* Room for one slot's events in one interval: a new book, an update and bars always fit (asserted
 * in window.c); a trade that might not fit any more is not made. */
#define WINDOW_SLOT_EVENTS_MAX 256

/* Sets a slot's book, trade and bar state to "not started" for the instrument that path slot
 * `slot` holds. */
void window_slot_init(struct generator *generator, size_t slot);
/* Moves the paths over one update interval from now_ns and fills events and order. */
void window_run(struct generator *generator);
/* Takes the events of a slot that have not been yielded out of the present interval. */
void window_drop_slot(struct generator *generator, size_t slot);

#endif
