#include "drive/sweep/sweep_compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/math.h"
#include "drive/result/statistics.h"
#include "drive/sweep/sweep_run.h"

#define DAYS_A_YEAR 365.0
#define VALUE_DECIMALS 12u

/* ---- how trials are spread ------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    const double *left = a;
    const double *right = b;
    return (*left > *right) - (*left < *right);
}

static double quantile(const double *sorted, size_t count, double share)
{
    double place = share * (double)(count - 1);
    size_t below = (size_t)place;
    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}

static double annual(const struct sweep_trial *trial)
{
    return trial->row.sharpe * math_sqrt(DAYS_A_YEAR);
}

enum status sweep_spread_of(const struct sweep_summary *summary, struct sweep_spread *out)
{
    double *values = malloc(((size_t)summary->full + 1) * sizeof *values);
    double sum = 0;
    uint32_t earned = 0;
    *out = (struct sweep_spread){0};
    if (values == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < summary->full; i++) {
        double value = annual(&summary->trials[i]);
        if (!double_is_finite(value))
            continue;
        values[out->trials++] = value;
        sum += value;
        earned += value > 0;
    }
    out->best = out->upper = out->median = out->lower = out->worst = out->mean = out->earned =
        double_nan();
    if (out->trials > 0) {
        qsort(values, out->trials, sizeof *values, by_value);
        out->best = values[out->trials - 1];
        out->upper = quantile(values, out->trials, 0.75);
        out->median = quantile(values, out->trials, 0.5);
        out->lower = quantile(values, out->trials, 0.25);
        out->worst = values[0];
        out->mean = sum / out->trials;
        out->earned = (double)earned / out->trials;
    }
    free(values);
    return STATUS_OK;
}

void sweep_bins_of(const struct sweep_summary *summary, double low, double high,
                   double bins[COMPARE_BINS])
{
    memset(bins, 0, COMPARE_BINS * sizeof *bins);
    for (uint32_t i = 0; i < summary->full; i++) {
        double value = annual(&summary->trials[i]);
        if (!double_is_finite(value) || !(high > low) || value < low || value > high)
            continue;
        uint32_t bin = (uint32_t)((value - low) / (high - low) * COMPARE_BINS);
        bins[bin < COMPARE_BINS ? bin : COMPARE_BINS - 1] += 1;
    }
}

/* ---- what they have in common ---------------------------------------------------------------- */

/* Place of each value among all, 1 the lowest, equal ones with the mean of theirs. */
struct ranked {
    double value;
    size_t place;
};

static int by_ranked(const void *a, const void *b)
{
    const struct ranked *left = a;
    const struct ranked *right = b;
    return (left->value > right->value) - (left->value < right->value);
}

static void ranks_of(const double *values, size_t count, struct ranked *sorted, double *ranks)
{
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct ranked){values[i], i};
    qsort(sorted, count, sizeof *sorted, by_ranked);
    for (size_t first = 0, end = 0; first < count; first = end) {
        end = first + 1;
        while (end < count && !(sorted[end].value > sorted[first].value))
            end++;
        for (size_t i = first; i < end; i++)
            ranks[sorted[i].place] = (double)(first + end + 1) / 2;
    }
}

enum status rank_correlation(const double *a, const double *b, size_t count, double *out)
{
    struct ranked *sorted = malloc((count + 1) * sizeof *sorted);
    double *left = malloc((count + 1) * sizeof *left);
    double *right = malloc((count + 1) * sizeof *right);
    enum status status = sorted == NULL || left == NULL || right == NULL ? STATUS_NO_MEMORY
                                                                         : STATUS_OK;
    *out = double_nan();
    if (status == STATUS_OK && count >= 3) {
        double both = 0, one = 0, other = 0, mean = (double)(count + 1) / 2;
        ranks_of(a, count, sorted, left);
        ranks_of(b, count, sorted, right);
        for (size_t i = 0; i < count; i++) {
            both += (left[i] - mean) * (right[i] - mean);
            one += (left[i] - mean) * (left[i] - mean);
            other += (right[i] - mean) * (right[i] - mean);
        }
        if (one > 0 && other > 0)
            *out = both / math_sqrt(one * other);
    }
    free(sorted);
    free(left);
    free(right);
    return status;
}

/* Parameters as one text in the order of keys, so that two sweeps write them alike. */
struct named {
    char *params;   /* owned */
    uint32_t place; /* in the summary, 0 the best */
};

static int by_params(const void *a, const void *b)
{
    const struct named *left = a;
    const struct named *right = b;
    int difference = strcmp(left->params, right->params);
    return difference != 0 ? difference
                           : (left->place > right->place) - (left->place < right->place);
}

static void value_append(struct text_buffer *out, const char *value)
{
    char text[DECIMAL_TEXT_SIZE];
    int64_t number = 0;
    if (decimal_parse_i64(text_of(value), VALUE_DECIMALS, &number) == STATUS_OK) {
        size_t size = decimal_format_i64(text, number, VALUE_DECIMALS);
        text_buffer_append(out, (struct text){text, size});
    } else {
        text_buffer_append(out, text_of(value));
    }
}

static void axes_sorted(const struct sweep_space *space, uint32_t order[SWEEP_AXES_MAX])
{
    for (uint32_t i = 0; i < space->axes_count; i++) {
        uint32_t place = i;
        while (place > 0 && strcmp(space->axes[i].key, space->axes[order[place - 1]].key) < 0) {
            order[place] = order[place - 1];
            place--;
        }
        order[place] = i;
    }
}

static void names_free(struct named *names, uint32_t count)
{
    for (uint32_t i = 0; names != NULL && i < count; i++)
        free(names[i].params);
    free(names);
}

/* Sorted by their text; of parameters that were drawn twice the better stays first. */
static struct named *names_of(const struct sweep_summary *summary)
{
    uint32_t order[SWEEP_AXES_MAX] = {0};
    struct named *names = calloc((size_t)summary->full + 1, sizeof *names);
    if (names == NULL)
        return NULL;
    axes_sorted(&summary->space, order);
    for (uint32_t i = 0; i < summary->full; i++) {
        struct text_buffer text;
        text_buffer_init(&text, 4096);
        uint32_t candidate = sweep_candidate(summary, &summary->trials[i]);
        for (uint32_t k = 0; k < summary->space.axes_count; k++) {
            text_buffer_print(&text, "%s=", summary->space.axes[order[k]].key);
            value_append(&text, sweep_space_value(&summary->space, candidate, order[k]));
            text_buffer_append(&text, TEXT(" "));
        }
        names[i] = (struct named){text.data, i};
        if (text.data == NULL) {
            names_free(names, i);
            return NULL;
        }
    }
    qsort(names, summary->full, sizeof *names, by_params);
    return names;
}

struct pair {
    uint32_t a, b; /* places in their summaries */
};

static int by_number(const void *a, const void *b)
{
    const uint32_t *left = a;
    const uint32_t *right = b;
    return (*left > *right) - (*left < *right);
}

static enum status overlap_measure(const struct sweep_summary *a, const struct sweep_summary *b,
                                   const struct pair *pairs, struct sweep_overlap *out)
{
    double *left = malloc(((size_t)out->common + 1) * sizeof *left);
    double *right = malloc(((size_t)out->common + 1) * sizeof *right);
    uint32_t *places = malloc(((size_t)out->common + 1) * sizeof *places);
    enum status status = STATUS_NO_MEMORY;
    if (left != NULL && right != NULL && places != NULL) {
        size_t count = 0;
        for (uint32_t i = 0; i < out->common; i++) {
            double one = annual(&a->trials[pairs[i].a]), other = annual(&b->trials[pairs[i].b]);
            if (!double_is_finite(one) || !double_is_finite(other))
                continue;
            left[count] = one;
            right[count++] = other;
        }
        status = rank_correlation(left, right, count, &out->rank_correlation);
        /* Pairs come in the order of a; the best tenth of b ends at a place of b. */
        uint32_t top = (out->common + 9) / 10, hits = 0;
        for (uint32_t i = 0; i < out->common; i++)
            places[i] = pairs[i].b;
        qsort(places, out->common, sizeof *places, by_number);
        for (uint32_t i = 0; i < top; i++)
            hits += pairs[i].b <= places[top - 1];
        out->top_tenth = top > 0 ? (double)hits / top : double_nan();
    }
    free(left);
    free(right);
    free(places);
    return status;
}

static int by_place(const void *a, const void *b)
{
    const struct pair *left = a;
    const struct pair *right = b;
    return (left->a > right->a) - (left->a < right->a);
}

enum status sweep_overlap_of(const struct sweep_summary *a, const struct sweep_summary *b,
                             struct sweep_overlap *out)
{
    struct named *left = names_of(a), *right = names_of(b);
    struct pair *pairs = malloc(((size_t)a->full + 1) * sizeof *pairs);
    enum status status = STATUS_NO_MEMORY;
    *out = (struct sweep_overlap){.rank_correlation = double_nan(), .top_tenth = double_nan()};
    if (left != NULL && right != NULL && pairs != NULL) {
        uint32_t j = 0;
        for (uint32_t i = 0; i < a->full; i++) {
            bool again = i > 0 && strcmp(left[i].params, left[i - 1].params) == 0;
            while (j < b->full && strcmp(right[j].params, left[i].params) < 0)
                j++;
            if (again || j == b->full || strcmp(right[j].params, left[i].params) != 0)
                continue;
            pairs[out->common++] = (struct pair){left[i].place, right[j].place};
            if (left[i].place == 0)
                out->best_there = right[j].place + 1;
            if (right[j].place == 0)
                out->best_here = left[i].place + 1;
        }
        qsort(pairs, out->common, sizeof *pairs, by_place);
        status = overlap_measure(a, b, pairs, out);
    }
    names_free(left, a->full);
    names_free(right, b->full);
    free(pairs);
    return status;
}

/* ---- what they are --------------------------------------------------------------------------- */

enum status sweep_lists_read(const char *store_path, struct sweep_lists *out,
                             struct problem *problem)
{
    struct sweep_store *store = NULL;
    struct config config;
    struct text_buffer data, space;
    text_buffer_init(&out->config, CONFIG_TEXT_SIZE_MAX);
    text_buffer_init(&out->data, 16u << 20);
    text_buffer_init(&out->space, 16u << 20);
    text_buffer_init(&data, 16u << 20);
    text_buffer_init(&space, 16u << 20);
    enum status status = sweep_store_open(store_path, false, &store, problem);
    if (status == STATUS_OK)
        status = sweep_config_read(store, NULL, 0, &config, problem);
    if (status == STATUS_OK) {
        config_show(&config, &out->config);
        config_release(&config);
        status = sweep_meta_get(store, "data", &data, problem);
    }
    if (status == STATUS_OK)
        status = sweep_meta_get(store, "space", &space, problem);
    if (status == STATUS_OK) {
        sweep_words_list((struct text){data.data, data.size}, '\n', ' ', &out->data);
        sweep_words_list((struct text){space.data, space.size}, ' ', '=', &out->space);
    }
    sweep_store_close(store);
    text_buffer_release(&data);
    text_buffer_release(&space);
    if (status != STATUS_OK)
        sweep_lists_release(out);
    return status;
}

void sweep_lists_release(struct sweep_lists *lists)
{
    text_buffer_release(&lists->config);
    text_buffer_release(&lists->data);
    text_buffer_release(&lists->space);
}
