#include "sim/generator/matrix.h"

#include "base/math.h"

/* Cyclic Jacobi converges quadratically: ten sweeps are plenty for 256 rows; the bound only keeps
 * the loop finite on NaN. */
#define JACOBI_SWEEPS_MAX 50

static double absolute(double x)
{
    return x < 0.0 ? -x : x;
}

/* Solves the part of row `row` left of the diagonal and returns the sum of its squares. */
static double forward_substitute(const double *lower, size_t stride, size_t row,
                                 const double *correlation, double *out)
{
    double squares = 0.0;
    for (size_t column = 0; column < row; column++) {
        const double *above = lower + column * stride;
        double sum = correlation[column];
        for (size_t k = 0; k < column; k++) {
            sum -= out[k] * above[k];
        }
        out[column] = sum / above[column];
        squares += out[column] * out[column];
    }
    return squares;
}

bool cholesky_append(double *lower, size_t stride, size_t row, const double *correlation)
{
    double *out = lower + row * stride;
    double remainder = correlation[row] - forward_substitute(lower, stride, row, correlation, out);
    if (!(remainder > CHOLESKY_REMAINDER_MIN)) {
        return false;
    }
    out[row] = math_sqrt(remainder);
    for (size_t column = row + 1; column < stride; column++) {
        out[column] = 0.0;
    }
    return true;
}

bool cholesky_factor(const double *correlation, double *lower, size_t stride, size_t count)
{
    ASSERT(count <= stride);
    for (size_t row = 0; row < count; row++) {
        if (!cholesky_append(lower, stride, row, correlation + row * stride)) {
            return false;
        }
    }
    return true;
}

double correlation_shrink_row(double *lower, size_t stride, size_t row, double *correlation)
{
    /* The row of L is linear in the row of C, so scaling one scales the other. */
    double *out = lower + row * stride;
    double squares = forward_substitute(lower, stride, row, correlation, out);
    if (correlation[row] - squares > CHOLESKY_REMAINDER_MIN) {
        return 1.0;
    }
    double factor = math_sqrt((correlation[row] - REPAIR_EIGENVALUE_MIN) / squares);
    for (size_t column = 0; column < row; column++) {
        correlation[column] *= factor;
    }
    return factor;
}

/* One rotation that makes matrix[p][q] zero. */
static void rotate(double *matrix, double *vectors, size_t stride, size_t count, size_t p, size_t q)
{
    double *row_p = matrix + p * stride;
    double *row_q = matrix + q * stride;
    double theta = (row_q[q] - row_p[p]) / (2.0 * row_p[q]);
    double tangent = 1.0 / (absolute(theta) + math_sqrt(theta * theta + 1.0));
    if (theta < 0.0) {
        tangent = -tangent;
    }
    double cosine = 1.0 / math_sqrt(tangent * tangent + 1.0);
    double sine = tangent * cosine;
    for (size_t k = 0; k < count; k++) {
        double at_p = matrix[k * stride + p];
        double at_q = matrix[k * stride + q];
        matrix[k * stride + p] = cosine * at_p - sine * at_q;
        matrix[k * stride + q] = sine * at_p + cosine * at_q;
    }
    for (size_t k = 0; k < count; k++) {
        double at_p = row_p[k];
        double at_q = row_q[k];
        row_p[k] = cosine * at_p - sine * at_q;
        row_q[k] = sine * at_p + cosine * at_q;
    }
    row_p[q] = 0.0;
    row_q[p] = 0.0;
    for (size_t k = 0; k < count; k++) {
        double at_p = vectors[k * stride + p];
        double at_q = vectors[k * stride + q];
        vectors[k * stride + p] = cosine * at_p - sine * at_q;
        vectors[k * stride + q] = sine * at_p + cosine * at_q;
    }
}

void eigen_symmetric(double *matrix, double *vectors, size_t stride, size_t count)
{
    for (size_t row = 0; row < count; row++) {
        for (size_t column = 0; column < count; column++) {
            vectors[row * stride + column] = row == column ? 1.0 : 0.0;
        }
    }
    for (unsigned sweep = 0; sweep < JACOBI_SWEEPS_MAX; sweep++) {
        double off_diagonal = 0.0;
        double diagonal = 0.0;
        for (size_t row = 0; row < count; row++) {
            diagonal += matrix[row * stride + row] * matrix[row * stride + row];
            for (size_t column = row + 1; column < count; column++) {
                off_diagonal += matrix[row * stride + column] * matrix[row * stride + column];
            }
        }
        if (!(off_diagonal > 1e-30 * diagonal)) {
            return;
        }
        for (size_t p = 0; p + 1 < count; p++) {
            for (size_t q = p + 1; q < count; q++) {
                if (absolute(matrix[p * stride + q]) > 0.0) {
                    rotate(matrix, vectors, stride, count, p, q);
                }
            }
        }
    }
}

double correlation_repair(double *correlation, double *scratch, size_t stride, size_t count)
{
    double *matrix = scratch;
    double *vectors = scratch + stride * count;
    for (size_t row = 0; row < count; row++) {
        for (size_t column = 0; column < count; column++) {
            matrix[row * stride + column] = correlation[row * stride + column];
        }
    }
    eigen_symmetric(matrix, vectors, stride, count);
    /* Row i of `vectors`, each element times the root of its eigenvalue and scaled to length one:
     * the inner products of such rows are the repaired matrix, already renormalised. */
    for (size_t row = 0; row < count; row++) {
        double squares = 0.0;
        for (size_t k = 0; k < count; k++) {
            double eigenvalue = matrix[k * stride + k];
            if (!(eigenvalue > REPAIR_EIGENVALUE_MIN)) {
                eigenvalue = REPAIR_EIGENVALUE_MIN;
            }
            vectors[row * stride + k] *= math_sqrt(eigenvalue);
            squares += vectors[row * stride + k] * vectors[row * stride + k];
        }
        double length = math_sqrt(squares);
        for (size_t k = 0; k < count; k++) {
            vectors[row * stride + k] /= length;
        }
    }
    double change_max = 0.0;
    for (size_t row = 0; row < count; row++) {
        for (size_t column = 0; column < count; column++) {
            double sum = 0.0;
            for (size_t k = 0; k < count; k++) {
                sum += vectors[row * stride + k] * vectors[column * stride + k];
            }
            double value = row == column ? 1.0 : sum;
            double change = absolute(value - correlation[row * stride + column]);
            change_max = change > change_max ? change : change_max;
            correlation[row * stride + column] = value;
        }
    }
    return change_max;
}
