// Loops over the pixels of pictures, each compiled for several instruction sets, of which the processor's own is taken when
// the program starts: what Swift cannot say of a function.
//
// Pictures are RGB, 8 bits, row-major without padding. All sums are of whole numbers, or of floats in a fixed order with
// nothing contracted: every processor gives the same bits.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// What one old pixel of a line gives to one new one.
typedef struct dfpx_share {
  int32_t old_place;
  int32_t new_place;
  float weight;
} dfpx_share;

/// What four neighbouring old pixels of a line give to a new one: 1/2048 each, whole numbers. The first of them may lie
/// up to two before the line, the last up to two behind it: pixels at the ends are repeated.
typedef struct dfpx_taps {
  int32_t first;
  float weights[4];
} dfpx_taps;

/// Sums over a plane of luma.
typedef struct dfpx_sums {
  /// All values, and their squares.
  int64_t values, squares;
  /// The 3 x 3 Laplacian (four neighbours), mirrored at the edges without repeating them, and its squares.
  int64_t laplacians, laplacian_squares;
  /// Values, squares, and squares of sums of whole blocks of 2 x 2.
  int64_t block_values, block_value_squares, block_squares;
} dfpx_sums;

/// Steps of luma between neighbours: their sum and number, across the lines of the 8 x 8 grid and elsewhere.
typedef struct dfpx_steps {
  int64_t on_grid, grid_count, elsewhere, elsewhere_count;
} dfpx_steps;

/// (77 R + 150 G + 29 B + 128) / 256 of `count` pixels.
void dfpx_luma(const uint8_t *_Nonnull pixels, ptrdiff_t count, uint8_t *_Nonnull luma);

/// Sums over `width` x `height` values, both at least 1.
void dfpx_sum(const uint8_t *_Nonnull luma, ptrdiff_t width, ptrdiff_t height, dfpx_sums *_Nonnull sums);

/// Steps within `width` x `height` values whose first is at column `x`, row `y` of the grid.
void dfpx_step(
    const uint8_t *_Nonnull luma, ptrdiff_t width, ptrdiff_t height, ptrdiff_t x, ptrdiff_t y,
    dfpx_steps *_Nonnull steps);

/// Splits rows of pixels into planes, whose rows are `stride` bytes apart.
void dfpx_split(
    const uint8_t *_Nonnull pixels, ptrdiff_t width, ptrdiff_t height, uint8_t *_Nonnull red, uint8_t *_Nonnull green,
    uint8_t *_Nonnull blue, ptrdiff_t stride);

/// Joins planes, whose rows are `stride` bytes apart, to rows of pixels.
void dfpx_join(
    const uint8_t *_Nonnull red, const uint8_t *_Nonnull green, const uint8_t *_Nonnull blue, ptrdiff_t stride,
    ptrdiff_t width, ptrdiff_t height, uint8_t *_Nonnull pixels);

/// Floats that ``dfpx_reduce`` needs for itself.
ptrdiff_t dfpx_reduce_scratch(ptrdiff_t width, ptrdiff_t new_width);

/// Means of areas: rows across first, then down, in the order of the shares.
///
/// - columns, rows: ordered by the new place, then by the old; each new place has one at least.
void dfpx_reduce(
    const uint8_t *_Nonnull pixels, ptrdiff_t width, ptrdiff_t height, const dfpx_share *_Nonnull columns,
    ptrdiff_t column_count, const dfpx_share *_Nonnull rows, ptrdiff_t row_count, ptrdiff_t new_width,
    float *_Nonnull scratch, uint8_t *_Nonnull target);

/// Floats that ``dfpx_interpolate`` needs for itself.
ptrdiff_t dfpx_interpolate_scratch(ptrdiff_t width, ptrdiff_t new_width);

/// Four by four pixels for each new one: across in whole numbers, down in float32.
void dfpx_interpolate(
    const uint8_t *_Nonnull pixels, ptrdiff_t width, ptrdiff_t height, const dfpx_taps *_Nonnull columns,
    const dfpx_taps *_Nonnull rows, ptrdiff_t new_width, ptrdiff_t new_height, float *_Nonnull scratch,
    uint8_t *_Nonnull target);
