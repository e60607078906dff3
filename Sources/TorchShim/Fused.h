// Batch normalisation and the bend after it in one operator. A part of TorchShim.cpp, which alone includes it.
//
// Both are bound by memory: as two operators of libtorch they go over the map about a dozen times per step, as one
// about eight times, and the map between them is not kept. Sums are over blocks of rows, then over the blocks in their
// order, in double: they do not depend on the number of threads.
#ifndef DFPREP_TORCH_FUSED_H
#define DFPREP_TORCH_FUSED_H

#if defined(__x86_64__)
#define EVERY_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EVERY_PROCESSOR
#endif

namespace {

constexpr int64_t block_rows = 256;

/// Adds to `sums` and `squares` what each column of `rows` rows is above `pivot`.
EVERY_PROCESSOR void add_moments(
    const float *__restrict values, const float *__restrict pivot, int64_t rows, int64_t channels,
    float *__restrict sums, float *__restrict squares) {
  for (int64_t row = 0; row < rows; ++row, values += channels) {
    for (int64_t channel = 0; channel < channels; ++channel) {
      const float above = values[channel] - pivot[channel];
      sums[channel] += above;
      squares[channel] += above * above;
    }
  }
}

/// min(max(values * scale + shift, floor), ceiling)
EVERY_PROCESSOR void normalise_and_bend(
    const float *__restrict values, const float *__restrict scale, const float *__restrict shift, float floor,
    float ceiling, int64_t rows, int64_t channels, float *__restrict result) {
  for (int64_t row = 0; row < rows; ++row, values += channels, result += channels) {
    for (int64_t channel = 0; channel < channels; ++channel) {
      const float bent = values[channel] * scale[channel] + shift[channel];
      const float above = bent > floor ? bent : floor;
      result[channel] = above < ceiling ? above : ceiling;
    }
  }
}

/// Sums of the gradient before the bend, and of its product with what the value is above the mean.
EVERY_PROCESSOR void add_gradients(
    const float *__restrict gradient, const float *__restrict values, const float *__restrict scale,
    const float *__restrict shift, const float *__restrict mean, float floor, float ceiling, int64_t rows, int64_t channels,
    float *__restrict sums, float *__restrict products) {
  for (int64_t row = 0; row < rows; ++row, gradient += channels, values += channels) {
    for (int64_t channel = 0; channel < channels; ++channel) {
      const float bent = values[channel] * scale[channel] + shift[channel];
      const float passed = ((bent > floor) & (bent < ceiling)) ? gradient[channel] : 0;
      sums[channel] += passed;
      products[channel] += passed * (values[channel] - mean[channel]);
    }
  }
}

/// gradient_before_the_bend * scale - values * slope - offset
EVERY_PROCESSOR void pass_gradients(
    const float *__restrict gradient, const float *__restrict values, const float *__restrict scale,
    const float *__restrict shift, const float *__restrict slope, const float *__restrict offset, float floor,
    float ceiling, int64_t rows, int64_t channels, float *__restrict result) {
  for (int64_t row = 0; row < rows; ++row, gradient += channels, values += channels, result += channels) {
    for (int64_t channel = 0; channel < channels; ++channel) {
      const float bent = values[channel] * scale[channel] + shift[channel];
      const float passed = ((bent > floor) & (bent < ceiling)) ? gradient[channel] : 0;
      result[channel] = passed * scale[channel] - (values[channel] * slope[channel] + offset[channel]);
    }
  }
}

/// Two sums per channel over all rows, each block's by `add(block's first row, rows, sums, more sums)`.
template <class Add>
std::vector<double> sums_over_blocks(int64_t rows, int64_t channels, const Add &add) {
  const int64_t blocks = (rows + block_rows - 1) / block_rows;
  std::vector<float> parts(2 * blocks * channels, 0.0f);
  at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      float *part = parts.data() + 2 * block * channels;
      const int64_t first = block * block_rows;
      add(first, std::min(block_rows, rows - first), part, part + channels);
    }
  });
  std::vector<double> sums(2 * channels, 0.0);
  for (int64_t block = 0; block < blocks; ++block) {
    const float *part = parts.data() + 2 * block * channels;
    for (int64_t column = 0; column < 2 * channels; ++column) sums[column] += part[column];
  }
  return sums;
}

template <class Body>
void over_rows(int64_t rows, const Body &body) {
  at::parallel_for(0, (rows + block_rows - 1) / block_rows, 1, [&](int64_t begin, int64_t end) {
    body(begin * block_rows, std::min(rows, end * block_rows) - begin * block_rows);
  });
}

struct NormaliseAndBend : torch::autograd::Function<NormaliseAndBend> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &input, const at::Tensor &weight,
      const at::Tensor &bias, at::Tensor running_mean, at::Tensor running_variance, double momentum, double epsilon,
      double floor, double ceiling) {
    const int64_t channels = input.size(1), rows = input.numel() / channels;
    const float *values = input.data_ptr<float>();
    const std::vector<float> pivot(values, values + channels);
    const auto sums = sums_over_blocks(
        rows, channels, [&](int64_t first, int64_t count, float *sum, float *square) {
          add_moments(values + first * channels, pivot.data(), count, channels, sum, square);
        });
    // Rows: mean, 1 / deviation, scale, shift.
    auto constants = at::empty({4, channels}, input.options().memory_format(at::MemoryFormat::Contiguous));
    float *mean = constants.data_ptr<float>(), *inverse = mean + channels, *scale = inverse + channels,
          *shift = scale + channels;
    const float *weights = weight.data_ptr<float>(), *biases = bias.data_ptr<float>();
    float *running_means = running_mean.data_ptr<float>(), *running_variances = running_variance.data_ptr<float>();
    for (int64_t channel = 0; channel < channels; ++channel) {
      const double above = sums[channel] / rows;
      const double variance = std::max(0.0, sums[channels + channel] / rows - above * above);
      const double centre = pivot[channel] + above, spread = 1 / std::sqrt(variance + epsilon);
      mean[channel] = static_cast<float>(centre);
      inverse[channel] = static_cast<float>(spread);
      scale[channel] = static_cast<float>(weights[channel] * spread);
      shift[channel] = static_cast<float>(biases[channel] - centre * weights[channel] * spread);
      const double unbiased = variance * rows / std::max<int64_t>(rows - 1, 1);
      running_means[channel] = static_cast<float>((1 - momentum) * running_means[channel] + momentum * centre);
      running_variances[channel] =
          static_cast<float>((1 - momentum) * running_variances[channel] + momentum * unbiased);
    }
    auto result = at::empty_like(input);
    float *target = result.data_ptr<float>();
    over_rows(rows, [&](int64_t first, int64_t count) {
      normalise_and_bend(
          values + first * channels, scale, shift, static_cast<float>(floor), static_cast<float>(ceiling), count, channels,
          target + first * channels);
    });
    context->save_for_backward({input, constants});
    context->saved_data["floor"] = floor;
    context->saved_data["ceiling"] = ceiling;
    return result;
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &input = saved[0], &constants = saved[1];
    const auto floor = static_cast<float>(context->saved_data["floor"].toDouble());
    const auto ceiling = static_cast<float>(context->saved_data["ceiling"].toDouble());
    const auto gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    const int64_t channels = input.size(1), rows = input.numel() / channels;
    const float *values = input.data_ptr<float>(), *given = gradient.data_ptr<float>();
    const float *mean = constants.data_ptr<float>(), *inverse = mean + channels, *scale = inverse + channels,
                *shift = scale + channels;
    const auto sums = sums_over_blocks(
        rows, channels, [&](int64_t first, int64_t count, float *sum, float *product) {
          add_gradients(
              given + first * channels, values + first * channels, scale, shift, mean, floor, ceiling, count, channels, sum,
              product);
        });
    auto of_weight = at::empty({channels}, constants.options()), of_bias = at::empty({channels}, constants.options());
    std::vector<float> slope(channels), offset(channels);
    for (int64_t channel = 0; channel < channels; ++channel) {
      const double sum = sums[channel], product = sums[channels + channel], spread = inverse[channel];
      of_bias.data_ptr<float>()[channel] = static_cast<float>(sum);
      of_weight.data_ptr<float>()[channel] = static_cast<float>(product * spread);
      const double steep = scale[channel] * spread * spread * product / rows;
      slope[channel] = static_cast<float>(steep);
      offset[channel] = static_cast<float>(scale[channel] * sum / rows - steep * mean[channel]);
    }
    at::Tensor of_input;
    if (context->needs_input_grad(0)) {
      of_input = at::empty_like(input);
      float *target = of_input.data_ptr<float>();
      over_rows(rows, [&](int64_t first, int64_t count) {
        pass_gradients(
            given + first * channels, values + first * channels, scale, shift, slope.data(), offset.data(), floor,
            ceiling, count, channels, target + first * channels);
      });
    }
    return {of_input, of_weight, of_bias, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor(),
            at::Tensor()};
  }
};

/// max(x, 0), at most the ceiling; in place where `x` is nobody else's.
at::Tensor bent(at::Tensor x, int32_t activation, bool in_place) {
  switch (activation) {
    case dft_relu: return in_place ? x.relu_() : at::relu(x);
    case dft_relu6: return in_place ? at::hardtanh_(x, 0, 6) : at::hardtanh(x, 0, 6);
    case dft_silu: return in_place ? at::silu_(x) : at::silu(x);
    case dft_linear: return x;
  }
  TORCH_CHECK(false, "unknown activation ", activation);
}

dft_status batch_norm_bent(
    const dft_tensor *input, const dft_tensor *weight, const dft_tensor *bias, dft_tensor *running_mean,
    dft_tensor *running_variance, int32_t training, double momentum, double epsilon, int32_t activation,
    dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] {
    const auto &x = input->value;
    const bool fits = x.dim() == 4 && x.device().is_cpu() && x.scalar_type() == at::kFloat && x.numel() > 0
        && x.is_contiguous(at::MemoryFormat::ChannelsLast) && weight->value.scalar_type() == at::kFloat
        && weight->value.sizes() == at::IntArrayRef{x.size(1)} && weight->value.is_contiguous()
        && bias->value.sizes() == weight->value.sizes() && bias->value.is_contiguous();
    // One value per channel has no deviation: libtorch says so.
    if (fits && training != 0 && activation != dft_silu && x.numel() > x.size(1)) {
      const double infinity = std::numeric_limits<double>::infinity();
      const double floor = activation == dft_linear ? -infinity : 0, ceiling = activation == dft_relu6 ? 6 : infinity;
      return NormaliseAndBend::apply(
          x, weight->value, bias->value, running_mean->value, running_variance->value, momentum, epsilon,
          floor, ceiling);
    }
    auto normalised = at::batch_norm(
        x, weight->value, bias->value, running_mean->value, running_variance->value, training != 0, momentum, epsilon,
        /*cudnn_enabled=*/false);
    return bent(normalised, activation, activation != dft_silu);
  });
}

dft_status fold_batch_norm(
    const dft_tensor *weight, const dft_tensor *bias, const dft_tensor *scale, const dft_tensor *shift,
    const dft_tensor *mean, const dft_tensor *variance, double epsilon, dft_tensor **out_weight, dft_tensor **out_bias,
    dft_error *error) {
  return guarded(error, [&] {
    at::NoGradGuard unrecorded;
    const auto factor = scale->value / (variance->value + epsilon).sqrt();
    auto offset = shift->value - mean->value * factor;
    if (bias != nullptr) offset = offset + bias->value * factor;
    auto folded = std::make_unique<dft_tensor>(
        dft_tensor{(weight->value * factor.reshape({-1, 1, 1, 1})).contiguous(at::MemoryFormat::ChannelsLast)});
    *out_bias = new dft_tensor{offset};
    *out_weight = folded.release();
  });
}

}  // namespace

#endif
