// Convolutions of every channel by itself. A part of TorchShim.cpp, which alone includes it, after Fused.h.
//
// oneDNN's gradient of a 5 x 5 filter takes several times as long as going over both maps does, and libtorch copies a map
// to pad it by an uneven number of pixels. Here sixteen channels at a time stay in registers while a row goes by. Sums over
// pictures are over fixed groups of them: they do not depend on the number of threads.
#ifndef DFPREP_TORCH_DEPTHWISE_H
#define DFPREP_TORCH_DEPTHWISE_H

#define WITHIN __attribute__((always_inline)) inline

namespace {

constexpr int64_t lane_count = 16;
/// Sixteen channels of a pixel, wherever they lie.
typedef float Lanes __attribute__((vector_size(4 * lane_count), aligned(4)));

/// Pixels, channels innermost: an input of `height` x `width`, an output of `rows` x `columns`.
struct DepthwiseShape {
  int64_t size, stride, top, left, height, width, rows, columns, channels;

  int64_t input_count() const { return height * width * channels; }
  int64_t output_count() const { return rows * columns * channels; }
  int64_t filter_count() const { return size * size * channels; }
};

/// One row of the output. `filter` is `[size, size, channels]`.
template <int Size>
WITHIN void filter_row(
    const DepthwiseShape &shape, int64_t row, const float *input, const float *filter, float *output) {
  const int64_t channels = shape.channels, top = row * shape.stride - shape.top;
  for (int64_t channel = 0; channel < channels; channel += lane_count) {
    for (int64_t column = 0; column < shape.columns; ++column) {
      const int64_t left = column * shape.stride - shape.left;
      const bool is_whole = left >= 0 && left + Size <= shape.width;
      Lanes sum = {};
      for (int64_t y = 0; y < Size; ++y) {
        if (top + y < 0 || top + y >= shape.height) continue;
        const float *pixels = input + ((top + y) * shape.width + left) * channels + channel;
        const float *weights = filter + y * Size * channels + channel;
        if (is_whole) {
#pragma clang loop unroll(full)
          for (int64_t x = 0; x < Size; ++x) {
            sum += *(const Lanes *)(weights + x * channels) * *(const Lanes *)(pixels + x * channels);
          }
        } else {
          for (int64_t x = std::max<int64_t>(0, -left); x < std::min<int64_t>(Size, shape.width - left); ++x) {
            sum += *(const Lanes *)(weights + x * channels) * *(const Lanes *)(pixels + x * channels);
          }
        }
      }
      *(Lanes *)(output + column * channels + channel) = sum;
    }
  }
}

/// Adds what one row of the output's gradient says of the input's, of the whole picture.
template <int Size>
WITHIN void spread_row(
    const DepthwiseShape &shape, int64_t row, const float *gradient, const float *filter, float *of_input) {
  const int64_t channels = shape.channels, top = row * shape.stride - shape.top;
  for (int64_t y = 0; y < Size; ++y) {
    if (top + y < 0 || top + y >= shape.height) continue;
    for (int64_t channel = 0; channel < channels; channel += lane_count) {
      Lanes weights[Size];
#pragma clang loop unroll(full)
      for (int64_t x = 0; x < Size; ++x) weights[x] = *(const Lanes *)(filter + (y * Size + x) * channels + channel);
      for (int64_t column = 0; column < shape.columns; ++column) {
        const int64_t left = column * shape.stride - shape.left;
        const Lanes slope = *(const Lanes *)(gradient + column * channels + channel);
        float *pixels = of_input + ((top + y) * shape.width + left) * channels + channel;
#pragma clang loop unroll(full)
        for (int64_t x = 0; x < Size; ++x) {
          if (left + x >= 0 && left + x < shape.width) *(Lanes *)(pixels + x * channels) += slope * weights[x];
        }
      }
    }
  }
}

/// Adds what one row of the output's gradient says of the filter's.
template <int Size>
WITHIN void correlate_row(
    const DepthwiseShape &shape, int64_t row, const float *input, const float *gradient, float *of_filter) {
  const int64_t channels = shape.channels, top = row * shape.stride - shape.top;
  for (int64_t channel = 0; channel < channels; channel += lane_count) {
    for (int64_t y = 0; y < Size; ++y) {
      if (top + y < 0 || top + y >= shape.height) continue;
      Lanes sums[Size] = {};
      for (int64_t column = 0; column < shape.columns; ++column) {
        const int64_t left = column * shape.stride - shape.left;
        const Lanes slope = *(const Lanes *)(gradient + column * channels + channel);
        const float *pixels = input + ((top + y) * shape.width + left) * channels + channel;
        if (left >= 0 && left + Size <= shape.width) {
#pragma clang loop unroll(full)
          for (int64_t x = 0; x < Size; ++x) sums[x] += slope * *(const Lanes *)(pixels + x * channels);
        } else {
#pragma clang loop unroll(full)
          for (int64_t x = 0; x < Size; ++x) {
            if (left + x >= 0 && left + x < shape.width) sums[x] += slope * *(const Lanes *)(pixels + x * channels);
          }
        }
      }
#pragma clang loop unroll(full)
      for (int64_t x = 0; x < Size; ++x) *(Lanes *)(of_filter + (y * Size + x) * channels + channel) += sums[x];
    }
  }
}

// A function per processor cannot be a template.

EVERY_PROCESSOR void filter_any(
    const DepthwiseShape &shape, int64_t row, const float *input, const float *filter, float *output) {
  if (shape.size == 3) filter_row<3>(shape, row, input, filter, output);
  else if (shape.size == 5) filter_row<5>(shape, row, input, filter, output);
  else filter_row<7>(shape, row, input, filter, output);
}

EVERY_PROCESSOR void spread_any(
    const DepthwiseShape &shape, int64_t row, const float *gradient, const float *filter, float *of_input) {
  if (shape.size == 3) spread_row<3>(shape, row, gradient, filter, of_input);
  else if (shape.size == 5) spread_row<5>(shape, row, gradient, filter, of_input);
  else spread_row<7>(shape, row, gradient, filter, of_input);
}

EVERY_PROCESSOR void correlate_any(
    const DepthwiseShape &shape, int64_t row, const float *input, const float *gradient, float *of_filter) {
  if (shape.size == 3) correlate_row<3>(shape, row, input, gradient, of_filter);
  else if (shape.size == 5) correlate_row<5>(shape, row, input, gradient, of_filter);
  else correlate_row<7>(shape, row, input, gradient, of_filter);
}

struct Depthwise : torch::autograd::Function<Depthwise> {
  /// Pictures whose gradients of the filter are one sum before they are joined.
  static constexpr int64_t group = 2;

  /// `top` and `left` pixels are padded there, `bottom` and `right` at the other ends.
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &input, const at::Tensor &weight, int64_t stride,
      int64_t top, int64_t left, int64_t bottom, int64_t right) {
    const int64_t size = weight.size(2), height = input.size(2), width = input.size(3);
    const DepthwiseShape shape{
        size, stride, top, left, height, width, (height + top + bottom - size) / stride + 1,
        (width + left + right - size) / stride + 1, input.size(1)};
    context->save_for_backward({input, weight});
    context->saved_data["padding"] = std::vector<int64_t>{stride, top, left, bottom, right};
    if (top == bottom && left == right) {
      return at::conv2d(input, weight, {}, {stride, stride}, {top, left}, {1, 1}, shape.channels);
    }
    const auto filter = by_pixel(weight);
    auto result = at::empty({input.size(0), shape.channels, shape.rows, shape.columns}, input.options(),
                            at::MemoryFormat::ChannelsLast);
    const float *values = input.data_ptr<float>(), *weights = filter.data_ptr<float>();
    float *target = result.data_ptr<float>();
    at::parallel_for(0, input.size(0) * shape.rows, 1, [&](int64_t begin, int64_t end) {
      for (int64_t index = begin; index < end; ++index) {
        filter_any(
            shape, index % shape.rows, values + index / shape.rows * shape.input_count(), weights,
            target + index * shape.columns * shape.channels);
      }
    });
    return result;
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &input = saved[0], &weight = saved[1];
    const auto numbers = context->saved_data["padding"].toIntVector();
    const int64_t stride = numbers[0], top = numbers[1], left = numbers[2];
    const auto gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    const DepthwiseShape shape{
        weight.size(2), stride, top, left, input.size(2), input.size(3), gradient.size(2), gradient.size(3),
        input.size(1)};
    at::Tensor of_input, of_weight;
    if (context->needs_input_grad(0)) {
      of_input = top == numbers[3] && left == numbers[4]
          ? std::get<0>(at::convolution_backward(
              gradient, input, weight, {}, {stride, stride}, {top, left}, {1, 1}, /*transposed=*/false, {0, 0},
              shape.channels, {true, false, false}))
          : spread(shape, gradient, by_pixel(weight), input);
    }
    if (context->needs_input_grad(1)) of_weight = correlated(shape, input, gradient).reshape(weight.sizes());
    return {of_input, of_weight, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }

private:
  /// `[channels, 1, size, size]` to `[size, size, channels]`.
  static at::Tensor by_pixel(const at::Tensor &weight) {
    return weight.squeeze(1).permute({1, 2, 0}).contiguous();
  }

  static at::Tensor spread(
      const DepthwiseShape &shape, const at::Tensor &gradient, const at::Tensor &filter, const at::Tensor &input) {
    auto result = at::empty_like(input);
    const float *given = gradient.data_ptr<float>(), *weights = filter.data_ptr<float>();
    float *target = result.data_ptr<float>();
    at::parallel_for(0, input.size(0), 1, [&](int64_t begin, int64_t end) {
      for (int64_t picture = begin; picture < end; ++picture) {
        float *pixels = target + picture * shape.input_count();
        std::fill_n(pixels, shape.input_count(), 0.0f);
        for (int64_t row = 0; row < shape.rows; ++row) {
          spread_any(
              shape, row, given + (picture * shape.rows + row) * shape.columns * shape.channels, weights, pixels);
        }
      }
    });
    return result;
  }

  /// The filter's gradient, `[channels, size, size]`.
  static at::Tensor correlated(const DepthwiseShape &shape, const at::Tensor &input, const at::Tensor &gradient) {
    const int64_t pictures = input.size(0), groups = (pictures + group - 1) / group;
    auto parts = at::zeros({groups, shape.size, shape.size, shape.channels}, gradient.options());
    const float *values = input.data_ptr<float>(), *given = gradient.data_ptr<float>();
    float *sums = parts.data_ptr<float>();
    at::parallel_for(0, groups, 1, [&](int64_t begin, int64_t end) {
      for (int64_t picture = begin * group; picture < std::min(pictures, end * group); ++picture) {
        for (int64_t row = 0; row < shape.rows; ++row) {
          correlate_any(
              shape, row, values + picture * shape.input_count(),
              given + (picture * shape.rows + row) * shape.columns * shape.channels,
              sums + picture / group * shape.filter_count());
        }
      }
    });
    return parts.sum(at::IntArrayRef{0}).permute({2, 0, 1}).contiguous();
  }
};

/// Whether ``Depthwise`` takes the convolution; it is for training.
bool fits_depthwise(
    const at::Tensor &input, const at::Tensor &weight, const at::Tensor &bias, int64_t dilation, int64_t groups) {
  return !bias.defined() && input.dim() == 4 && weight.dim() == 4 && input.device().is_cpu() && input.scalar_type() == at::kFloat
      && weight.scalar_type() == at::kFloat && input.numel() > 0 && input.is_contiguous(at::MemoryFormat::ChannelsLast)
      && groups == input.size(1) && groups % lane_count == 0 && weight.size(0) == groups && weight.size(1) == 1
      && weight.size(2) == weight.size(3) && (weight.size(2) == 3 || weight.size(2) == 5 || weight.size(2) == 7)
      && dilation == 1 && at::GradMode::is_enabled() && weight.requires_grad();
}

/// Around the last two axes, in the order of the table's functions.
struct Padding {
  int64_t left, right, top, bottom;

  explicit Padding(const int64_t *padding) : left(padding[0]), right(padding[1]), top(padding[2]), bottom(padding[3]) {}
};

at::Tensor convolved(
    const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, int64_t stride, Padding padding,
    int64_t dilation, int64_t groups) {
  const auto [left, right, top, bottom] = padding;
  if (fits_depthwise(x, weight, bias, dilation, groups) && stride >= 1 && x.size(2) + top + bottom >= weight.size(2)
      && x.size(3) + left + right >= weight.size(3)) {
    return Depthwise::apply(x, weight, stride, top, left, bottom, right);
  }
  const bool is_even = left == right && top == bottom;
  return at::conv2d(
      is_even ? x : at::constant_pad_nd(x, {left, right, top, bottom}, 0), weight, bias,
      at::IntArrayRef{stride, stride}, is_even ? at::IntArrayRef{top, left} : at::IntArrayRef{0, 0},
      at::IntArrayRef{dilation, dilation}, groups);
}

dft_status conv2d(
    const dft_tensor *input, const dft_tensor *weight, const dft_tensor *bias, int64_t stride, const int64_t *padding,
    int64_t dilation, int64_t groups, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] {
    return convolved(input->value, weight->value, or_none(bias), stride, Padding(padding), dilation, groups);
  });
}

dft_status conv2d_bent(
    const dft_tensor *input, const dft_tensor *weight, const dft_tensor *bias, int64_t stride, const int64_t *padding,
    int64_t dilation, int64_t groups, int32_t activation, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] {
    const auto result =
        convolved(input->value, weight->value, or_none(bias), stride, Padding(padding), dilation, groups);
    return bent(result, activation, /*in_place=*/!at::GradMode::is_enabled());
  });
}

}  // namespace

#endif
