#include "OneDNNShim.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <dnnl.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using dnnl::memory;

/// The only place that catches.
template <class Body>
dfdnn_status guarded(dfdnn_error *error, Body &&body) noexcept {
  auto fill = [error](const char *message) { std::snprintf(error->message, sizeof error->message, "%s", message); };
  try {
    body();
    return dfdnn_ok;
  } catch (const std::invalid_argument &exception) {
    fill(exception.what());
    return dfdnn_bad_argument;
  } catch (const std::exception &exception) {
    fill(exception.what());
  } catch (...) {
    fill("unknown C++ exception");
  }
  return dfdnn_library_error;
}

void require(bool condition, const std::string &message) {
  if (!condition) throw std::invalid_argument(message);
}

struct Layer {
  dfdnn_kind kind;
  int32_t input;
  int32_t other;
  int32_t inputChannels;
  int32_t channels;
  int32_t side;
  int32_t stride;
  bool hasReLU;
  std::vector<float> weights;
  std::vector<float> bias;
  /// Index of the last layer that reads this one.
  size_t lastReader;
};

struct Step {
  dnnl::primitive primitive;
  std::unordered_map<int, memory> arguments;
};

/// Bytes that layers take turns in.
struct Buffer {
  memory bytes;
  size_t size;
  bool isFree;
};

/// What a layer put out, and the buffer that it stands in.
struct Value {
  memory values;
  int32_t height;
  int32_t width;
  size_t buffer;
};

/// Everything for one size of input.
struct Program {
  int32_t height;
  int32_t width;
  memory input;
  std::vector<Step> steps;
  std::vector<Buffer> buffers;
  /// From the layers' own formats to `[height, width, channels]`, in the order of the outputs.
  std::vector<Step> outputs;
  std::vector<size_t> outputCounts;
};

}  // namespace

struct dfdnn_network {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  int32_t inputChannels = 0;
  std::vector<Layer> layers;
  std::vector<int32_t> outputs;
  std::unique_ptr<Program> program;
};

namespace {

/// Builds a program layer by layer.
class Compiler {
 public:
  Compiler(const dfdnn_network &network, int32_t height, int32_t width)
      : network(network), program(std::make_unique<Program>()) {
    program->height = height;
    program->width = width;
    const memory::desc description(
        {1, network.inputChannels, height, width}, memory::data_type::u8, memory::format_tag::nchw);
    program->input = memory(description, network.engine, nullptr);
  }

  std::unique_ptr<Program> compile() {
    for (size_t index = 0; index < network.layers.size(); index += 1) {
      add(network.layers[index]);
      for (size_t read = 0; read < index; read += 1) {
        if (network.layers[read].lastReader == index) program->buffers[values[read].buffer].isFree = true;
      }
    }
    for (int32_t index : network.outputs) {
      const Value &value = values[index];
      const memory::desc plain(
          {1, network.layers[index].channels, value.height, value.width}, memory::data_type::f32,
          memory::format_tag::nhwc);
      memory target(plain, network.engine, nullptr);
      program->outputs.push_back(
          {dnnl::reorder(value.values, target), {{DNNL_ARG_FROM, value.values}, {DNNL_ARG_TO, target}}});
      program->outputCounts.push_back(plain.get_size() / sizeof(float));
    }
    return std::move(program);
  }

 private:
  const dfdnn_network &network;
  std::unique_ptr<Program> program;
  std::vector<Value> values;

  void add(const Layer &layer) {
    switch (layer.kind) {
      case dfdnn_convolution:
      case dfdnn_depthwise: return addConvolution(layer);
      case dfdnn_max_pool: return addMaxPool(layer);
      default: return addDoubled(layer);
    }
  }

  void addConvolution(const Layer &layer) {
    const bool isFirst = layer.input < 0;
    const int32_t height = isFirst ? program->height : values[layer.input].height;
    const int32_t width = isFirst ? program->width : values[layer.input].width;
    const bool isDepthwise = layer.kind == dfdnn_depthwise;
    const int64_t padding = layer.side / 2;
    const int64_t rows = (height + 2 * padding - layer.side) / layer.stride + 1;
    const int64_t columns = (width + 2 * padding - layer.side) / layer.stride + 1;
    const memory::dims sides = {layer.side, layer.side};
    const memory::dims weightShape =
        isDepthwise ? memory::dims{layer.channels, 1, 1, layer.side, layer.side}
                    : memory::dims{layer.channels, layer.inputChannels, layer.side, layer.side};
    const auto any = [](const memory::dims &shape) {
      return memory::desc(shape, memory::data_type::f32, memory::format_tag::any);
    };
    dnnl::post_ops after;
    if (layer.hasReLU) after.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(after);
    const memory::desc biasShape({layer.channels}, memory::data_type::f32, memory::format_tag::x);
    const dnnl::convolution_forward::desc description(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
        any({1, layer.inputChannels, height, width}), any(weightShape), biasShape,
        any({1, layer.channels, rows, columns}), {layer.stride, layer.stride}, {padding, padding},
        {(rows - 1) * layer.stride + layer.side - height - padding,
         (columns - 1) * layer.stride + layer.side - width - padding});
    const dnnl::convolution_forward::primitive_desc chosen(description, attributes, network.engine);

    const memory input = reordered(isFirst ? program->input : values[layer.input].values, chosen.src_desc());
    const memory bias(biasShape, network.engine);
    std::copy(layer.bias.begin(), layer.bias.end(), static_cast<float *>(bias.get_data_handle()));
    push(
        dnnl::convolution_forward(chosen), chosen.dst_desc(), rows, columns,
        {{DNNL_ARG_SRC, input},
         {DNNL_ARG_WEIGHTS, packed(layer.weights, weightShape, chosen.weights_desc())},
         {DNNL_ARG_BIAS, bias}});
  }

  void addMaxPool(const Layer &layer) {
    const Value &input = values[layer.input];
    require(input.height >= 2 && input.width >= 2, "a picture too small for the network's pooling");
    const memory::desc target(
        {1, layer.channels, input.height / 2, input.width / 2}, memory::data_type::f32, memory::format_tag::any);
    const dnnl::pooling_forward::primitive_desc chosen(
        dnnl::pooling_forward::desc(
            dnnl::prop_kind::forward_inference, dnnl::algorithm::pooling_max, input.values.get_desc(), target, {2, 2},
            {2, 2}, {0, 0}, {0, 0}),
        network.engine);
    push(
        dnnl::pooling_forward(chosen), chosen.dst_desc(), input.height / 2, input.width / 2,
        {{DNNL_ARG_SRC, input.values}});
  }

  void addDoubled(const Layer &layer) {
    const Value &input = values[layer.input];
    const Value &other = values[layer.other];
    require(
        other.height * 2 == input.height && other.width * 2 == input.width,
        "a layer that is doubled has not half the size of the one it is added to");
    // As a step of its own: oneDNN 2.6 adds wrong values where the sum is part of the doubling.
    const memory::desc doubledShape = input.values.get_desc();
    const memory doubled(doubledShape, network.engine);
    const dnnl::resampling_forward::primitive_desc doubling(
        dnnl::resampling_forward::desc(
            dnnl::prop_kind::forward_inference, dnnl::algorithm::resampling_nearest, {2.0f, 2.0f},
            other.values.get_desc(), doubledShape),
        network.engine);
    program->steps.push_back(
        {dnnl::resampling_forward(doubling), {{DNNL_ARG_SRC, other.values}, {DNNL_ARG_DST, doubled}}});
    const dnnl::binary::primitive_desc sum(
        dnnl::binary::desc(dnnl::algorithm::binary_add, doubledShape, doubledShape, doubledShape), network.engine);
    push(
        dnnl::binary(sum), sum.dst_desc(), input.height, input.width,
        {{DNNL_ARG_SRC_0, input.values}, {DNNL_ARG_SRC_1, doubled}});
  }

  /// Adds a step whose result is the next layer's value.
  void push(
      dnnl::primitive primitive, const memory::desc &target, int64_t rows, int64_t columns,
      std::unordered_map<int, memory> arguments) {
    const size_t buffer = reserve(target.get_size());
    const memory result(target, network.engine, program->buffers[buffer].bytes.get_data_handle());
    arguments[DNNL_ARG_DST] = result;
    program->steps.push_back({std::move(primitive), std::move(arguments)});
    values.push_back({result, static_cast<int32_t>(rows), static_cast<int32_t>(columns), buffer});
  }

  /// `source` in another format, by a step of its own where it differs.
  memory reordered(const memory &source, const memory::desc &wanted) {
    if (source.get_desc() == wanted) return source;
    const memory target(wanted, network.engine);
    program->steps.push_back({dnnl::reorder(source, target), {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, target}}});
    return target;
  }

  /// Weights in the format that a convolution wants.
  memory packed(const std::vector<float> &weights, const memory::dims &shape, const memory::desc &wanted) {
    const memory::desc plain(
        shape, memory::data_type::f32,
        shape.size() == 5 ? memory::format_tag::goihw : memory::format_tag::oihw);
    memory source(plain, network.engine, const_cast<float *>(weights.data()));
    memory target(wanted, network.engine);
    dnnl::stream stream(network.engine);
    dnnl::reorder(source, target).execute(stream, source, target);
    stream.wait();
    return target;
  }

  /// A buffer that nobody reads any more, the smallest that is large enough, or a new one.
  size_t reserve(size_t size) {
    size_t best = program->buffers.size();
    for (size_t index = 0; index < program->buffers.size(); index += 1) {
      const Buffer &buffer = program->buffers[index];
      if (!buffer.isFree || buffer.size < size) continue;
      if (best == program->buffers.size() || buffer.size < program->buffers[best].size) best = index;
    }
    if (best == program->buffers.size()) {
      const memory::desc bytes({static_cast<int64_t>(size)}, memory::data_type::u8, memory::format_tag::x);
      program->buffers.push_back({memory(bytes, network.engine), size, false});
    }
    program->buffers[best].isFree = false;
    return best;
  }
};

Layer checked(const dfdnn_layer &layer, size_t index, const dfdnn_network &network) {
  const std::string name = "layer " + std::to_string(index);
  require(layer.input >= -1 && layer.input < static_cast<int32_t>(index), name + " reads a later layer");
  require(layer.channels > 0, name + " has no channels");
  const int32_t inputChannels = layer.input < 0 ? network.inputChannels : network.layers[layer.input].channels;
  const bool isConvolution = layer.kind == dfdnn_convolution || layer.kind == dfdnn_depthwise;
  if (isConvolution) {
    require(layer.side > 0 && layer.side % 2 == 1 && layer.stride > 0, name + " has a bad kernel");
    const size_t perChannel = layer.kind == dfdnn_depthwise ? 1 : inputChannels;
    require(
        layer.weights && layer.weight_count == perChannel * layer.channels * layer.side * layer.side,
        name + " has not the weights it needs");
    require(layer.bias && layer.bias_count == static_cast<size_t>(layer.channels), name + " has not one bias a channel");
  }
  if (layer.kind != dfdnn_convolution) {
    require(layer.input >= 0 && layer.channels == inputChannels, name + " changes the number of channels");
  }
  if (layer.kind == dfdnn_add_doubled) {
    require(
        layer.other >= 0 && layer.other < static_cast<int32_t>(index) &&
            network.layers[layer.other].channels == layer.channels,
        name + " adds a layer of other channels");
  } else {
    require(isConvolution || layer.kind == dfdnn_max_pool, name + " is of no known kind");
  }
  Layer result{layer.kind, layer.input, layer.other, inputChannels, layer.channels, layer.side,
               layer.stride, layer.has_relu != 0, {}, {}, index};
  if (isConvolution) {
    result.weights.assign(layer.weights, layer.weights + layer.weight_count);
    result.bias.assign(layer.bias, layer.bias + layer.bias_count);
  }
  return result;
}

dfdnn_status createNetwork(
    const dfdnn_layer *layers, size_t layerCount, int32_t inputChannels, const int32_t *outputs, size_t outputCount,
    dfdnn_network **network, dfdnn_error *error) {
  return guarded(error, [&] {
    require(layerCount > 0 && inputChannels > 0 && outputCount > 0, "a network without layers, input or outputs");
    auto created = std::make_unique<dfdnn_network>();
    created->inputChannels = inputChannels;
    for (size_t index = 0; index < layerCount; index += 1) {
      created->layers.push_back(checked(layers[index], index, *created));
      if (layers[index].input >= 0) created->layers[layers[index].input].lastReader = index;
      if (layers[index].kind == dfdnn_add_doubled) created->layers[layers[index].other].lastReader = index;
    }
    for (size_t index = 0; index < outputCount; index += 1) {
      require(outputs[index] >= 0 && outputs[index] < static_cast<int32_t>(layerCount), "an output that is no layer");
      created->outputs.push_back(outputs[index]);
      created->layers[outputs[index]].lastReader = layerCount;
    }
    *network = created.release();
  });
}

void destroyNetwork(dfdnn_network *network) { delete network; }

dfdnn_status runNetwork(
    dfdnn_network *network, const uint8_t *planes, size_t size, int32_t height, int32_t width, float *const *values,
    const size_t *counts, size_t outputCount, dfdnn_error *error) {
  return guarded(error, [&] {
    require(height > 0 && width > 0, "a side is not positive");
    require(
        size == static_cast<size_t>(network->inputChannels) * height * width,
        "the input is not channels * height * width bytes");
    if (!network->program || network->program->height != height || network->program->width != width) {
      network->program.reset();
      network->program = Compiler(*network, height, width).compile();
    }
    Program &program = *network->program;
    require(outputCount == program.outputs.size(), "not one array for each output");
    for (size_t index = 0; index < outputCount; index += 1) {
      require(counts[index] == program.outputCounts[index], "an output's array has another length");
      program.outputs[index].arguments[DNNL_ARG_TO].set_data_handle(values[index]);
    }
    program.input.set_data_handle(const_cast<uint8_t *>(planes));
    for (Step &step : program.steps) step.primitive.execute(network->stream, step.arguments);
    for (Step &step : program.outputs) step.primitive.execute(network->stream, step.arguments);
    network->stream.wait();
  });
}

const char *version() {
  static const std::string text = [] {
    const dnnl_version_t *found = dnnl_version();
    return std::to_string(found->major) + "." + std::to_string(found->minor) + "." + std::to_string(found->patch);
  }();
  return text.c_str();
}

}  // namespace

const dfdnn_functions *dfdnn_table(void) {
  static const dfdnn_functions table = {dfdnn_layout, version, createNetwork, destroyNetwork, runNetwork};
  return &table;
}
