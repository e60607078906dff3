// The functions of libtorch that dfprep calls, behind one table.
//
// Every function returns a status, writes its results through out-parameters and, when it fails, fills the caller's
// error. Nothing is kept between calls but what libtorch itself keeps: the thread counts, the determinism switch, and
// per thread whether gradients are recorded. Tensors are made in host memory.
#ifndef DFPREP_CTORCH_H
#define DFPREP_CTORCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dft_tensor dft_tensor;
typedef struct dft_script dft_script;

typedef int32_t dft_status;
enum { dft_ok = 0, dft_failed = 1 };

/// Element types. The numbers are part of the interface.
enum { dft_uint8 = 0, dft_int64 = 1, dft_float32 = 2, dft_float64 = 3 };

/// What bends a layer's result. The numbers are part of the interface.
enum { dft_linear = 0, dft_relu = 1, dft_relu6 = 2, dft_silu = 3 };

/// What went wrong: NUL-terminated UTF-8, cut to fit.
typedef struct dft_error {
  char message[1024];
} dft_error;

/// Where a result goes: `*out` owns the new tensor; give it to `tensor_destroy`.
typedef dft_tensor *_Nullable *_Nonnull dft_out;
typedef const dft_tensor *_Nonnull dft_in;
typedef const dft_tensor *_Nullable dft_optional_in;
typedef dft_error *_Nonnull dft_failure;

typedef struct dft_functions {
  // The library.
  /// The version of the headers that the table was compiled with.
  const char *_Nonnull (*_Nonnull version)(void);
  /// Threads inside one operator, for the calling thread; OpenBLAS, where it is the one behind libtorch, for all.
  dft_status (*_Nonnull set_threads)(int32_t count, dft_failure);
  dft_status (*_Nonnull threads)(int32_t *_Nonnull count, dft_failure);
  /// Threads between operators: once per process, before the first operator.
  dft_status (*_Nonnull set_interoperator_threads)(int32_t count, dft_failure);
  dft_status (*_Nonnull set_deterministic)(int32_t enabled, dft_failure);
  /// Whether the calling thread records gradients; `previous` receives what it did before.
  dft_status (*_Nonnull set_records_gradients)(int32_t enabled, int32_t *_Nonnull previous, dft_failure);

  // Tensors in and out. Bytes are row-major and copied.
  dft_status (*_Nonnull tensor_create)(
      const void *_Nullable bytes, int64_t byte_count, int32_t type, const int64_t *_Nullable shape,
      int32_t dimensions, dft_out, dft_failure);
  dft_status (*_Nonnull tensor_create_filled)(
      double value, int32_t type, const int64_t *_Nullable shape, int32_t dimensions, dft_out, dft_failure);
  /// float32, normal with mean 0, from a generator of its own.
  dft_status (*_Nonnull tensor_create_normal)(
      double deviation, uint64_t seed, const int64_t *_Nullable shape, int32_t dimensions, dft_out, dft_failure);
  void (*_Nonnull tensor_destroy)(dft_tensor *_Nullable);
  dft_status (*_Nonnull tensor_copy_out)(dft_in, void *_Nullable bytes, int64_t byte_count, dft_failure);
  /// `shape` has room for `capacity` numbers; `dimensions` receives how many there are, which may be more.
  dft_status (*_Nonnull tensor_describe)(
      dft_in, int32_t *_Nonnull type, int64_t *_Nonnull shape, int32_t capacity, int32_t *_Nonnull dimensions,
      dft_failure);

  // Element type, layout, shape.
  dft_status (*_Nonnull convert)(dft_in, int32_t type, dft_out, dft_failure);
  dft_status (*_Nonnull channels_last)(dft_in, dft_out, dft_failure);
  dft_status (*_Nonnull permute)(dft_in, const int64_t *_Nonnull order, int32_t dimensions, dft_out, dft_failure);
  /// Memory of its own, the layout of the input.
  dft_status (*_Nonnull copied)(dft_in, dft_out, dft_failure);

  // Arithmetic.
  dft_status (*_Nonnull add)(dft_in, dft_in, dft_out, dft_failure);
  dft_status (*_Nonnull subtract)(dft_in, dft_in, dft_out, dft_failure);
  dft_status (*_Nonnull multiply)(dft_in, dft_in, dft_out, dft_failure);
  dft_status (*_Nonnull divide)(dft_in, dft_in, dft_out, dft_failure);
  dft_status (*_Nonnull sum)(dft_in, dft_out, dft_failure);
  dft_status (*_Nonnull norm)(dft_in, dft_out, dft_failure);
  dft_status (*_Nonnull all_finite)(dft_in, int32_t *_Nonnull result, dft_failure);

  // Layers.
  /// `padding` is four numbers of zeros: left, right, top, bottom.
  dft_status (*_Nonnull conv2d)(
      dft_in input, dft_in weight, dft_optional_in bias, int64_t stride, const int64_t *_Nonnull padding,
      int64_t dilation, int64_t groups, dft_out, dft_failure);
  /// Training uses the batch's statistics and moves the running ones in place.
  dft_status (*_Nonnull batch_norm)(
      dft_in input, dft_in weight, dft_in bias, dft_tensor *_Nonnull running_mean,
      dft_tensor *_Nonnull running_variance, int32_t training, double momentum, double epsilon, dft_out, dft_failure);
  dft_status (*_Nonnull linear)(dft_in input, dft_in weight, dft_optional_in bias, dft_out, dft_failure);
  dft_status (*_Nonnull relu6)(dft_in, dft_out, dft_failure);
  /// Means over the last two axes of `[N, C, H, W]`: `[N, C]`.
  dft_status (*_Nonnull global_average_pool)(dft_in, dft_out, dft_failure);
  /// Zeroes elements with `probability`, scales the others by 1 / (1 - probability); the mask is a function of `seed`.
  dft_status (*_Nonnull dropout)(dft_in, double probability, uint64_t seed, dft_out, dft_failure);
  dft_status (*_Nonnull softmax)(dft_in, int64_t axis, dft_out, dft_failure);
  dft_status (*_Nonnull log_softmax)(dft_in, int64_t axis, dft_out, dft_failure);
  /// Mean over the batch of `logits [N, K]` against `targets`, int64 `[N]`.

  // Gradients.
  dft_status (*_Nonnull set_requires_gradient)(dft_tensor *_Nonnull, int32_t required, dft_failure);
  dft_status (*_Nonnull backward)(dft_in, dft_failure);
  /// `*out` is null where nothing has reached the tensor.
  dft_status (*_Nonnull gradient)(dft_in, dft_out, dft_failure);
  dft_status (*_Nonnull clear_gradient)(dft_tensor *_Nonnull, dft_failure);

  // In place, never recorded.
  dft_status (*_Nonnull assign)(dft_tensor *_Nonnull destination, dft_in source, dft_failure);
  /// destination += fraction * (source - destination)
  dft_status (*_Nonnull interpolate)(dft_tensor *_Nonnull destination, dft_in source, double fraction, dft_failure);
  dft_status (*_Nonnull increment)(dft_tensor *_Nonnull, int64_t value, dft_failure);

  /// destination += factor * source
  dft_status (*_Nonnull add_scaled)(dft_tensor *_Nonnull destination, dft_in source, double factor, dft_failure);
  dft_status (*_Nonnull scale)(dft_tensor *_Nonnull, double factor, dft_failure);
  /// Zeros of the same type, shape and layout.
  dft_status (*_Nonnull zeros_like)(dft_in, dft_out, dft_failure);

  // Optimisers: one step of one parameter that has a gradient, by the caller's state.
  /// Step numbers start at 1; `decoupled` is AdamW's decay, otherwise it is added to the gradient.
  dft_status (*_Nonnull adam_step)(
      dft_tensor *_Nonnull parameter, dft_tensor *_Nonnull mean, dft_tensor *_Nonnull square, int64_t step,
      double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, int32_t decoupled,
      dft_failure);
  /// Without `velocity` there is no momentum; the first step gives it the gradient.
  dft_status (*_Nonnull sgd_step)(
      dft_tensor *_Nonnull parameter, dft_tensor *_Nullable velocity, int64_t step, double learning_rate,
      double momentum, int32_t nesterov, double weight_decay, dft_failure);

  // TorchScript: a file that says itself what is to be computed. Set to evaluation mode.
  dft_status (*_Nonnull script_load)(const char *_Nonnull path, dft_script *_Nullable *_Nonnull out, dft_failure);
  void (*_Nonnull script_destroy)(dft_script *_Nullable);
  /// `forward` of one tensor; the result, or the first of several, as float32 `[N, K]`.
  dft_status (*_Nonnull script_forward)(dft_script *_Nonnull, dft_in, dft_out, dft_failure);
  // Further layers.
  dft_status (*_Nonnull relu)(dft_in, dft_out, dft_failure);
  dft_status (*_Nonnull silu)(dft_in, dft_out, dft_failure);
  /// With the error function, not its approximation.
  dft_status (*_Nonnull gelu)(dft_in, dft_out, dft_failure);
  dft_status (*_Nonnull sigmoid)(dft_in, dft_out, dft_failure);
  /// Over windows of the last two axes; the padding is never the largest.
  dft_status (*_Nonnull max_pool)(dft_in, int64_t size, int64_t stride, int64_t padding, dft_out, dft_failure);
  /// Over the last axis.
  dft_status (*_Nonnull layer_norm)(dft_in input, dft_in weight, dft_in bias, double epsilon, dft_out, dft_failure);
  /// Means, and Euclidean norms, over `axes`, which stay with a length of 1.
  dft_status (*_Nonnull mean_over)(dft_in, const int64_t *_Nonnull axes, int32_t count, dft_out, dft_failure);
  dft_status (*_Nonnull norm_over)(dft_in, const int64_t *_Nonnull axes, int32_t count, dft_out, dft_failure);
  /// Zeroes whole items of the first axis with `probability`, scales the others by 1 / (1 - probability).
  dft_status (*_Nonnull drop_path)(dft_in, double probability, uint64_t seed, dft_out, dft_failure);

  // Pictures in.
  /// (pixel - mean) / deviation of RGB bytes `[count, height, width, 3]`: `[count, 3, height, width]`, channels innermost.
  dft_status (*_Nonnull normalise_pixels)(
      const uint8_t *_Nonnull pixels, int64_t count, int64_t height, int64_t width, const float *_Nonnull mean,
      const float *_Nonnull deviation, dft_out, dft_failure);

  // Several layers in one.
  /// Batch normalisation, then the bend. In training with channels innermost, float32, and a bend that is linear up to
  /// a ceiling, one operator that keeps nothing in between.
  dft_status (*_Nonnull batch_norm_bent)(
      dft_in input, dft_in weight, dft_in bias, dft_tensor *_Nonnull running_mean,
      dft_tensor *_Nonnull running_variance, int32_t training, double momentum, double epsilon, int32_t activation,
      dft_out, dft_failure);
  /// Weight and bias of the convolution that does what `weight` and `bias`, then the batch normalisation would.
  dft_status (*_Nonnull fold_batch_norm)(
      dft_in weight, dft_optional_in bias, dft_in scale, dft_in shift, dft_in mean, dft_in variance, double epsilon,
      dft_out out_weight, dft_out out_bias, dft_failure);
  dft_status (*_Nonnull conv2d_bent)(
      dft_in input, dft_in weight, dft_optional_in bias, int64_t stride, const int64_t *_Nonnull padding,
      int64_t dilation, int64_t groups, int32_t activation, dft_out, dft_failure);

  // Devices: -1 is the host, others count what CUDA has.
  dft_status (*_Nonnull cuda_count)(int32_t *_Nonnull count, dft_failure);
  dft_status (*_Nonnull device_of)(dft_in, int32_t *_Nonnull device, dft_failure);
  /// In place: whoever holds the tensor holds it there.
  dft_status (*_Nonnull move)(dft_tensor *_Nonnull, int32_t device, dft_failure);
  dft_status (*_Nonnull on_device)(dft_in, int32_t device, dft_out, dft_failure);
  // Losses.
  /// Class indices, int64; each class has a weight, and `smoothing` of a target is spread over all classes.
  dft_status (*_Nonnull cross_entropy)(
      dft_in logits, dft_in targets, dft_optional_in class_weights, double smoothing, dft_out, dft_failure);
  /// Items `indices`, int64, of the first axis.
  dft_status (*_Nonnull select_rows)(dft_in, dft_in indices, dft_out, dft_failure);
  /// Over `axis`, which stays with a length of 1.
  dft_status (*_Nonnull log_sum_exp)(dft_in, int64_t axis, dft_out, dft_failure);
  /// log(1 + exp(x)).
  dft_status (*_Nonnull softplus)(dft_in, dft_out, dft_failure);
  /// The gradient of one number by `input`; nothing else receives one.
  dft_status (*_Nonnull gradient_by)(dft_in value, dft_in input, dft_out, dft_failure);

  // What losses over pairs of rows need.
  /// `[N, K]` times `[K, M]`.
  dft_status (*_Nonnull matrix_product)(dft_in, dft_in, dft_out, dft_failure);
  /// Divided by the Euclidean norm along one axis, or by `epsilon` where that is larger.
  dft_status (*_Nonnull normalise)(dft_in, int64_t axis, double epsilon, dft_out, dft_failure);
  /// Place of the largest along one axis, which goes; int64; the first of equal ones.
  dft_status (*_Nonnull arg_max)(dft_in, int64_t axis, dft_out, dft_failure);
  /// One behind the other along the first axis.
  dft_status (*_Nonnull concatenate)(const dft_tensor *_Nonnull const *_Nonnull, int32_t count, dft_out, dft_failure);
  /// `count` items of the first axis from `start` on, sharing memory.
  dft_status (*_Nonnull narrow)(dft_in, int64_t start, int64_t count, dft_out, dft_failure);
  /// The same memory, unknown to gradients.
  dft_status (*_Nonnull detached)(dft_in, dft_out, dft_failure);
} dft_functions;

#ifdef __cplusplus
}
#endif

#endif
