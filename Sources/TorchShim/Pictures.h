// From pixels to a network's input. A part of TorchShim.cpp, which alone includes it, after Support.h.
#ifndef DFPREP_TORCH_PICTURES_H
#define DFPREP_TORCH_PICTURES_H

namespace {

dft_status normalise_pixels(
    const uint8_t *pixels, int64_t count, int64_t height, int64_t width, const float *mean, const float *deviation,
    dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] {
    // A byte has 256 values: each is computed once per channel.
    float values[3][256];
    for (int channel = 0; channel < 3; ++channel) {
      for (int value = 0; value < 256; ++value) {
        values[channel][value] = (static_cast<float>(value) - mean[channel]) / deviation[channel];
      }
    }
    auto result = at::empty(
        {count, 3, height, width}, at::TensorOptions(at::kFloat).memory_format(at::MemoryFormat::ChannelsLast));
    float *target = result.data_ptr<float>();
    at::parallel_for(0, count * height * width, 1 << 14, [&](int64_t begin, int64_t end) {
      for (int64_t pixel = begin; pixel < end; ++pixel) {
        target[3 * pixel] = values[0][pixels[3 * pixel]];
        target[3 * pixel + 1] = values[1][pixels[3 * pixel + 1]];
        target[3 * pixel + 2] = values[2][pixels[3 * pixel + 2]];
      }
    });
    return result;
  });
}

}  // namespace

#endif
