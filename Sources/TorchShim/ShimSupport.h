// What the files of the shim share: the tensor behind a handle, and the way from an exception to a status.
#ifndef DFPREP_TORCH_SHIM_SUPPORT_H
#define DFPREP_TORCH_SHIM_SUPPORT_H

#include "CTorch.h"

#include <ATen/ATen.h>

#include <cstring>
#include <exception>

struct dft_tensor {
  at::Tensor value;
};

inline void fill(dft_error *error, const char *message) noexcept {
  std::strncpy(error->message, message, sizeof error->message - 1);
  error->message[sizeof error->message - 1] = '\0';
}

/// The only place that catches: whatever `body` throws becomes a status and a message.
template <class Body>
dft_status guarded(dft_error *error, Body &&body) noexcept {
  try {
    body();
    return dft_ok;
  } catch (const c10::Error &failure) {
    fill(error, failure.what_without_backtrace());
  } catch (const std::exception &failure) {
    fill(error, failure.what());
  } catch (...) {
    fill(error, "unknown C++ exception");
  }
  return dft_failed;
}

/// As `guarded`, for a body that makes a tensor.
template <class Body>
dft_status produce(dft_tensor **out, dft_error *error, Body &&body) noexcept {
  return guarded(error, [&] { *out = new dft_tensor{body()}; });
}

// TorchScript.cpp

dft_status script_load(const char *path, dft_script **out, dft_error *error);
void script_destroy(dft_script *script);
dft_status script_forward(dft_script *script, const dft_tensor *input, dft_tensor **out, dft_error *error);

#endif
