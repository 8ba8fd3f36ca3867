/* The larger computations of the golden program. */
#ifndef TERN_TESTS_GOLDEN_H
#define TERN_TESTS_GOLDEN_H

#include "base/hash.h"

/* A back-test of three bots on two instruments: every frame of the journal, the last chain value
 * and the hash of the state at the end. */
void run_engine(struct hash_stream *out);

#endif
