#include "drive/sweep/sweep_importance.h"

#include <stdlib.h>

#include "base/math.h"
#include "drive/result/statistics.h"

/* Mean and sum of squared differences, in two passes. */
static double squares_of(const struct importance_input *input, double *mean, size_t *count)
{
    double sum = 0, squares = 0;
    *count = 0;
    for (size_t i = 0; i < input->trials; i++) {
        if (double_is_finite(input->values[i])) {
            sum += input->values[i];
            ++*count;
        }
    }
    *mean = *count > 0 ? sum / (double)*count : 0;
    for (size_t i = 0; i < input->trials; i++) {
        double difference = input->values[i] - *mean;
        if (double_is_finite(difference))
            squares += difference * difference;
    }
    return squares;
}

static uint32_t groups_most(const struct importance_input *input, uint32_t axis, size_t count)
{
    uint32_t most = input->counts[axis];
    if (!input->drawn)
        return most;
    uint32_t root = (uint32_t)math_sqrt((double)count);
    root = root < 2 ? 2 : root;
    return most < root ? most : root;
}

/* Sum over groups of n (mean of the group - mean)^2. */
static double between_of(const struct importance_input *input, uint32_t axis, uint32_t most,
                         double mean, double *sums, uint32_t *numbers, uint32_t *groups)
{
    double between = 0;
    *groups = 0;
    for (uint32_t group = 0; group < most; group++) {
        sums[group] = 0;
        numbers[group] = 0;
    }
    for (size_t i = 0; i < input->trials; i++) {
        if (!double_is_finite(input->values[i]))
            continue;
        uint64_t level = input->levels[i * input->axes + axis];
        uint64_t group = level * most / input->counts[axis];
        sums[group] += input->values[i] - mean;
        numbers[group]++;
    }
    for (uint32_t group = 0; group < most; group++) {
        if (numbers[group] == 0)
            continue;
        between += sums[group] * sums[group] / numbers[group];
        ++*groups;
    }
    return between;
}

enum status importance_compute(const struct importance_input *input, struct importance *out)
{
    double mean = 0, sum = 0;
    *out = (struct importance){.rest = double_nan()};
    double squares = squares_of(input, &mean, &out->trials);
    double *sums = malloc(SWEEP_VALUES_MAX * sizeof *sums);
    uint32_t *numbers = malloc(SWEEP_VALUES_MAX * sizeof *numbers);
    if (sums == NULL || numbers == NULL) {
        free(sums);
        free(numbers);
        return STATUS_NO_MEMORY;
    }
    /* Values that are all alike but for rounding vary by nothing. */
    bool varies = out->trials >= 2 && squares > (double)out->trials * mean * mean * 1e-24;
    out->deviation = out->trials > 0 ? math_sqrt(squares / (double)out->trials) : double_nan();
    for (uint32_t axis = 0; axis < input->axes; axis++) {
        uint32_t most = groups_most(input, axis, out->trials);
        double between = between_of(input, axis, most, mean, sums, numbers, &out->groups[axis]);
        double free_within = (double)out->trials - out->groups[axis];
        if (input->drawn && free_within > 0)
            between -= (out->groups[axis] - 1) * (squares - between) / free_within;
        else if (input->drawn)
            between = 0; /* each group has one trial: nothing can be said */
        out->shares[axis] = varies ? (between > 0 ? between / squares : 0) : double_nan();
        sum += out->shares[axis];
    }
    if (varies)
        out->rest = sum < 1 ? 1 - sum : 0;
    free(sums);
    free(numbers);
    return STATUS_OK;
}
