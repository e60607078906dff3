// The bodies behind COpenCVNetwork.h: argument checks, one OpenCV call each, no policy.

#include "COpenCVNetwork.h"

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <opencv2/objdetect.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

struct dfcv_network {
  cv::dnn::Net net;
  std::vector<cv::Mat> outputs;
};

struct dfcv_network_cascade {
  cv::CascadeClassifier classifier;
  std::vector<dfcv_network_detection> detections;
};

namespace {

/// The only place that catches: no exception crosses the C boundary.
template <class Body>
dfcv_network_status guarded(dfcv_network_error *error, Body &&body) noexcept {
  const auto fill = [error](const char *message) {
    std::snprintf(error->message, sizeof error->message, "%s", message);
  };
  try {
    body();
    return dfcv_network_ok;
  } catch (const std::invalid_argument &exception) {
    fill(exception.what());
    return dfcv_network_bad_argument;
  } catch (const std::exception &exception) {
    fill(exception.what());
    return dfcv_network_library_error;
  } catch (...) {
    fill("unknown C++ exception");
    return dfcv_network_unknown_error;
  }
}

void require(bool condition, const char *message) {
  if (!condition) throw std::invalid_argument(message);
}

const char *opencv_version() {
  static const std::string version = cv::getVersionString();
  return version.c_str();
}

dfcv_network_status network_create(const char *path, dfcv_network **network, dfcv_network_error *error) {
  return guarded(error, [&] {
    auto created = std::make_unique<dfcv_network>();
    created->net = cv::dnn::readNetFromONNX(path);
    require(!created->net.empty(), "the file holds no layers");
    created->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    created->net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    *network = created.release();
  });
}

void network_destroy(dfcv_network *network) { delete network; }

dfcv_network_status network_run(
  dfcv_network *network, const void *input, size_t byte_count, dfcv_network_element element, const int32_t *shape,
  size_t rank, const char *const *output_names, size_t output_count, dfcv_network_error *error) {
  return guarded(error, [&] {
    require(element == dfcv_network_float32 || element == dfcv_network_uint8, "unknown element type");
    require(rank >= 1 && rank <= 8, "the shape must have 1 to 8 dimensions");
    size_t bytes = element == dfcv_network_float32 ? sizeof(float) : 1;
    for (size_t axis = 0; axis < rank; axis++) {
      require(shape[axis] > 0, "a side of the input is not positive");
      bytes *= static_cast<size_t>(shape[axis]);
    }
    require(bytes == byte_count, "the input's bytes do not fit its shape");

    const int type = element == dfcv_network_float32 ? CV_32F : CV_8U;
    // OpenCV has no view of constant memory; setInput copies.
    const cv::Mat view(static_cast<int>(rank), shape, type, const_cast<void *>(input));
    cv::Mat blob;
    view.convertTo(blob, CV_32F);
    network->net.setInput(blob);
    network->outputs.clear();
    network->net.forward(network->outputs, std::vector<cv::String>(output_names, output_names + output_count));
    for (cv::Mat &output : network->outputs) {
      if (output.type() != CV_32F || !output.isContinuous()) {
        cv::Mat plain;
        output.convertTo(plain, CV_32F);
        output = plain;
      }
    }
  });
}

dfcv_network_status network_output_shape(
  const dfcv_network *network, size_t output, int32_t *shape, size_t *rank, dfcv_network_error *error) {
  return guarded(error, [&] {
    require(output < network->outputs.size(), "no such output");
    const cv::MatSize &size = network->outputs[output].size;
    require(static_cast<size_t>(size.dims()) <= *rank, "no room for the shape");
    *rank = static_cast<size_t>(size.dims());
    std::copy_n(size.p, *rank, shape);
  });
}

dfcv_network_status network_output_copy(
  const dfcv_network *network, size_t output, float *values, size_t count, dfcv_network_error *error) {
  return guarded(error, [&] {
    require(output < network->outputs.size(), "no such output");
    const cv::Mat &blob = network->outputs[output];
    require(blob.total() == count, "the buffer does not have the output's size");
    std::copy_n(blob.ptr<float>(), count, values);
  });
}

dfcv_network_status cascade_create(const char *path, dfcv_network_cascade **cascade, dfcv_network_error *error) {
  return guarded(error, [&] {
    auto created = std::make_unique<dfcv_network_cascade>();
    if (!created->classifier.load(path)) throw std::runtime_error("not a readable cascade");
    *cascade = created.release();
  });
}

void cascade_destroy(dfcv_network_cascade *cascade) { delete cascade; }

dfcv_network_status cascade_run(
  dfcv_network_cascade *cascade, const uint8_t *grey, size_t byte_count, int32_t width, int32_t height,
  double scale_factor, int32_t minimum_neighbours, int32_t minimum_side, size_t *detection_count,
  dfcv_network_error *error) {
  return guarded(error, [&] {
    require(width > 0 && height > 0, "a side of the image is not positive");
    const size_t pixels = static_cast<size_t>(width) * static_cast<size_t>(height);
    require(pixels == byte_count, "the image's bytes do not fit its sides");
    require(scale_factor > 1, "the scale factor must be above 1");
    const cv::Mat image(height, width, CV_8U, const_cast<uint8_t *>(grey));
    std::vector<cv::Rect> boxes;
    std::vector<int> levels;
    std::vector<double> weights;
    cascade->classifier.detectMultiScale(
      image, boxes, levels, weights, scale_factor, minimum_neighbours, 0, cv::Size(minimum_side, minimum_side),
      cv::Size(), true);
    cascade->detections.clear();
    for (size_t index = 0; index < boxes.size(); index++) {
      const cv::Rect &box = boxes[index];
      cascade->detections.push_back({box.x, box.y, box.width, box.height, weights.at(index)});
    }
    *detection_count = cascade->detections.size();
  });
}

dfcv_network_status cascade_copy(
  const dfcv_network_cascade *cascade, dfcv_network_detection *detections, size_t count, dfcv_network_error *error) {
  return guarded(error, [&] {
    require(cascade->detections.size() == count, "the buffer does not have room for exactly the detections");
    std::copy_n(cascade->detections.data(), count, detections);
  });
}

const dfcv_network_functions functions = {
  dfcv_network_layout,  opencv_version, network_create,  network_destroy, network_run,
  network_output_shape, network_output_copy, cascade_create, cascade_destroy, cascade_run,
  cascade_copy,
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const dfcv_network_functions *dfcv_network_table(void) {
  // Parallel sums would make results depend on the number of threads; work is spread over processes instead.
  cv::setNumThreads(1);
  // What OpenCV logs on failure, it throws as well.
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  return &functions;
}
