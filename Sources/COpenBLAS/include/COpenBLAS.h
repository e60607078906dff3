/// OpenBLAS, and the part of LAPACK in it that dfprep needs, as a table of C functions.
///
/// `Clustering` alone imports this header; `libOpenBLASShim.so` exports `dfblas_table`. Matrices are row-major; nothing here
/// checks a size or can fail but by its result.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Layout of the table below; a shim built from another header is refused.
static const int32_t dfblas_layout = 1;

typedef struct dfblas_functions {
  int32_t layout;
  /// Threads that share one product, from now on, in this process.
  void (*set_threads)(int32_t threads);
  /// `result = scale * left * right^T`: `left` `[rows, inner]`, `right` `[columns, inner]`, `result` `[rows, columns]`,
  /// each of its lines beginning `stride` values after the one before.
  void (*multiply_transposed)(
      const float *left, const float *right, int32_t rows, int32_t columns, int32_t inner, float scale, float *result,
      int32_t stride);
  /// `result += left^T * right`: `left` `[rows, height]`, `right` `[rows, width]`, `result` `[height, width]`; each line
  /// of all three begins `stride` values after the one before.
  void (*add_transposed)(
      const double *left, const double *right, int32_t rows, int32_t height, int32_t width, int32_t stride,
      double *result);
  /// Eigenvalues, ascending, of a symmetric `[size, size]` matrix, which is overwritten by its eigenvectors, one a line.
  /// Returns 0, or another number when LAPACK does not converge or memory is out.
  int32_t (*symmetric_eigenvectors)(double *matrix, int32_t size, double *values);
} dfblas_functions;

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
