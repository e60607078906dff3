// libtorch behind the table of CTorch.h: one function per call, no policy.
//
// Written to the calls that libtorch 1.13 and 2.x share. The only file that includes <torch/torch.h>.
#include "TorchShim.h"
#include "ShimSupport.h"

#include <torch/torch.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "Support.h"

#include "Memory.h"

#include "Layers.h"
#include "Devices.h"
#include "Fused.h"
#include "Depthwise.h"

#include "AdamPass.h"
#include "Optimisers.h"
#include "Pictures.h"

static_assert(
    TORCH_VERSION_MAJOR == 2 || (TORCH_VERSION_MAJOR == 1 && TORCH_VERSION_MINOR >= 13),
    "dfprep is tried with libtorch 1.13 and 2.x");

// Present where the BLAS behind libtorch is OpenBLAS.
extern "C" void openblas_set_num_threads(int) __attribute__((weak));

namespace {

// The library.

const char *version() { return TORCH_VERSION; }

dft_status set_threads(int32_t count, dft_error *error) {
  return guarded(error, [&] {
    at::set_num_threads(count);
    if (openblas_set_num_threads != nullptr) openblas_set_num_threads(count);
  });
}

dft_status threads(int32_t *count, dft_error *error) {
  return guarded(error, [&] { *count = at::get_num_threads(); });
}

dft_status set_interoperator_threads(int32_t count, dft_error *error) {
  return guarded(error, [&] { at::set_num_interop_threads(count); });
}

dft_status set_deterministic(int32_t enabled, dft_error *error) {
  return guarded(error, [&] { at::globalContext().setDeterministicAlgorithms(enabled != 0, /*warn_only=*/false); });
}

dft_status set_records_gradients(int32_t enabled, int32_t *previous, dft_error *error) {
  return guarded(error, [&] {
    *previous = at::GradMode::is_enabled();
    at::GradMode::set_enabled(enabled != 0);
  });
}

// Tensors in and out.

dft_status tensor_create(
    const void *bytes, int64_t byte_count, int32_t type, const int64_t *shape, int32_t dimensions, dft_tensor **out,
    dft_error *error) {
  return produce(out, error, [&] {
    auto result = at::empty(sizes(shape, dimensions), scalar_type(type));
    TORCH_CHECK(
        byte_count == static_cast<int64_t>(result.nbytes()), byte_count, " bytes for a tensor of ", result.nbytes());
    if (byte_count > 0) std::memcpy(result.data_ptr(), bytes, static_cast<size_t>(byte_count));
    return result;
  });
}

dft_status tensor_create_filled(
    double value, int32_t type, const int64_t *shape, int32_t dimensions, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return at::full(sizes(shape, dimensions), value, scalar_type(type)); });
}

dft_status tensor_create_normal(
    double deviation, uint64_t seed, const int64_t *shape, int32_t dimensions, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] {
    return at::empty(sizes(shape, dimensions), at::kFloat).normal_(0, deviation, generator(seed));
  });
}

void tensor_destroy(dft_tensor *tensor) { delete tensor; }

dft_status tensor_copy_out(const dft_tensor *tensor, void *bytes, int64_t byte_count, dft_error *error) {
  return guarded(error, [&] {
    auto source = tensor->value.detach().cpu().contiguous();
    TORCH_CHECK(
        byte_count == static_cast<int64_t>(source.nbytes()), byte_count, " bytes for a tensor of ", source.nbytes());
    if (byte_count > 0) std::memcpy(bytes, source.data_ptr(), static_cast<size_t>(byte_count));
  });
}

dft_status tensor_describe(
    const dft_tensor *tensor, int32_t *type, int64_t *shape, int32_t capacity, int32_t *dimensions, dft_error *error) {
  return guarded(error, [&] {
    switch (tensor->value.scalar_type()) {
      case at::kByte: *type = dft_uint8; break;
      case at::kLong: *type = dft_int64; break;
      case at::kFloat: *type = dft_float32; break;
      case at::kDouble: *type = dft_float64; break;
      default: TORCH_CHECK(false, "an element type that dfprep does not use: ", tensor->value.scalar_type());
    }
    *dimensions = static_cast<int32_t>(tensor->value.dim());
    for (int32_t axis = 0; axis < *dimensions && axis < capacity; ++axis) shape[axis] = tensor->value.size(axis);
  });
}

// Element type, layout, shape.

dft_status convert(const dft_tensor *input, int32_t type, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.to(scalar_type(type)); });
}

dft_status channels_last(const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.contiguous(at::MemoryFormat::ChannelsLast); });
}

dft_status permute(
    const dft_tensor *input, const int64_t *order, int32_t dimensions, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.permute(sizes(order, dimensions)); });
}

dft_status copied(const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.detach().clone(); });
}

// Arithmetic.

dft_status add(const dft_tensor *left, const dft_tensor *right, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return left->value + right->value; });
}

dft_status subtract(const dft_tensor *left, const dft_tensor *right, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return left->value - right->value; });
}

dft_status multiply(const dft_tensor *left, const dft_tensor *right, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return left->value * right->value; });
}

dft_status divide(const dft_tensor *left, const dft_tensor *right, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return left->value / right->value; });
}

dft_status sum(const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.sum(); });
}

dft_status norm(const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.norm(); });
}

dft_status all_finite(const dft_tensor *input, int32_t *result, dft_error *error) {
  return guarded(error, [&] { *result = at::isfinite(input->value).all().item<bool>(); });
}

// Gradients.

dft_status set_requires_gradient(dft_tensor *tensor, int32_t required, dft_error *error) {
  return guarded(error, [&] { tensor->value.requires_grad_(required != 0); });
}

dft_status backward(const dft_tensor *tensor, dft_error *error) {
  return guarded(error, [&] { tensor->value.backward(); });
}

dft_status gradient(const dft_tensor *tensor, dft_tensor **out, dft_error *error) {
  return guarded(error, [&] {
    const auto &value = tensor->value.grad();
    *out = value.defined() ? new dft_tensor{value} : nullptr;
  });
}

dft_status clear_gradient(dft_tensor *tensor, dft_error *error) {
  return guarded(error, [&] { tensor->value.mutable_grad().reset(); });
}

dft_status gradient_by(const dft_tensor *value, const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return torch::autograd::grad({value->value}, {input->value}).at(0); });
}

// In place.

dft_status assign(dft_tensor *destination, const dft_tensor *source, dft_error *error) {
  return guarded(error, [&] {
    at::NoGradGuard unrecorded;
    TORCH_CHECK(
        destination->value.sizes() == source->value.sizes(), source->value.sizes(), " into ",
        destination->value.sizes());
    destination->value.copy_(source->value);
  });
}

dft_status interpolate(dft_tensor *destination, const dft_tensor *source, double fraction, dft_error *error) {
  return guarded(error, [&] {
    at::NoGradGuard unrecorded;
    destination->value.lerp_(source->value, fraction);
  });
}

dft_status increment(dft_tensor *tensor, int64_t value, dft_error *error) {
  return guarded(error, [&] {
    at::NoGradGuard unrecorded;
    tensor->value.add_(value);
  });
}

dft_status add_scaled(dft_tensor *destination, const dft_tensor *source, double factor, dft_error *error) {
  return guarded(error, [&] {
    at::NoGradGuard unrecorded;
    destination->value.add_(source->value, factor);
  });
}

dft_status scale(dft_tensor *tensor, double factor, dft_error *error) {
  return guarded(error, [&] {
    at::NoGradGuard unrecorded;
    tensor->value.mul_(factor);
  });
}

dft_status zeros_like(const dft_tensor *tensor, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return at::zeros_like(tensor->value.detach()); });
}

const dft_functions table = {
    version,
    set_threads,
    threads,
    set_interoperator_threads,
    set_deterministic,
    set_records_gradients,
    tensor_create,
    tensor_create_filled,
    tensor_create_normal,
    tensor_destroy,
    tensor_copy_out,
    tensor_describe,
    convert,
    channels_last,
    permute,
    copied,
    add,
    subtract,
    multiply,
    divide,
    sum,
    norm,
    all_finite,
    conv2d,
    batch_norm,
    linear,
    relu6,
    global_average_pool,
    dropout,
    softmax,
    log_softmax,
    set_requires_gradient,
    backward,
    gradient,
    clear_gradient,
    assign,
    interpolate,
    increment,
    add_scaled,
    scale,
    zeros_like,
    adam_step,
    sgd_step,
    script_load,
    script_destroy,
    script_forward,
    relu,
    silu,
    gelu,
    sigmoid,
    max_pool,
    layer_norm,
    mean_over,
    norm_over,
    drop_path,
    normalise_pixels,
    batch_norm_bent,
    fold_batch_norm,
    conv2d_bent,
    cuda_count,
    device_of,
    move_tensor,
    on_device,
    cross_entropy,
    select_rows,
    log_sum_exp,
    softplus,
    gradient_by,
    matrix_product,
    normalise,
    arg_max,
    concatenate,
    narrow,
    detached,
};

}  // namespace

const dft_functions *dft_table(void) {
  keep_blocks();
  return &table;
}
