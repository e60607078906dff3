// Where tensors live. A part of TorchShim.cpp, which alone includes it, after Support.h.
#ifndef DFPREP_TORCH_DEVICES_H
#define DFPREP_TORCH_DEVICES_H

namespace {

at::Device device(int32_t index) {
  return index < 0 ? at::Device(at::kCPU) : at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(index));
}

dft_status cuda_count(int32_t *count, dft_error *error) {
  return guarded(error, [&] {
    *count = torch::cuda::is_available() ? static_cast<int32_t>(torch::cuda::device_count()) : 0;
  });
}

dft_status device_of(const dft_tensor *tensor, int32_t *index, dft_error *error) {
  return guarded(error, [&] {
    const auto found = tensor->value.device();
    *index = found.is_cpu() ? -1 : found.has_index() ? found.index() : 0;
  });
}

dft_status move_tensor(dft_tensor *tensor, int32_t index, dft_error *error) {
  return guarded(error, [&] {
    at::NoGradGuard unrecorded;
    tensor->value.set_data(tensor->value.detach().to(device(index)));
  });
}

dft_status on_device(const dft_tensor *tensor, int32_t index, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] { return tensor->value.to(device(index)); });
}

}  // namespace

#endif
