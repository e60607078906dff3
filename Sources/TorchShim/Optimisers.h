// One step of an optimiser for one parameter. A part of TorchShim.cpp, which alone includes it, after AdamPass.h.
#ifndef DFPREP_TORCH_OPTIMISERS_H
#define DFPREP_TORCH_OPTIMISERS_H

namespace {

at::Tensor gradient_of(const dft_tensor *parameter) {
  const auto &value = parameter->value.grad();
  TORCH_CHECK(value.defined(), "the parameter has no gradient");
  return value;
}

dft_status adam_step(
    dft_tensor *parameter, dft_tensor *mean, dft_tensor *square, int64_t step, double learning_rate, double beta1,
    double beta2, double epsilon, double weight_decay, int32_t decoupled, dft_error *error) {
  return guarded(error, [&] {
    at::NoGradGuard unrecorded;
    auto gradient = gradient_of(parameter);
    const auto layout = parameter->value.strides();
    if (fits_adam_pass(parameter->value) && mean->value.strides() == layout && square->value.strides() == layout) {
      adam_pass(
          parameter->value, gradient, mean->value, square->value, step, learning_rate, beta1, beta2, epsilon,
          weight_decay, decoupled != 0);
      return;
    }
    if (weight_decay != 0) {
      if (decoupled) parameter->value.mul_(1 - learning_rate * weight_decay);
      else gradient = gradient.add(parameter->value, weight_decay);
    }
    mean->value.mul_(beta1).add_(gradient, 1 - beta1);
    square->value.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
    const double number = static_cast<double>(step);
    const double mean_share = 1 - std::pow(beta1, number), square_share = 1 - std::pow(beta2, number);
    const auto denominator = (square->value.sqrt() / std::sqrt(square_share)).add_(epsilon);
    parameter->value.addcdiv_(mean->value, denominator, -learning_rate / mean_share);
  });
}

dft_status sgd_step(
    dft_tensor *parameter, dft_tensor *velocity, int64_t step, double learning_rate, double momentum, int32_t nesterov,
    double weight_decay, dft_error *error) {
  return guarded(error, [&] {
    at::NoGradGuard unrecorded;
    auto gradient = gradient_of(parameter);
    if (weight_decay != 0) gradient = gradient.add(parameter->value, weight_decay);
    if (velocity != nullptr) {
      if (step == 1) velocity->value.copy_(gradient);
      else velocity->value.mul_(momentum).add_(gradient);
      gradient = nesterov ? gradient.add(velocity->value, momentum) : velocity->value;
    }
    parameter->value.add_(gradient, -learning_rate);
  });
}

}  // namespace

#endif
