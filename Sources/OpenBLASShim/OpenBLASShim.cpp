#include "OpenBLASShim.h"

#include <cblas.h>

#include <exception>
#include <vector>

// OpenBLAS carries LAPACK, whose C header is in none of its packages. Fortran passes everything by reference, and the
// lengths of strings after the last argument.
extern "C" void dsyevd_(
    const char *jobz, const char *uplo, const blasint *n, double *a, const blasint *lda, double *w, double *work,
    const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info, size_t jobz_length,
    size_t uplo_length);

namespace {

void setThreads(int32_t threads) { openblas_set_num_threads(threads); }

void multiplyTransposed(
    const float *left, const float *right, int32_t rows, int32_t columns, int32_t inner, float scale, float *result,
    int32_t stride) {
  cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, inner, scale, left, inner, right, inner, 0, result,
      stride);
}

void addTransposed(
    const double *left, const double *right, int32_t rows, int32_t height, int32_t width, int32_t stride,
    double *result) {
  cblas_dgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, height, width, rows, 1, left, stride, right, stride, 1, result, stride);
}

int32_t symmetricEigenvectors(double *matrix, int32_t size, double *values) try {
  const blasint order = size;
  const blasint workSize = 1 + 6 * order + 2 * order * order;
  const blasint integerWorkSize = 3 + 5 * order;
  std::vector<double> work(workSize);
  std::vector<blasint> integerWork(integerWorkSize);
  blasint status = 0;
  // V: vectors too. L: the lower triangle, which is the upper one of a row-major matrix; this one is symmetric.
  dsyevd_(
      "V", "L", &order, matrix, &order, values, work.data(), &workSize, integerWork.data(), &integerWorkSize, &status,
      1, 1);
  return status;
} catch (const std::exception &) {
  return -1;
}

}  // namespace

const dfblas_functions *dfblas_table(void) {
  static const dfblas_functions table = {
      dfblas_layout, setThreads, multiplyTransposed, addTransposed, symmetricEigenvectors};
  return &table;
}
