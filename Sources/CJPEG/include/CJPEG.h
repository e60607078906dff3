#pragma once
/// JPEG through libjpeg-turbo, with its `longjmp` errors turned into status codes. No state is kept between calls.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

typedef enum dfjpeg_status {
  dfjpeg_ok = 0,
  /// An argument is out of its range, or a buffer has another size than the picture needs.
  dfjpeg_bad_argument = 1,
  /// The data end early or do not decode without guessing.
  dfjpeg_damaged = 2,
  /// The picture's colour space or coding process is not supported.
  dfjpeg_unsupported = 3,
  /// Memory ran out.
  dfjpeg_out_of_memory = 4,
} dfjpeg_status;

/// What went wrong, in libjpeg's words; NUL-terminated.
typedef struct dfjpeg_error {
  char message[256];
} dfjpeg_error;

typedef struct dfjpeg_size {
  int32_t width;
  int32_t height;
} dfjpeg_size;

/// The libjpeg-turbo version that this was compiled against.
const char *dfjpeg_version(void);

/// Writes a baseline JFIF file: slow-integer DCT, Huffman tables optimised for the picture, no restart markers.
///
/// - pixels: RGB, row-major, `width * height * 3` bytes.
/// - quality: 1 ... 100. chroma: 444, 422 or 420.
/// - encoded: receives memory to be given to ``dfjpeg_free``; its length goes to `encoded_size`.
dfjpeg_status dfjpeg_encode(
    const uint8_t *pixels, size_t pixels_size, int32_t width, int32_t height, int32_t quality, int32_t chroma,
    uint8_t *_Nullable *_Nonnull encoded, size_t *encoded_size, dfjpeg_error *error);

void dfjpeg_free(uint8_t *_Nullable encoded);

/// Reads the size of a JPEG from its header; decodes nothing.
dfjpeg_status dfjpeg_read_size(const uint8_t *data, size_t data_size, dfjpeg_size *size, dfjpeg_error *error);

/// Decodes grey, YCbCr, RGB, CMYK and YCCK files to RGB, row-major; `pixels_size` is `width * height * 3`.
///
/// Stops with `dfjpeg_damaged` at the first place where libjpeg would guess pixels; extra bytes between markers and odd
/// version numbers, which cost no pixel, are let pass.
dfjpeg_status dfjpeg_decode(
    const uint8_t *data, size_t data_size, uint8_t *pixels, size_t pixels_size, dfjpeg_error *error);

/// Decodes the luma of grey, YCbCr and RGB files at a fraction of their size, row-major; a pixel is about the mean of
/// those it stands for. CMYK and YCCK are `dfjpeg_unsupported`. Strict as ``dfjpeg_decode``.
///
/// - denominator: 1, 2, 4 or 8. luma_size: the product of the sides divided by it and rounded up.
dfjpeg_status dfjpeg_decode_luma(
    const uint8_t *data, size_t data_size, int32_t denominator, uint8_t *luma, size_t luma_size, dfjpeg_error *error);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
