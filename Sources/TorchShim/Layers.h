// The layers of networks. A part of TorchShim.cpp, which alone includes it, after Support.h.
#ifndef DFPREP_TORCH_LAYERS_H
#define DFPREP_TORCH_LAYERS_H

namespace {

dft_status batch_norm(
    const dft_tensor *input, const dft_tensor *weight, const dft_tensor *bias, dft_tensor *running_mean,
    dft_tensor *running_variance, int32_t training, double momentum, double epsilon, dft_tensor **out,
    dft_error *error) {
  return produce(out, error, [&] {
    return at::batch_norm(
        input->value, weight->value, bias->value, running_mean->value, running_variance->value, training != 0,
        momentum, epsilon, /*cudnn_enabled=*/false);
  });
}

dft_status linear(
    const dft_tensor *input, const dft_tensor *weight, const dft_tensor *bias, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return at::linear(input->value, weight->value, or_none(bias)); });
}

dft_status relu6(const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return at::hardtanh(input->value, 0, 6); });
}

dft_status global_average_pool(const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.mean(at::IntArrayRef{2, 3}); });
}

dft_status dropout(const dft_tensor *input, double probability, uint64_t seed, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] {
    // Drawn by the host's generator, so that the mask is the same on every device.
    auto kept = at::empty_like(input->value, at::TensorOptions(at::kCPU)).bernoulli_(1 - probability, generator(seed));
    return input->value * kept.div_(1 - probability).to(input->value.device());
  });
}

dft_status softmax(const dft_tensor *input, int64_t axis, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.softmax(axis); });
}

dft_status log_softmax(const dft_tensor *input, int64_t axis, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.log_softmax(axis); });
}

dft_status relu(const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return at::relu(input->value); });
}

dft_status silu(const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return at::silu(input->value); });
}

dft_status gelu(const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return at::gelu(input->value); });
}

dft_status sigmoid(const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return at::sigmoid(input->value); });
}

dft_status max_pool(
    const dft_tensor *input, int64_t size, int64_t stride, int64_t padding, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return at::max_pool2d(input->value, size, stride, padding); });
}

dft_status layer_norm(
    const dft_tensor *input, const dft_tensor *weight, const dft_tensor *bias, double epsilon, dft_tensor **out,
    dft_error *error) {
  return produce(out, error, [&] {
    return at::layer_norm(input->value, weight->value.sizes(), weight->value, bias->value, epsilon);
  });
}

dft_status mean_over(
    const dft_tensor *input, const int64_t *axes, int32_t count, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.mean(sizes(axes, count), /*keepdim=*/true); });
}

dft_status norm_over(
    const dft_tensor *input, const int64_t *axes, int32_t count, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.norm(2, sizes(axes, count), /*keepdim=*/true); });
}

dft_status drop_path(
    const dft_tensor *input, double probability, uint64_t seed, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] {
    std::vector<int64_t> shape(input->value.dim(), 1);
    shape.at(0) = input->value.size(0);
    auto kept = at::empty(shape, input->value.options().device(at::kCPU)).bernoulli_(1 - probability, generator(seed));
    return input->value * kept.div_(1 - probability).to(input->value.device());
  });
}

dft_status cross_entropy(
    const dft_tensor *logits, const dft_tensor *targets, const dft_tensor *class_weights, double smoothing,
    dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] {
    const auto device = logits->value.device();
    const auto weights = class_weights == nullptr ? at::Tensor() : class_weights->value.to(device);
    return at::cross_entropy_loss(
        logits->value, targets->value.to(device), weights, at::Reduction::Mean, /*ignore_index=*/-100, smoothing);
  });
}

dft_status select_rows(const dft_tensor *input, const dft_tensor *indices, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.index_select(0, indices->value.to(input->value.device())); });
}

dft_status log_sum_exp(const dft_tensor *input, int64_t axis, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.logsumexp(at::IntArrayRef{axis}, /*keepdim=*/true); });
}

dft_status softplus(const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return at::softplus(input->value); });
}

dft_status matrix_product(const dft_tensor *left, const dft_tensor *right, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return at::mm(left->value, right->value); });
}

dft_status normalise(const dft_tensor *input, int64_t axis, double epsilon, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] {
    return input->value / input->value.norm(2, at::IntArrayRef{axis}, /*keepdim=*/true).clamp_min(epsilon);
  });
}

dft_status arg_max(const dft_tensor *input, int64_t axis, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return at::argmax(input->value, axis); });
}

dft_status concatenate(const dft_tensor *const *inputs, int32_t count, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] {
    std::vector<at::Tensor> values;
    for (int32_t index = 0; index < count; ++index) values.push_back(inputs[index]->value);
    return at::cat(values);
  });
}

dft_status narrow(const dft_tensor *input, int64_t start, int64_t count, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.narrow(0, start, count); });
}

dft_status detached(const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return input->value.detach(); });
}

}  // namespace

#endif
