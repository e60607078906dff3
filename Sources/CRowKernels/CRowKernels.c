#include "CRowKernels.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)
#define EVERY_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EVERY_PROCESSOR
#endif
#define INLINE static inline __attribute__((always_inline))

// So many numbers at once, at any address. Twice as many where one sum is made alone, so that additions need not wait for
// each other.
typedef float lanes __attribute__((vector_size(64), aligned(4)));
typedef float long_lanes __attribute__((vector_size(128), aligned(4)));
typedef float half_lanes __attribute__((vector_size(32), aligned(4)));
typedef double wide_lanes __attribute__((vector_size(64), aligned(8)));

enum { width = 16, long_width = 32, wide_width = 8, cache_line = 64 };

// In halves: the shape of a sum must not hang on the instruction set.
INLINE float sum(float *values, int count) {
  for (int step = count / 2; step > 0; step /= 2)
    for (int lane = 0; lane < step; lane++) values[lane] += values[lane + step];
  return values[0];
}

INLINE float sum_lanes(const lanes *sums) {
  float values[width];
  memcpy(values, sums, sizeof values);
  return sum(values, width);
}

INLINE float sum_long(const long_lanes *sums) {
  float values[long_width];
  memcpy(values, sums, sizeof values);
  return sum(values, long_width);
}

INLINE double sum_wide(const wide_lanes *sums) {
  double values[wide_width];
  memcpy(values, sums, sizeof values);
  for (int step = wide_width / 2; step > 0; step /= 2)
    for (int lane = 0; lane < step; lane++) values[lane] += values[lane + step];
  return values[0];
}

INLINE float squared_distance(const float *row, float scale, const float *centre, ptrdiff_t columns) {
  long_lanes sums = {0};
  ptrdiff_t column = 0;
  for (; column + long_width <= columns; column += long_width) {
    long_lanes difference = *(const long_lanes *)(row + column) * scale - *(const long_lanes *)(centre + column);
    sums += difference * difference;
  }
  float rest = 0;
  for (; column < columns; column++) {
    float difference = row[column] * scale - centre[column];
    rest += difference * difference;
  }
  return sum_long(&sums) + rest;
}

EVERY_PROCESSOR
float dfr_squared_distance(const float *row, float scale, const float *centre, ptrdiff_t columns) {
  return squared_distance(row, scale, centre, columns);
}

// Four centres at a time: the row is scaled once for all, and their sums do not wait for each other.
EVERY_PROCESSOR
void dfr_squared_distances(const float *row, float scale, const float *centres, ptrdiff_t stride, ptrdiff_t count,
                           ptrdiff_t columns, float *distances) {
  ptrdiff_t done = 0;
  for (; done + 4 <= count; done += 4) {
    const float *first = centres + done * stride, *second = first + stride, *third = second + stride,
                *fourth = third + stride;
    lanes sums[4] = {{0}, {0}, {0}, {0}};
    ptrdiff_t column = 0;
    for (; column + width <= columns; column += width) {
      lanes point = *(const lanes *)(row + column) * scale;
      lanes a = point - *(const lanes *)(first + column), b = point - *(const lanes *)(second + column),
            c = point - *(const lanes *)(third + column), d = point - *(const lanes *)(fourth + column);
      sums[0] += a * a;
      sums[1] += b * b;
      sums[2] += c * c;
      sums[3] += d * d;
    }
    for (int centre = 0; centre < 4; centre++) {
      float rest = 0;
      for (ptrdiff_t last = column; last < columns; last++) {
        float difference = row[last] * scale - first[centre * stride + last];
        rest += difference * difference;
      }
      distances[done + centre] = sum_lanes(&sums[centre]) + rest;
    }
  }
  for (; done < count; done++)
    distances[done] = squared_distance(row, scale, centres + done * stride, columns);
}

EVERY_PROCESSOR
double dfr_exact_squared_distance(const float *row, float scale, const float *centre, ptrdiff_t columns) {
  wide_lanes sums = {0};
  ptrdiff_t column = 0;
  for (; column + wide_width <= columns; column += wide_width) {
    half_lanes point = *(const half_lanes *)(row + column) * scale;
    wide_lanes difference = __builtin_convertvector(point, wide_lanes) -
                            __builtin_convertvector(*(const half_lanes *)(centre + column), wide_lanes);
    sums += difference * difference;
  }
  double rest = 0;
  for (; column < columns; column++) {
    float point = row[column] * scale;
    double difference = (double)point - (double)centre[column];
    rest += difference * difference;
  }
  return sum_wide(&sums) + rest;
}

EVERY_PROCESSOR
float dfr_shifted(const float *row, float scale, const float *shift, ptrdiff_t columns, float *target) {
  long_lanes sums = {0};
  ptrdiff_t column = 0;
  for (; column + long_width <= columns; column += long_width) {
    long_lanes value = *(const long_lanes *)(row + column) * scale - *(const long_lanes *)(shift + column);
    *(long_lanes *)(target + column) = value;
    sums += value * value;
  }
  float rest = 0;
  for (; column < columns; column++) {
    float value = row[column] * scale - shift[column];
    target[column] = value;
    rest += value * value;
  }
  return sum_long(&sums) + rest;
}

EVERY_PROCESSOR
void dfr_add(const float *row, float scale, const double *anchors, ptrdiff_t columns, double *sums) {
  for (ptrdiff_t column = 0; column < columns; column++) {
    float point = row[column] * scale;
    double anchor = anchors[column];
    sums[column] += ((double)point + anchor) - anchor;
  }
}

EVERY_PROCESSOR
void dfr_move(const float *row, float scale, const double *anchors, ptrdiff_t columns, double *restrict less,
              double *restrict more) {
  for (ptrdiff_t column = 0; column < columns; column++) {
    float point = row[column] * scale;
    double anchor = anchors[column];
    double value = ((double)point + anchor) - anchor;
    less[column] -= value;
    more[column] += value;
  }
}

void dfr_prefetch(const float *row, ptrdiff_t columns) {
  const char *place = (const char *)row, *end = (const char *)(row + columns);
  for (; place < end; place += cache_line) __builtin_prefetch(place);
}
