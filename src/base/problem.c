/* Problems for people to read, and the end of a failed assertion. */
#include "base/problem.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void assert_failed(const char *expression, const char *file, int line)
{
    /* Straight to the descriptor: the state of stdio may be what is broken. */
    dprintf(STDERR_FILENO, "tern: assertion failed: %s (%s:%d)\n", expression, file, line);
    abort();
}

void problem_init(struct problem *problem)
{
    *problem = (struct problem){.status = STATUS_OK};
}

/* Cleaning replaces byte for byte or shrinks, and every part is shorter than this buffer, so a cut
 * made here lies behind the cut that text_copy_clean makes. */
static PRINTF_LIKE(3, 0) void fill(char *out, size_t out_size, const char *format, va_list args)
{
    char raw[1024];
    ASSERT(out_size <= sizeof raw / 2);
    int size = vsnprintf(raw, sizeof raw, format, args);
    if (size < 0)
        size = 0;
    size_t raw_size = (size_t)size < sizeof raw ? (size_t)size : sizeof raw - 1;
    text_copy_clean(out, out_size, (struct text){raw, raw_size});
}

enum status problem_set(struct problem *problem, enum status status, const char *where,
                        const char *found_format, ...)
{
    ASSERT(status != STATUS_OK);
    if (problem->status != STATUS_OK)
        return problem->status;
    problem->status = status;
    text_copy_clean(problem->where, sizeof problem->where, text_of(where));
    va_list args;
    va_start(args, found_format);
    fill(problem->found, sizeof problem->found, found_format, args);
    va_end(args);
    return status;
}

void problem_allowed(struct problem *problem, const char *format, ...)
{
    if (problem->allowed[0] != '\0')
        return;
    va_list args;
    va_start(args, format);
    fill(problem->allowed, sizeof problem->allowed, format, args);
    va_end(args);
}

void problem_next(struct problem *problem, const char *format, ...)
{
    if (problem->next[0] != '\0')
        return;
    va_list args;
    va_start(args, format);
    fill(problem->next, sizeof problem->next, format, args);
    va_end(args);
}

size_t problem_format(const struct problem *problem, char *out, size_t out_size)
{
    const char *found = problem->found[0] != '\0' ? problem->found
                                                  : status_sentence(problem->status);
    bool has_where = problem->where[0] != '\0';
    bool has_allowed = problem->allowed[0] != '\0';
    bool has_next = problem->next[0] != '\0';
    char line[sizeof *problem + 64];
    int size = snprintf(line, sizeof line, "error: %s%s%s%s%s%s%s", problem->where,
                        has_where ? ": " : "", found, has_allowed ? "; allowed: " : "",
                        problem->allowed, has_next ? "; next: " : "", problem->next);
    ASSERT(size >= 0 && (size_t)size < sizeof line);
    return text_copy_clean(out, out_size, (struct text){line, (size_t)size});
}
