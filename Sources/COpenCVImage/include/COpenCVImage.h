#pragma once
/// The picture operations of OpenCV that dfprep uses: a table of functions, filled by the library OpenCVImageShim.
///
/// Pictures are RGB, `uint8_t`, row-major without padding; coordinates are OpenCV's: pixel centres at whole numbers.
/// Every function checks the sizes it was given, catches every C++ exception, and returns a status.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

typedef enum dfcv_image_status {
  dfcv_image_ok = 0,
  /// A size or an argument is not what the function needs.
  dfcv_image_bad_argument = 1,
  /// OpenCV threw.
  dfcv_image_library_error = 2,
} dfcv_image_status;

/// What went wrong; NUL-terminated.
typedef struct dfcv_image_error {
  char message[512];
} dfcv_image_error;

/// A picture to read: `size` is `width * height * channels` bytes.
typedef struct dfcv_image_source {
  const uint8_t *bytes;
  size_t size;
  int32_t width;
  int32_t height;
} dfcv_image_source;

/// A picture to fill: `size` is `width * height * channels` bytes.
typedef struct dfcv_image_target {
  uint8_t *bytes;
  size_t size;
  int32_t width;
  int32_t height;
} dfcv_image_target;

typedef enum dfcv_image_interpolation {
  dfcv_image_nearest = 0,
  dfcv_image_linear = 1,
  dfcv_image_cubic = 2,
  /// Mean of the covered area; `resize` only.
  dfcv_image_area = 3,
  dfcv_image_lanczos4 = 4,
} dfcv_image_interpolation;

typedef enum dfcv_image_border {
  dfcv_image_black = 0,
  /// `gfedcb|abcdefgh|gfedcba`.
  dfcv_image_reflect101 = 1,
  /// `aaaaaa|abcdefgh|hhhhhhh`.
  dfcv_image_replicate = 2,
} dfcv_image_border;

/// What `dfcv_image_table` returns; valid for the life of the process.
typedef struct dfcv_image_functions {
  /// OpenCV's version at run time.
  const char *version;
  dfcv_image_status (*resize)(
      dfcv_image_source source, dfcv_image_target target, dfcv_image_interpolation interpolation,
      dfcv_image_error *error);
  /// `forward` is a 2x3 matrix in row order that maps source to target coordinates.
  dfcv_image_status (*warp_affine)(
      dfcv_image_source source, dfcv_image_target target, const double *forward, size_t forward_count,
      dfcv_image_interpolation interpolation, dfcv_image_border border, dfcv_image_error *error);
  /// Kernel of `round(6 sigma + 1)` pixels, made odd; border reflect101; `sigma` above 0.
  dfcv_image_status (*gaussian_blur)(
      dfcv_image_source source, dfcv_image_target target, double sigma, dfcv_image_error *error);
  /// `side` is 3, 5, 7 ...
  dfcv_image_status (*median_blur)(
      dfcv_image_source source, dfcv_image_target target, int32_t side, dfcv_image_error *error);
} dfcv_image_functions;

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
