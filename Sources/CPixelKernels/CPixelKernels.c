#include "CPixelKernels.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)
#define EVERY_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define EVERY_PROCESSOR
#endif
#define INLINE static inline __attribute__((always_inline))

typedef float quad __attribute__((vector_size(16), aligned(4)));
typedef float lanes __attribute__((vector_size(32), aligned(4)));
typedef int32_t whole_lanes __attribute__((vector_size(32), aligned(4)));
typedef uint8_t byte_lanes __attribute__((vector_size(8), aligned(1)));
typedef int32_t whole_quad __attribute__((vector_size(16), aligned(4)));
typedef uint8_t byte_quad __attribute__((vector_size(4), aligned(1)));

// So many values are summed in 32 bits; rows that are reduced at once; the float that has no bits for fractions.
enum { strip = 1024, group = 4, lane_count = 8 };
static const float no_fractions = 0x1.8p23f;

INLINE ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

EVERY_PROCESSOR
void dfpx_luma(const uint8_t *restrict pixels, ptrdiff_t count, uint8_t *restrict luma) {
  for (ptrdiff_t i = 0; i < count; i++)
    luma[i] = (uint8_t)((uint16_t)(77 * pixels[3 * i] + 150 * pixels[3 * i + 1] + 29 * pixels[3 * i + 2] + 128) >> 8);
}

// Values and squares of a row.
INLINE void add_values(const uint8_t *row, ptrdiff_t count, int64_t *values, int64_t *squares) {
  for (ptrdiff_t start = 0; start < count; start += strip) {
    const ptrdiff_t end = least(count, start + strip);
    int32_t sum = 0, square_sum = 0;
    for (ptrdiff_t i = start; i < end; i++) {
      const int16_t value = row[i];
      sum += value;
      square_sum += (int32_t)value * value;
    }
    *values += sum;
    *squares += square_sum;
  }
}

INLINE void add_laplacian(int32_t value, dfpx_sums *sums) {
  sums->laplacians += value;
  sums->laplacian_squares += value * value;
}

// The Laplacian of a row of at least one value.
INLINE void add_laplacians(
    const uint8_t *above, const uint8_t *row, const uint8_t *below, ptrdiff_t width, dfpx_sums *sums) {
  const ptrdiff_t last = width - 1, second = width > 1 ? 1 : 0, before = width > 1 ? width - 2 : 0;
  add_laplacian(above[0] + below[0] + 2 * row[second] - 4 * row[0], sums);
  if (last > 0) add_laplacian(above[last] + below[last] + 2 * row[before] - 4 * row[last], sums);
  for (ptrdiff_t start = 1; start < last; start += strip) {
    const ptrdiff_t end = least(last, start + strip);
    int32_t sum = 0, square_sum = 0;
    for (ptrdiff_t i = start; i < end; i++) {
      const int16_t value = (int16_t)(above[i] + below[i] + row[i - 1] + row[i + 1] - 4 * row[i]);
      sum += value;
      square_sum += (int32_t)value * value;
    }
    sums->laplacians += sum;
    sums->laplacian_squares += square_sum;
  }
}

INLINE int64_t block_squares(const uint8_t *row, const uint8_t *below, ptrdiff_t width) {
  int64_t all = 0;
  for (ptrdiff_t start = 0; start + 1 < width; start += strip) {
    const ptrdiff_t end = least(width - 1, start + strip);
    int32_t sum = 0;
    for (ptrdiff_t i = start; i < end; i += 2) {
      const int16_t block = (int16_t)(row[i] + row[i + 1] + below[i] + below[i + 1]);
      sum += (int32_t)block * block;
    }
    all += sum;
  }
  return all;
}

EVERY_PROCESSOR
void dfpx_sum(const uint8_t *luma, ptrdiff_t width, ptrdiff_t height, dfpx_sums *result) {
  dfpx_sums sums = {0};
  const ptrdiff_t even_width = width / 2 * 2, even_height = height / 2 * 2;
  for (ptrdiff_t y = 0; y < height; y++) {
    const uint8_t *row = luma + y * width;
    const uint8_t *above = y > 0 ? row - width : height > 1 ? row + width : row;
    const uint8_t *below = y + 1 < height ? row + width : height > 1 ? row - width : row;
    int64_t values = 0, squares = 0;
    add_values(row, even_width, &values, &squares);
    if (y < even_height) {
      sums.block_values += values;
      sums.block_value_squares += squares;
    }
    add_values(row + even_width, width - even_width, &values, &squares);
    sums.values += values;
    sums.squares += squares;
    add_laplacians(above, row, below, width, &sums);
    if (y % 2 == 0 && y < even_height) sums.block_squares += block_squares(row, below, width);
  }
  *result = sums;
}

INLINE int64_t differences(const uint8_t *a, const uint8_t *b, ptrdiff_t count) {
  int64_t all = 0;
  for (ptrdiff_t start = 0; start < count; start += strip) {
    const ptrdiff_t end = least(count, start + strip);
    int32_t sum = 0;
    for (ptrdiff_t i = start; i < end; i++) {
      const int32_t step = a[i] - b[i];
      sum += step < 0 ? -step : step;
    }
    all += sum;
  }
  return all;
}

EVERY_PROCESSOR
void dfpx_step(const uint8_t *luma, ptrdiff_t width, ptrdiff_t height, ptrdiff_t x, ptrdiff_t y, dfpx_steps *result) {
  dfpx_steps steps = {0};
  // The first column whose left edge is a line of the grid, the picture's own left edge not being one.
  ptrdiff_t first = (8 - x % 8) % 8;
  if (first == 0) first = 8;
  for (ptrdiff_t row = 0; row < height; row++) {
    const uint8_t *values = luma + row * width;
    int64_t on_grid = 0;
    ptrdiff_t lines = 0;
    for (ptrdiff_t column = first; column < width; column += 8, lines++) {
      const int32_t step = values[column] - values[column - 1];
      on_grid += step < 0 ? -step : step;
    }
    steps.on_grid += on_grid;
    steps.grid_count += lines;
    steps.elsewhere += differences(values + 1, values, width - 1) - on_grid;
    steps.elsewhere_count += width - 1 - lines;
    if (row == 0) continue;
    const int64_t down = differences(values, values - width, width);
    if ((y + row) % 8 == 0) {
      steps.on_grid += down;
      steps.grid_count += width;
    } else {
      steps.elsewhere += down;
      steps.elsewhere_count += width;
    }
  }
  *result = steps;
}

INLINE void split_row(
    const uint8_t *restrict pixels, ptrdiff_t width, uint8_t *restrict red, uint8_t *restrict green,
    uint8_t *restrict blue) {
  for (ptrdiff_t column = 0; column < width; column++) {
    red[column] = pixels[3 * column];
    green[column] = pixels[3 * column + 1];
    blue[column] = pixels[3 * column + 2];
  }
}

EVERY_PROCESSOR
void dfpx_split(
    const uint8_t *pixels, ptrdiff_t width, ptrdiff_t height, uint8_t *red, uint8_t *green, uint8_t *blue,
    ptrdiff_t stride) {
  for (ptrdiff_t row = 0; row < height; row++)
    split_row(pixels + row * width * 3, width, red + row * stride, green + row * stride, blue + row * stride);
}

INLINE void join_row(
    const uint8_t *restrict red, const uint8_t *restrict green, const uint8_t *restrict blue, ptrdiff_t width,
    uint8_t *restrict pixels) {
  for (ptrdiff_t column = 0; column < width; column++) {
    pixels[3 * column] = red[column];
    pixels[3 * column + 1] = green[column];
    pixels[3 * column + 2] = blue[column];
  }
}

EVERY_PROCESSOR
void dfpx_join(
    const uint8_t *red, const uint8_t *green, const uint8_t *blue, ptrdiff_t stride, ptrdiff_t width, ptrdiff_t height,
    uint8_t *pixels) {
  for (ptrdiff_t row = 0; row < height; row++)
    join_row(red + row * stride, green + row * stride, blue + row * stride, width, pixels + row * width * 3);
}

INLINE void widen(const uint8_t *restrict bytes, ptrdiff_t count, float *restrict floats) {
  for (ptrdiff_t i = 0; i < count; i++) floats[i] = bytes[i];
}

// Floats of a widened row: whole vectors may be read at its last pixel.
INLINE ptrdiff_t widened(ptrdiff_t width) { return 3 * width + 1; }

ptrdiff_t dfpx_reduce_scratch(ptrdiff_t width, ptrdiff_t new_width) {
  return group * (widened(width) + 4 * new_width) + 4 * new_width;
}

// Rows reduced across, several at once: their sums do not wait for each other.
INLINE void reduce_rows(
    const float *rows, ptrdiff_t stride, const dfpx_share *columns, ptrdiff_t column_count, float *across,
    ptrdiff_t across_stride) {
  quad sums[group] = {{0}};
  ptrdiff_t place = 0;
  for (ptrdiff_t i = 0; i < column_count; i++) {
    const dfpx_share share = columns[i];
    if (share.new_place != place) {
      for (int row = 0; row < group; row++) {
        *(quad *)(across + row * across_stride + 4 * place) = sums[row];
        sums[row] = (quad){0};
      }
      place = share.new_place;
    }
    for (int row = 0; row < group; row++)
      sums[row] += *(const quad *)(rows + row * stride + 3 * share.old_place) * share.weight;
  }
  for (int row = 0; row < group; row++) *(quad *)(across + row * across_stride + 4 * place) = sums[row];
}

// Rounded to the nearest, of two the even: the last eight bits of such a float are the byte.
INLINE void store_quads(const float *sums, ptrdiff_t width, uint8_t *target) {
  for (ptrdiff_t column = 0; column < width; column++) {
    const quad rounded = *(const quad *)(sums + 4 * column) + no_fractions;
    whole_quad bits;
    memcpy(&bits, &rounded, sizeof bits);
    const byte_quad bytes = __builtin_convertvector(bits & 255, byte_quad);
    // Four bytes at once, the last of which the next pixel replaces.
    if (column + 1 < width) {
      memcpy(target + 3 * column, &bytes, 4);
    } else {
      memcpy(target + 3 * column, &bytes, 3);
    }
  }
}

EVERY_PROCESSOR
void dfpx_reduce(
    const uint8_t *pixels, ptrdiff_t width, ptrdiff_t height, const dfpx_share *columns, ptrdiff_t column_count,
    const dfpx_share *rows, ptrdiff_t row_count, ptrdiff_t new_width, float *scratch, uint8_t *target) {
  const ptrdiff_t stride = widened(width), across_stride = 4 * new_width;
  float *wide = scratch, *across = wide + group * stride, *sums = across + group * across_stride;
  memset(wide, 0, (size_t)(group * stride) * sizeof *wide);
  ptrdiff_t first = -group;
  for (ptrdiff_t i = 0; i < row_count; i++) {
    const dfpx_share share = rows[i];
    if (share.old_place < first || share.old_place >= first + group) {
      first = share.old_place;
      for (ptrdiff_t row = 0; row < least(group, height - first); row++)
        widen(pixels + (first + row) * width * 3, 3 * width, wide + row * stride);
      reduce_rows(wide, stride, columns, column_count, across, across_stride);
    }
    const float *part = across + (share.old_place - first) * across_stride;
    const int is_first = i == 0 || rows[i - 1].new_place != share.new_place;
    if (is_first) {
      for (ptrdiff_t j = 0; j < across_stride; j++) sums[j] = part[j] * share.weight;
    } else {
      for (ptrdiff_t j = 0; j < across_stride; j++) sums[j] += part[j] * share.weight;
    }
    if (i + 1 == row_count || rows[i + 1].new_place != share.new_place)
      store_quads(sums, new_width, target + share.new_place * new_width * 3);
  }
}

// Pixels repeated before and behind a row.
enum { beyond = 2 };

ptrdiff_t dfpx_interpolate_scratch(ptrdiff_t width, ptrdiff_t new_width) {
  return widened(width + 2 * beyond) + 4 * widened(new_width);
}

// A row interpolated across. Whole numbers below 2^24: nothing is rounded.
INLINE void interpolate_row(
    const uint8_t *pixels, ptrdiff_t width, const dfpx_taps *columns, ptrdiff_t new_width, float *wide, float *across) {
  widen(pixels, 3 * width, wide + 3 * beyond);
  for (int i = 0; i < beyond; i++)
    for (int channel = 0; channel < 3; channel++) {
      wide[3 * i + channel] = pixels[channel];
      wide[3 * (width + beyond + i) + channel] = pixels[3 * (width - 1) + channel];
    }
  wide[3 * (width + 2 * beyond)] = 0;
  for (ptrdiff_t column = 0; column < new_width; column++) {
    const dfpx_taps *taps = columns + column;
    const float *first = wide + 3 * (taps->first + beyond);
    quad sum = *(const quad *)first * taps->weights[0];
    for (int i = 1; i < 4; i++) sum += *(const quad *)(first + 3 * i) * taps->weights[i];
    *(quad *)(across + 3 * column) = sum;
  }
}

INLINE uint8_t clipped(int64_t value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

EVERY_PROCESSOR
void dfpx_interpolate(
    const uint8_t *pixels, ptrdiff_t width, ptrdiff_t height, const dfpx_taps *columns, const dfpx_taps *rows,
    ptrdiff_t new_width, ptrdiff_t new_height, float *scratch, uint8_t *target) {
  float *wide = scratch, *across = wide + widened(width + 2 * beyond);
  const ptrdiff_t stride = widened(new_width), count = 3 * new_width;
  // Of each place, the row that is there: a row's place is its number's rest by four.
  ptrdiff_t present[4] = {-1, -1, -1, -1};
  const float unit = 1.0f / (2048 * 2048);
  for (ptrdiff_t y = 0; y < new_height; y++) {
    const float *parts[4];
    lanes weights[4];
    for (int i = 0; i < 4; i++) {
      ptrdiff_t row = rows[y].first + i;
      row = row < 0 ? 0 : row >= height ? height - 1 : row;
      float *part = across + row % 4 * stride;
      if (present[row % 4] != row) {
        interpolate_row(pixels + row * width * 3, width, columns, new_width, wide, part);
        present[row % 4] = row;
      }
      parts[i] = part;
      weights[i] = (lanes){0} + rows[y].weights[i] * unit;
    }
    uint8_t *line = target + y * count;
    ptrdiff_t i = 0;
    for (; i + lane_count <= count; i += lane_count) {
      lanes sum = *(const lanes *)(parts[0] + i) * weights[0] +
                  (*(const lanes *)(parts[1] + i) * weights[1] +
                   (*(const lanes *)(parts[2] + i) * weights[2] + *(const lanes *)(parts[3] + i) * weights[3]));
      const lanes low = {0}, high = low + 255.0f;
      // Rounded to the nearest, of two the even.
      sum = __builtin_elementwise_min(__builtin_elementwise_max(sum, low), high) + no_fractions;
      whole_lanes bits;
      memcpy(&bits, &sum, sizeof bits);
      const byte_lanes bytes = __builtin_convertvector(bits & 255, byte_lanes);
      memcpy(line + i, &bytes, sizeof bytes);
    }
    // The rest of a row in whole numbers, as OpenCV has it.
    for (; i < count; i++) {
      int64_t sum = 1 << 21;
      for (int k = 0; k < 4; k++) sum += (int64_t)parts[k][i] * (int64_t)rows[y].weights[k];
      line[i] = clipped(sum >> 22);
    }
  }
}
