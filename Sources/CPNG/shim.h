#pragma once
#include <png.h>

// Macros that Swift does not import.

/// The version of the `png_image` structure.
static inline png_uint_32 dfpng_image_version(void) { return PNG_IMAGE_VERSION; }
/// 8-bit sRGB in the order R, G, B.
static inline png_uint_32 dfpng_format_rgb(void) { return PNG_FORMAT_RGB; }
/// 8-bit grey.
static inline png_uint_32 dfpng_format_grey(void) { return PNG_FORMAT_GRAY; }
/// Bytes that a PNG of `image` never exceeds.
static inline png_alloc_size_t dfpng_size_bound(png_image image) { return PNG_IMAGE_PNG_SIZE_MAX(image); }
