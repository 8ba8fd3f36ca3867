/* Correlation matrices: Cholesky factor, check, and repair of one that is not positive definite.
 *
 * Matrices are square, row-major doubles with `stride` elements a row. Only + - * / and sqrt are
 * used, so every build gives the same bits. */
#ifndef TERN_SIM_GENERATOR_MATRIX_H
#define TERN_SIM_GENERATOR_MATRIX_H

#include "base/base.h"

/* What is left of a row's variance must exceed this for a matrix to count as positive definite. */
#define CHOLESKY_REMAINDER_MIN 1e-10
/* The least eigenvalue a repaired matrix has before its diagonal is renormalised. */
#define REPAIR_EIGENVALUE_MIN 1e-6

/* Appends row `row` of the factor L (L Lᵀ = C) to `lower`, whose rows 0 .. row - 1 are done.
 * correlation[0 .. row] is that row of C, with 1 in the last place. False, with the row of `lower`
 * undefined, where C is not positive definite. Rows above are only read: a new instrument never
 * changes the paths of those before it. */
MUST_USE bool cholesky_append(double *lower, size_t stride, size_t row, const double *correlation);
/* All rows at once; correlation and lower are count x count with the same stride. */
MUST_USE bool cholesky_factor(const double *correlation, double *lower, size_t stride,
                              size_t count);
/* Scales the off-diagonal part of one row of C down, by the least factor that lets cholesky_append
 * succeed behind the rows of `lower`, and returns that factor (1 where nothing was wrong). Row
 * `row` of `lower` is scratch. */
double correlation_shrink_row(double *lower, size_t stride, size_t row, double *correlation);

/* Eigenvalues (in place of the diagonal of `matrix`) and eigenvectors (columns of `vectors`) of a
 * symmetric matrix by cyclic Jacobi rotations. `matrix` is destroyed. */
void eigen_symmetric(double *matrix, double *vectors, size_t stride, size_t count);
/* Makes a symmetric matrix with unit diagonal positive definite: eigenvalues below
 * REPAIR_EIGENVALUE_MIN are raised to it and the diagonal is scaled back to 1. `scratch` holds
 * 2 * stride * count doubles. Returns the largest change of an element. */
double correlation_repair(double *correlation, double *scratch, size_t stride, size_t count);

#endif
