// What every function of TorchShim.cpp is made with. A part of that file, which alone includes it.
#ifndef DFPREP_TORCH_SUPPORT_H
#define DFPREP_TORCH_SUPPORT_H

namespace {

at::ScalarType scalar_type(int32_t type) {
  switch (type) {
    case dft_uint8: return at::kByte;
    case dft_int64: return at::kLong;
    case dft_float32: return at::kFloat;
    case dft_float64: return at::kDouble;
  }
  TORCH_CHECK(false, "unknown element type ", type);
}

at::IntArrayRef sizes(const int64_t *shape, int32_t dimensions) {
  TORCH_CHECK(dimensions >= 0 && (dimensions == 0 || shape != nullptr), "no shape");
  return {shape, static_cast<size_t>(dimensions)};
}

/// An undefined tensor is how libtorch takes "no bias".
at::Tensor or_none(const dft_tensor *tensor) { return tensor ? tensor->value : at::Tensor(); }

at::Generator generator(uint64_t seed) { return at::make_generator<at::CPUGeneratorImpl>(seed); }

}  // namespace

#endif
