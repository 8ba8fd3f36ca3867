#include "drive/backtest/playback_troubles.h"

#include <stdarg.h>
#include <stdio.h>

#define SECONDS(ns) ((double)(ns) / (double)NANOSECONDS_PER_SECOND)

static const char *const trouble_names[] = {
#define TROUBLE_NAME(name, invalidates, sentence) [BOOK_TROUBLE_##name] = #name,
    BOOK_TROUBLE_TABLE(TROUBLE_NAME)
#undef TROUBLE_NAME
};

__attribute__((format(printf, 2, 3))) static enum status warn(struct backtest_result *result,
                                                              const char *format, ...)
{
    char text[RESULT_WARNING_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return backtest_result_add_warning(result, text_of(text));
}

static bool is_usual(enum book_trouble trouble)
{
    return trouble == BOOK_TROUBLE_ABSENT || trouble == BOOK_TROUBLE_EMPTY ||
           trouble == BOOK_TROUBLE_OVERLAP;
}

/* "gap 1, crossed 2"; empty where nothing was wrong. */
static void list_troubles(const struct order_book *book, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < BOOK_TROUBLE_COUNT; i++) {
        uint64_t count = order_book_troubles(book, (enum book_trouble)i);
        char name[32];
        size_t length = 0;
        if (count == 0 || is_usual((enum book_trouble)i))
            continue;
        for (const char *at = trouble_names[i]; *at != '\0' && length + 1 < sizeof name; at++)
            name[length++] = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
        name[length] = '\0';
        int written = snprintf(out + used, size - used, "%s%s %llu", used > 0 ? ", " : "", name,
                               (unsigned long long)count);
        if (written < 0 || (size_t)written >= size - used)
            return;
        used += (size_t)written;
    }
}

static enum status book_troubles(const struct session_feed *feed, uint32_t index, const char *name,
                                 struct backtest_result *result)
{
    const struct session_view *view = &feed->views[index];
    char list[RESULT_WARNING_SIZE];
    enum status status = STATUS_OK;
    if (view->book != NULL) {
        list_troubles(view->book, list, sizeof list);
        if (list[0] != '\0')
            status = warn(result, "order book of %s: %s", name, list);
    }
    if (status == STATUS_OK && view->old_count > 0)
        status = warn(result,
                      "order book of %s: %llu times silent for more than %.3f s, %llu trades "
                      "meanwhile",
                      name, (unsigned long long)view->old_count, SECONDS(feed->age_max_ns),
                      (unsigned long long)view->trades_late);
    int64_t invalid = view->invalid_sum_ns;
    if (view->invalid_ns != 0)
        invalid += feed->to_ns - view->invalid_ns;
    if (status == STATUS_OK && (invalid > 0 || view->invalid_ns != 0))
        status = warn(result, "order book of %s: not valid for %.3f of %.3f s", name,
                      SECONDS(invalid), SECONDS(feed->to_ns - feed->from_ns));
    if (status == STATUS_OK && view->quotes_bad > 0)
        status = warn(result, "quotes of %s: %llu without a market (one-sided, locked or crossed)",
                      name, (unsigned long long)view->quotes_bad);
    return status;
}

static enum status clock_troubles(const struct backtest *backtest, const struct session_file *file,
                                  struct backtest_result *result)
{
    const char *name = backtest->config->instruments[file->instrument].name;
    enum status status = STATUS_OK;
    if (file->moved_back > 0)
        status = warn(result, "clock of %s: %llu of %zu venue times before the one before", name,
                      (unsigned long long)file->moved_back, file->data.count);
    if (status == STATUS_OK && file->too_early > 0)
        status = warn(result, "clock of %s: %llu of %zu records received before they happened",
                      name, (unsigned long long)file->too_early, file->data.count);
    return status;
}

enum status playback_troubles(const struct backtest *backtest, struct backtest_result *result)
{
    const struct playback *playback = backtest->playback;
    const struct session *session = playback->session;
    enum status status = STATUS_OK;
    if (session->shift_ns != 0)
        status = warn(result,
                      "the recorder's clock was behind the venue's: receive times are "
                      "moved by %.3f s",
                      SECONDS(session->shift_ns));
    for (uint32_t i = 0; status == STATUS_OK && i < session->count; i++)
        status = clock_troubles(backtest, &session->files[i], result);
    for (uint32_t i = 0; status == STATUS_OK && i < playback->feed.instruments_count; i++)
        status = book_troubles(&playback->feed, i, backtest->config->instruments[i].name, result);
    struct book_venue_counters counters = book_venue_counters(playback->venue);
    if (status == STATUS_OK && counters.trades_bad > 0)
        status = warn(result, "trades without a positive price or quantity: %llu",
                      (unsigned long long)counters.trades_bad);
    return status;
}
