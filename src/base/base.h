/* What every file of tern may rely on: exact integer types, assertions that stay on, small helpers.
 *
 * ASSERT is for our own mistakes only and is never compiled out. Data from outside never reaches
 * an ASSERT: it is judged first and answered with an enum status and a struct problem. */
#ifndef TERN_BASE_BASE_H
#define TERN_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

#define NANOSECONDS_PER_SECOND INT64_C(1000000000)
#define NANOSECONDS_PER_DAY (INT64_C(86400) * NANOSECONDS_PER_SECOND)

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_index, args_index) \
    __attribute__((format(printf, format_index, args_index)))
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Prints the expression and its place on stderr and aborts. */
_Noreturn void assert_failed(const char *expression, const char *file, int line);

#define ASSERT(expression) \
    (LIKELY(expression) ? (void)0 : assert_failed(#expression, __FILE__, __LINE__))

static inline int64_t i64_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}
static inline int64_t i64_max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}
static inline uint64_t u64_min(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}
static inline uint64_t u64_max(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

#endif
