/* Which bots carry the risk: of what their trips brought, day by day. */
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/time.h"
#include "drive/doubt/doubt.h"
#include "drive/doubt/portfolio.h"

#define DAYS_MIN 30
#define DAYS_MAX (INT64_C(1) << 20)

/* [day * bots + bot]: money, a trip on the day it closed. */
static double *days_fill(const struct backtest_result *result, size_t days)
{
    size_t bots = result->bots.count;
    int64_t first = day_of_ns(result->from_ns);
    double *nets = calloc(days * bots, sizeof *nets);
    for (uint32_t i = 0; nets != NULL && i < result->trips.count; i++) {
        const struct result_trip *trip = &result->trips.items[i];
        int64_t day = day_of_ns(trip->close_time_ns - 1) - first;
        if (day < 0)
            day = 0;
        if (day < (int64_t)days)
            nets[(size_t)day * bots + trip->bot] += (double)trip->net.units / 1e18;
    }
    return nets;
}

static double correlation_mean(const double *covariance, size_t count)
{
    double sum = 0;
    size_t pairs = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            double product = covariance[i * count + i] * covariance[j * count + j];
            if (!(product > 0))
                continue;
            sum += covariance[i * count + j] / math_sqrt(product);
            pairs++;
        }
    }
    return pairs > 0 ? sum / (double)pairs : double_nan();
}

enum status doubt_bots(const struct backtest_result *result, struct doubt *out)
{
    size_t bots = result->bots.count;
    int64_t days = day_of_ns(result->to_ns - 1) - day_of_ns(result->from_ns) + 1;
    out->bots_correlation = out->bots_effective = double_nan();
    if (bots < 2 || bots > PORTFOLIO_ASSETS_MAX || days < DAYS_MIN || days > DAYS_MAX)
        return STATUS_OK;
    double *nets = days_fill(result, (size_t)days);
    double *covariance = malloc(bots * bots * sizeof *covariance);
    double *ones = malloc(bots * sizeof *ones);
    double *parts = malloc(bots * sizeof *parts);
    out->bots = calloc(bots, sizeof *out->bots);
    enum status status = STATUS_NO_MEMORY;
    if (nets != NULL && covariance != NULL && ones != NULL && parts != NULL && out->bots != NULL) {
        double mean = 0, weight = 0;
        /* Days with a trip are few and wild: variances of their own, and what pairs have in common
         * drawn towards one correlation. A bot without any trip has neither. */
        status = covariance_shrink_constant(nets, (size_t)days, bots, covariance, &mean, &weight);
        if (status == STATUS_RANGE) {
            covariance_sample(nets, (size_t)days, bots, covariance);
            status = STATUS_OK;
        }
    }
    if (status == STATUS_OK) {
        for (size_t i = 0; i < bots; i++)
            ones[i] = 1;
        double all = portfolio_deviation(ones, covariance, bots, parts);
        for (size_t i = 0; i < bots; i++) {
            struct doubt_bot *row = &out->bots[out->bots_count++];
            (void)text_copy(row->name, sizeof row->name, text_of(result->bots.items[i].name));
            row->risk = all > 0 ? parts[i] / all : 0;
            /* A bot that hedges the others is no concentration. */
            parts[i] = parts[i] > 0 ? parts[i] : 0;
        }
        out->bots_effective = effective_number(parts, bots);
        out->bots_correlation = correlation_mean(covariance, bots);
    }
    for (uint32_t i = 0; status == STATUS_OK && i < result->trips.count; i++)
        out->bots[result->trips.items[i].bot].net.units += result->trips.items[i].net.units;
    free(nets);
    free(covariance);
    free(ones);
    free(parts);
    return status;
}
