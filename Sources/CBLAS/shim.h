#pragma once
#include <cblas.h>

// OpenBLAS carries LAPACK, whose C header is in none of its packages. Fortran passes everything by reference, and the
// lengths of strings after the last argument.
void dsyevd_(const char *jobz, const char *uplo, const blasint *n, double *a, const blasint *lda, double *w,
             double *work, const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info,
             size_t jobz_length, size_t uplo_length);
