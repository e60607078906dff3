// TorchScript behind the table of CTorch.h.
#include "ShimSupport.h"

#include <torch/script.h>

#include <utility>

struct dft_script {
  torch::jit::Module module;
};

dft_status script_load(const char *path, dft_script **out, dft_error *error) {
  return guarded(error, [&] {
    auto module = torch::jit::load(path, at::kCPU);
    module.eval();
    *out = new dft_script{std::move(module)};
  });
}

void script_destroy(dft_script *script) { delete script; }

dft_status script_forward(dft_script *script, const dft_tensor *input, dft_tensor **out, dft_error *error) {
  return produce(out, error, [&] {
    auto result = script->module.forward({input->value});
    if (result.isTuple()) result = result.toTupleRef().elements().at(0);
    if (result.isList()) result = result.toListRef().at(0);
    TORCH_CHECK(result.isTensor(), "forward gives no tensor");
    auto tensor = result.toTensor();
    TORCH_CHECK(tensor.dim() >= 1, "forward gives a single number");
    return tensor.reshape({tensor.size(0), -1}).to(at::kFloat).contiguous();
  });
}
