/// oneDNN as it runs small convolutional networks, as a table of C functions.
///
/// `Networks` alone imports this header; `libOneDNNShim.so` exports `dfdnn_table`. Every function that can fail returns a
/// status and, when it is not `dfdnn_ok`, fills the caller's error. A network may be used by one thread at a time.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Layout of the table below; a shim built from another header is refused.
static const int32_t dfdnn_layout = 1;

typedef int32_t dfdnn_status;
static const dfdnn_status dfdnn_ok = 0;
/// A size or an index that does not fit; the caller's mistake.
static const dfdnn_status dfdnn_bad_argument = 1;
/// oneDNN (or the standard library under it) threw; the message is its own.
static const dfdnn_status dfdnn_library_error = 2;

/// Filled on failure only; the message ends with NUL, cut where it is longer.
typedef struct dfdnn_error {
  char message[512];
} dfdnn_error;

typedef int32_t dfdnn_kind;
/// Every output channel from every input channel; weights `[channels, input channels, side, side]`.
static const dfdnn_kind dfdnn_convolution = 0;
/// Each channel by itself; weights `[channels, 1, side, side]`.
static const dfdnn_kind dfdnn_depthwise = 1;
/// The largest of 2 x 2, without overlap.
static const dfdnn_kind dfdnn_max_pool = 2;
/// The sum of `input` and `other`, every value of which stands for 2 x 2.
static const dfdnn_kind dfdnn_add_doubled = 3;

/// One layer; arrays are read when the network is made and may go afterwards.
typedef struct dfdnn_layer {
  dfdnn_kind kind;
  /// Index of an earlier layer, -1 for the network's input.
  int32_t input;
  /// `add_doubled` only.
  int32_t other;
  /// Of the output.
  int32_t channels;
  /// Of a convolution's kernel, odd; there are side / 2 zeros round the input.
  int32_t side;
  int32_t stride;
  /// Whether negative outputs become 0.
  int32_t has_relu;
  const float *_Nullable weights;
  size_t weight_count;
  const float *_Nullable bias;
  size_t bias_count;
} dfdnn_layer;

typedef struct dfdnn_network dfdnn_network;

/// What `dfdnn_table` returns; valid for the life of the process.
typedef struct dfdnn_functions {
  int32_t layout;
  /// oneDNN's version at run time, major.minor.patch.
  const char *_Nonnull (*_Nonnull version)(void);
  /// `outputs` are the indices of the layers that `network_run` hands out.
  dfdnn_status (*network_create)(
      const dfdnn_layer *layers, size_t layer_count, int32_t input_channels, const int32_t *outputs,
      size_t output_count, dfdnn_network *_Nullable *_Nonnull network, dfdnn_error *error);
  void (*network_destroy)(dfdnn_network *_Nullable network);
  /// Runs on bytes, `[input channels, height, width]`, each widened to a float32 of the same value. Every output is
  /// written as `[height, width, channels]`; `counts` are the lengths of the arrays in `values`.
  dfdnn_status (*network_run)(
      dfdnn_network *network, const uint8_t *planes, size_t size, int32_t height, int32_t width,
      float *_Nonnull const *_Nonnull values, const size_t *counts, size_t output_count, dfdnn_error *error);
} dfdnn_functions;

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
