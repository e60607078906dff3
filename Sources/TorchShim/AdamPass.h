// Adam in one pass over memory. A part of TorchShim.cpp, which alone includes it, after Fused.h.
//
// libtorch's own goes over parameter, gradient and moments about twenty times: of a network with 25 million weights that
// is a third of a training step.
#ifndef DFPREP_TORCH_ADAM_PASS_H
#define DFPREP_TORCH_ADAM_PASS_H

namespace {

/// What is the same for all elements of a step. Source: Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019,
/// algorithm 2.
struct AdamFactors {
  /// Of the parameter, before anything else: the decay apart from the gradient.
  float keep;
  /// Of the parameter, added to the gradient.
  float decay;
  float beta1, beta2, epsilon;
  /// Learning rate over the first moment's correction; one over the root of the second's.
  float rate, root;
};

EVERY_PROCESSOR void adam_elements(
    float *__restrict parameter, const float *__restrict gradient, float *__restrict mean, float *__restrict square,
    int64_t count, AdamFactors factors) {
  for (int64_t index = 0; index < count; ++index) {
    const float slope = gradient[index] + factors.decay * parameter[index];
    const float first = factors.beta1 * mean[index] + (1 - factors.beta1) * slope;
    const float second = factors.beta2 * square[index] + (1 - factors.beta2) * slope * slope;
    mean[index] = first;
    square[index] = second;
    parameter[index] = factors.keep * parameter[index]
        - factors.rate * first / (std::sqrt(second) * factors.root + factors.epsilon);
  }
}

/// Moves a parameter and its moments; step numbers start at 1. Float32 on the CPU, moments laid out as the parameter is.
void adam_pass(
    at::Tensor &parameter, const at::Tensor &given, at::Tensor &mean, at::Tensor &square, int64_t step,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, bool decoupled) {
  const auto gradient = given.strides() == parameter.strides() ? given : at::empty_like(parameter).copy_(given);
  const double number = static_cast<double>(step);
  const AdamFactors factors{
      static_cast<float>(decoupled ? 1 - learning_rate * weight_decay : 1),
      static_cast<float>(decoupled ? 0 : weight_decay),
      static_cast<float>(beta1),
      static_cast<float>(beta2),
      static_cast<float>(epsilon),
      static_cast<float>(learning_rate / (1 - std::pow(beta1, number))),
      static_cast<float>(1 / std::sqrt(1 - std::pow(beta2, number)))};
  float *values = parameter.data_ptr<float>(), *means = mean.data_ptr<float>(), *squares = square.data_ptr<float>();
  const float *slopes = gradient.data_ptr<float>();
  at::parallel_for(0, parameter.numel(), 1 << 15, [&](int64_t begin, int64_t end) {
    adam_elements(values + begin, slopes + begin, means + begin, squares + begin, end - begin, factors);
  });
}

/// Whether ``adam_pass`` takes the parameter.
bool fits_adam_pass(const at::Tensor &parameter) {
  return parameter.device().is_cpu() && parameter.scalar_type() == at::kFloat
      && parameter.is_non_overlapping_and_dense();
}

}  // namespace

#endif
