/// The part of OpenCV that runs frozen networks (`dnn`) and Haar cascades (`objdetect`), as a table of C functions.
///
/// `Networks` alone imports this header; `libOpenCVNetworkShim.so` exports `dfcv_network_table`. Every function that
/// can fail returns a status and, when it is not `dfcv_network_ok`, fills the caller's error. A handle may be used by
/// one thread at a time.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Layout of the table below; a shim built from another header is refused.
static const int32_t dfcv_network_layout = 1;

typedef int32_t dfcv_network_status;
static const dfcv_network_status dfcv_network_ok = 0;
/// A size, index or name that does not fit; the caller's mistake.
static const dfcv_network_status dfcv_network_bad_argument = 1;
/// OpenCV (or the standard library under it) threw; the message is its own.
static const dfcv_network_status dfcv_network_library_error = 2;
/// Something that is no `std::exception` was thrown.
static const dfcv_network_status dfcv_network_unknown_error = 3;

/// Filled on failure only; the message ends with NUL, cut where it is longer.
typedef struct dfcv_network_error {
  char message[512];
} dfcv_network_error;

/// A loaded network and the outputs of its last run.
typedef struct dfcv_network dfcv_network;
/// A loaded Haar or LBP cascade and the detections of its last run.
typedef struct dfcv_network_cascade dfcv_network_cascade;

/// A detection: whole pixels of the searched image, and the sum of the last stage's trees.
typedef struct dfcv_network_detection {
  int32_t x;
  int32_t y;
  int32_t width;
  int32_t height;
  double weight;
} dfcv_network_detection;

typedef int32_t dfcv_network_element;
static const dfcv_network_element dfcv_network_float32 = 0;
static const dfcv_network_element dfcv_network_uint8 = 1;

typedef struct dfcv_network_functions {
  /// `dfcv_network_layout` of the header the shim was built from.
  int32_t layout;

  /// Version of the OpenCV in use, such as "4.6.0"; static, not to be freed.
  const char *_Nonnull (*_Nonnull opencv_version)(void);

  /// Reads an ONNX file. The caller owns the network.
  dfcv_network_status (*_Nonnull network_create)(
    const char *_Nonnull path, dfcv_network *_Nullable *_Nonnull network, dfcv_network_error *_Nonnull error);

  void (*_Nonnull network_destroy)(dfcv_network *_Nonnull network);

  /// Runs the network on one input blob of the given shape (row-major, `byte_count` bytes; uint8 is widened to float32,
  /// not scaled), and keeps the named outputs in the handle until the next run.
  dfcv_network_status (*_Nonnull network_run)(
    dfcv_network *_Nonnull network, const void *_Nonnull input, size_t byte_count, dfcv_network_element element,
    const int32_t *_Nonnull shape, size_t rank, const char *_Nonnull const *_Nonnull output_names, size_t output_count,
    dfcv_network_error *_Nonnull error);

  /// Writes the shape of an output of the last run; `rank` holds the room in `shape` before, the dimensions after.
  dfcv_network_status (*_Nonnull network_output_shape)(
    const dfcv_network *_Nonnull network, size_t output, int32_t *_Nonnull shape, size_t *_Nonnull rank,
    dfcv_network_error *_Nonnull error);

  /// Copies an output of the last run, float32 row-major; `count` must be the product of its shape.
  dfcv_network_status (*_Nonnull network_output_copy)(
    const dfcv_network *_Nonnull network, size_t output, float *_Nonnull values, size_t count,
    dfcv_network_error *_Nonnull error);

  /// Reads a cascade. The caller owns it.
  dfcv_network_status (*_Nonnull cascade_create)(
    const char *_Nonnull path, dfcv_network_cascade *_Nullable *_Nonnull cascade, dfcv_network_error *_Nonnull error);

  void (*_Nonnull cascade_destroy)(dfcv_network_cascade *_Nonnull cascade);

  /// Searches an 8-bit grey image (`width * height` bytes, no padding) for windows of at least `minimum_side`; the
  /// detections stay in the handle until the next run.
  dfcv_network_status (*_Nonnull cascade_run)(
    dfcv_network_cascade *_Nonnull cascade, const uint8_t *_Nonnull grey, size_t byte_count, int32_t width,
    int32_t height, double scale_factor, int32_t minimum_neighbours, int32_t minimum_side,
    size_t *_Nonnull detection_count, dfcv_network_error *_Nonnull error);

  /// Copies the detections of the last run; `count` must be the number that run gave.
  dfcv_network_status (*_Nonnull cascade_copy)(
    const dfcv_network_cascade *_Nonnull cascade, dfcv_network_detection *_Nonnull detections, size_t count,
    dfcv_network_error *_Nonnull error);
} dfcv_network_functions;

/// The one exported function. From its first call on, OpenCV uses one thread in the whole process.
const dfcv_network_functions *_Nonnull dfcv_network_table(void);

#ifdef __cplusplus
}
#endif
