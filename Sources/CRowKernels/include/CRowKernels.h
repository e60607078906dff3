// Loops over the columns of one row of features, each compiled for several instruction sets, of which the processor's own
// is taken when the program starts: what Swift cannot say of a function.
//
// A point is a row times `scale`, rounded to float32. As many partial sums are kept whatever the instruction set, and
// nothing is contracted: every processor gives the same bits.
#pragma once

#include <stddef.h>

// Squared distance of a point and a centre, in float32.
float dfr_squared_distance(const float *row, float scale, const float *centre, ptrdiff_t columns);

// The same for `count` centres, `stride` numbers apart, into `distances`.
void dfr_squared_distances(const float *row, float scale, const float *centres, ptrdiff_t stride, ptrdiff_t count,
                           ptrdiff_t columns, float *distances);

// Squared distance of a point and a centre, in float64.
double dfr_exact_squared_distance(const float *row, float scale, const float *centre, ptrdiff_t columns);

// Writes a point less `shift` to `target`; its squared length, in float32.
float dfr_shifted(const float *row, float scale, const float *shift, ptrdiff_t columns, float *target);

// sums += point, each number first rounded by adding and taking off the column's anchor.
void dfr_add(const float *row, float scale, const double *anchors, ptrdiff_t columns, double *sums);

// less -= point, more += point, rounded in the same way.
void dfr_move(const float *row, float scale, const double *anchors, ptrdiff_t columns, double *less, double *more);

// Asks for a row to be brought into the cache.
void dfr_prefetch(const float *row, ptrdiff_t columns);
