#include "OpenCVImageShim.h"

#include <cstdio>
#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <string>

namespace {

/// The only place that catches.
template <class Body>
dfcv_image_status guarded(dfcv_image_error *error, Body &&body) noexcept {
  auto fill = [error](const char *message) { std::snprintf(error->message, sizeof error->message, "%s", message); };
  try {
    body();
    return dfcv_image_ok;
  } catch (const std::invalid_argument &exception) {
    fill(exception.what());
    return dfcv_image_bad_argument;
  } catch (const std::exception &exception) {
    fill(exception.what());
  } catch (...) {
    fill("unknown C++ exception");
  }
  return dfcv_image_library_error;
}

void require(bool condition, const char *message) {
  if (!condition) throw std::invalid_argument(message);
}

/// A view of the caller's bytes; nothing is copied.
template <class Picture>
cv::Mat view(const Picture &picture, int channels) {
  require(picture.width > 0 && picture.height > 0, "a side is not positive");
  require(
      picture.size == static_cast<size_t>(picture.width) * static_cast<size_t>(picture.height) * channels,
      "the buffer is not width * height * channels bytes");
  return cv::Mat(picture.height, picture.width, CV_8UC(channels), const_cast<uint8_t *>(picture.bytes));
}

/// Fails when OpenCV put its result elsewhere than into the caller's buffer.
void requireWritten(const cv::Mat &result, const dfcv_image_target &target) {
  require(result.data == target.bytes, "the result has another size than the target");
}

/// `resize` takes the bit-exact variants where OpenCV has them.
int resizeFlag(dfcv_image_interpolation interpolation) {
  switch (interpolation) {
    case dfcv_image_nearest: return cv::INTER_NEAREST_EXACT;
    case dfcv_image_linear: return cv::INTER_LINEAR_EXACT;
    case dfcv_image_cubic: return cv::INTER_CUBIC;
    case dfcv_image_area: return cv::INTER_AREA;
    case dfcv_image_lanczos4: return cv::INTER_LANCZOS4;
  }
  throw std::invalid_argument("unknown interpolation");
}

int warpFlag(dfcv_image_interpolation interpolation) {
  switch (interpolation) {
    case dfcv_image_nearest: return cv::INTER_NEAREST;
    case dfcv_image_linear: return cv::INTER_LINEAR;
    case dfcv_image_cubic: return cv::INTER_CUBIC;
    case dfcv_image_area: break;
    case dfcv_image_lanczos4: return cv::INTER_LANCZOS4;
  }
  throw std::invalid_argument("warp_affine has no such interpolation");
}

int borderFlag(dfcv_image_border border) {
  switch (border) {
    case dfcv_image_black: return cv::BORDER_CONSTANT;
    case dfcv_image_reflect101: return cv::BORDER_REFLECT_101;
    case dfcv_image_replicate: return cv::BORDER_REPLICATE;
  }
  throw std::invalid_argument("unknown border");
}

dfcv_image_status resize(
    dfcv_image_source source, dfcv_image_target target, dfcv_image_interpolation interpolation,
    dfcv_image_error *error) {
  return guarded(error, [&] {
    cv::Mat result = view(target, 3);
    cv::resize(view(source, 3), result, result.size(), 0, 0, resizeFlag(interpolation));
    requireWritten(result, target);
  });
}

dfcv_image_status warpAffine(
    dfcv_image_source source, dfcv_image_target target, const double *forward, size_t forwardCount,
    dfcv_image_interpolation interpolation, dfcv_image_border border, dfcv_image_error *error) {
  return guarded(error, [&] {
    require(forwardCount == 6, "the matrix is not 2x3");
    cv::Mat result = view(target, 3);
    cv::Mat matrix(2, 3, CV_64F, const_cast<double *>(forward));
    cv::warpAffine(
        view(source, 3), result, matrix, result.size(), warpFlag(interpolation), borderFlag(border), cv::Scalar());
    requireWritten(result, target);
  });
}

dfcv_image_status gaussianBlur(
    dfcv_image_source source, dfcv_image_target target, double sigma, dfcv_image_error *error) {
  return guarded(error, [&] {
    require(sigma > 0, "sigma is not positive");
    cv::Mat result = view(target, 3);
    cv::GaussianBlur(view(source, 3), result, cv::Size(), sigma, sigma, cv::BORDER_REFLECT_101);
    requireWritten(result, target);
  });
}

dfcv_image_status medianBlur(
    dfcv_image_source source, dfcv_image_target target, int32_t side, dfcv_image_error *error) {
  return guarded(error, [&] {
    require(side >= 3 && side % 2 == 1, "the side is not an odd number from 3");
    cv::Mat result = view(target, 3);
    cv::medianBlur(view(source, 3), result, side);
    requireWritten(result, target);
  });
}

}  // namespace

const dfcv_image_functions *dfcv_image_table(void) {
  static const std::string version = cv::getVersionString();
  static const dfcv_image_functions table = [] {
    cv::setNumThreads(1);
    return dfcv_image_functions{
        version.c_str(), resize, warpAffine, gaussianBlur, medianBlur};
  }();
  return &table;
}
