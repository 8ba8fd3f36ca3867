#include "drive/doubt/portfolio.h"

#include <stdlib.h>

#include "base/math.h"
#include "drive/result/statistics.h"

double correlation_ewma(const double *x, const double *y, size_t count, double decay)
{
    if (count == 0)
        return double_nan();
    double xx = x[0] * x[0], yy = y[0] * y[0], xy = x[0] * y[0];
    for (size_t i = 1; i < count; i++) {
        xx = decay * xx + (1 - decay) * x[i] * x[i];
        yy = decay * yy + (1 - decay) * y[i] * y[i];
        xy = decay * xy + (1 - decay) * x[i] * y[i];
    }
    if (!(xx > 0) || !(yy > 0))
        return double_nan();
    return xy / (math_sqrt(xx) * math_sqrt(yy));
}

static double mean_of(const double *returns, size_t rows, size_t assets, size_t asset)
{
    double sum = 0;
    for (size_t row = 0; row < rows; row++)
        sum += returns[row * assets + asset];
    return sum / (double)rows;
}

void covariance_sample(const double *returns, size_t rows, size_t assets, double *out)
{
    for (size_t i = 0; i < assets; i++) {
        double mean_i = mean_of(returns, rows, assets, i);
        for (size_t j = 0; j <= i; j++) {
            double mean_j = mean_of(returns, rows, assets, j), sum = 0;
            for (size_t row = 0; row < rows; row++)
                sum += (returns[row * assets + i] - mean_i) * (returns[row * assets + j] - mean_j);
            out[i * assets + j] = out[j * assets + i] = sum / (double)rows;
        }
    }
}

/* How far single days lie from the sample covariance: the sum over pairs of the mean over days of
 * (x_i x_j - s_ij)^2, which is what its noise is estimated by. */
static double noise_of(const double *returns, size_t rows, size_t assets, const double *sample)
{
    double all = 0;
    for (size_t i = 0; i < assets; i++) {
        double mean_i = mean_of(returns, rows, assets, i);
        for (size_t j = 0; j < assets; j++) {
            double mean_j = mean_of(returns, rows, assets, j), sum = 0;
            for (size_t row = 0; row < rows; row++) {
                double product = (returns[row * assets + i] - mean_i) *
                                 (returns[row * assets + j] - mean_j);
                double difference = product - sample[i * assets + j];
                sum += difference * difference;
            }
            all += sum / (double)rows;
        }
    }
    return all;
}

double covariance_shrink(const double *returns, size_t rows, size_t assets, double *out)
{
    double trace = 0, distance = 0;
    covariance_sample(returns, rows, assets, out);
    for (size_t i = 0; i < assets; i++)
        trace += out[i * assets + i];
    double mean = trace / (double)assets;
    for (size_t i = 0; i < assets; i++) {
        for (size_t j = 0; j < assets; j++) {
            double difference = out[i * assets + j] - (i == j ? mean : 0);
            distance += difference * difference;
        }
    }
    double noise = noise_of(returns, rows, assets, out) / (double)rows;
    double weight = !(distance > 0) ? 0 : noise < distance ? noise / distance : 1;
    for (size_t i = 0; i < assets; i++) {
        for (size_t j = 0; j < assets; j++)
            out[i * assets + j] = (1 - weight) * out[i * assets + j] + (i == j ? weight * mean : 0);
    }
    return weight;
}

/* Mean over days of ((x_i^2 - s_ii)(x_i x_j - s_ij)): how the noise of a variance goes with that of
 * a covariance. */
static double noise_shared(const double *returns, size_t rows, size_t assets, const double *sample,
                           size_t i, size_t j)
{
    double mean_i = mean_of(returns, rows, assets, i);
    double mean_j = mean_of(returns, rows, assets, j), sum = 0;
    for (size_t row = 0; row < rows; row++) {
        double x = returns[row * assets + i] - mean_i, y = returns[row * assets + j] - mean_j;
        sum += (x * x - sample[i * assets + i]) * (x * y - sample[i * assets + j]);
    }
    return sum / (double)rows;
}

/* The covariance that the target has in place of s_ij. */
static double target_of(const double *sample, size_t assets, double mean, size_t i, size_t j)
{
    if (i == j)
        return sample[i * assets + i];
    return mean * math_sqrt(sample[i * assets + i] * sample[j * assets + j]);
}

enum status covariance_shrink_constant(const double *returns, size_t rows, size_t assets,
                                       double *out, double *mean, double *weight)
{
    double *sample = malloc(assets * assets * sizeof *sample);
    double sum = 0, shared = 0, distance = 0;
    if (sample == NULL)
        return STATUS_NO_MEMORY;
    covariance_sample(returns, rows, assets, sample);
    for (size_t i = 0; i < assets; i++) {
        if (!(sample[i * assets + i] > 0)) {
            free(sample);
            return STATUS_RANGE;
        }
        for (size_t j = 0; j < i; j++)
            sum += sample[i * assets + j] /
                   math_sqrt(sample[i * assets + i] * sample[j * assets + j]);
    }
    double pairs = (double)assets * (double)(assets - 1) / 2;
    *mean = pairs > 0 ? sum / pairs : 0;
    double noise = noise_of(returns, rows, assets, sample);
    for (size_t i = 0; i < assets; i++) {
        shared += noise_shared(returns, rows, assets, sample, i, i);
        for (size_t j = 0; j < assets; j++) {
            double difference = target_of(sample, assets, *mean, i, j) - sample[i * assets + j];
            distance += difference * difference;
            if (i == j)
                continue;
            double ratio = math_sqrt(sample[j * assets + j] / sample[i * assets + i]);
            shared += *mean * ratio * noise_shared(returns, rows, assets, sample, i, j);
        }
    }
    double raw = distance > 0 ? (noise - shared) / distance / (double)rows : 0;
    *weight = raw < 0 ? 0 : raw > 1 ? 1 : raw;
    for (size_t i = 0; i < assets; i++) {
        for (size_t j = 0; j < assets; j++)
            out[i * assets + j] = *weight * target_of(sample, assets, *mean, i, j) +
                                  (1 - *weight) * sample[i * assets + j];
    }
    free(sample);
    return STATUS_OK;
}

double portfolio_deviation(const double *weights, const double *covariance, size_t assets,
                           double *contributions)
{
    double variance = 0;
    for (size_t i = 0; i < assets; i++) {
        double with_all = 0;
        for (size_t j = 0; j < assets; j++)
            with_all += covariance[i * assets + j] * weights[j];
        if (contributions != NULL)
            contributions[i] = weights[i] * with_all;
        variance += weights[i] * with_all;
    }
    double deviation = variance > 0 ? math_sqrt(variance) : 0;
    for (size_t i = 0; contributions != NULL && i < assets; i++)
        contributions[i] = deviation > 0 ? contributions[i] / deviation : 0;
    return deviation;
}

double diversification_ratio(const double *weights, const double *covariance, size_t assets)
{
    double sum = 0, deviation = portfolio_deviation(weights, covariance, assets, NULL);
    for (size_t i = 0; i < assets; i++)
        sum += weights[i] * math_sqrt(covariance[i * assets + i]);
    return deviation > 0 ? sum / deviation : double_nan();
}

void weights_inverse_volatility(const double *deviations, size_t assets, double *out)
{
    double sum = 0;
    for (size_t i = 0; i < assets; i++) {
        out[i] = deviations[i] > 0 ? 1 / deviations[i] : 0;
        sum += out[i];
    }
    for (size_t i = 0; i < assets && sum > 0; i++)
        out[i] /= sum;
}

double effective_number(const double *shares, size_t count)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        sum += shares[i];
        squares += shares[i] * shares[i];
    }
    return squares > 0 ? sum * sum / squares : double_nan();
}
