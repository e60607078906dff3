// FFmpeg 5.1 as dfprep uses it. The inline functions give Swift what it cannot import: macros with casts or arguments,
// and calls on the array members of AVFrame. They hold no policy.
//
// Nothing links FFmpeg: the functions that FFmpeg's headers declare are defined here, each of them looks its namesake up in
// FFmpeg's library when first called. The libraries stand on 120 others, which cost a process a twentieth of a second; most
// processes decode nothing.
#pragma once
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

/// Loads FFmpeg's libraries, those of the headers' versions; `NULL`, or why one of them cannot be had. To be heeded
/// before FFmpeg's functions are called.
const char *_Nullable cffmpeg_load(void);

/// Status of "give me another packet first".
static inline int cffmpeg_error_again(void) { return AVERROR(EAGAIN); }

/// Status of "nothing follows".
static inline int cffmpeg_error_end(void) { return AVERROR_EOF; }

/// The time stamp that stands for "none".
static inline int64_t cffmpeg_no_pts(void) { return AV_NOPTS_VALUE; }

/// Scales `height` rows of `frame` from column `x` and row `y` on into up to three planes, whose rows are `stride` bytes
/// apart; returns the rows written. `x` and `y` stand on whole chroma samples.
static inline int cffmpeg_scale(
    struct SwsContext *_Nonnull context, const AVFrame *_Nonnull frame, int x, int y, int height,
    uint8_t *_Nonnull first, uint8_t *_Nullable second, uint8_t *_Nullable third, int stride) {
  const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get((enum AVPixelFormat)frame->format);
  const uint8_t *source[4] = {frame->data[0], frame->data[1], frame->data[2], frame->data[3]};
  for (int i = 0; descriptor && (x || y) && i < descriptor->nb_components; i += 1) {
    const AVComponentDescriptor component = descriptor->comp[i];
    const int is_chroma = (i == 1 || i == 2) && !(descriptor->flags & AV_PIX_FMT_FLAG_RGB);
    const int column = is_chroma ? x >> descriptor->log2_chroma_w : x;
    const int row = is_chroma ? y >> descriptor->log2_chroma_h : y;
    source[component.plane] =
        frame->data[component.plane] + row * (ptrdiff_t)frame->linesize[component.plane] + column * component.step;
  }
  uint8_t *const planes[4] = {first, second, third, NULL};
  const int strides[4] = {stride, second ? stride : 0, third ? stride : 0, 0};
  return sws_scale(context, source, frame->linesize, 0, height, planes, strides);
}

/// Scales a picture of three planes, whose rows are `stride` bytes apart, into rows of `target_stride` bytes.
static inline int cffmpeg_scale_planes(
    struct SwsContext *_Nonnull context, const uint8_t *_Nonnull first, const uint8_t *_Nonnull second,
    const uint8_t *_Nonnull third, int stride, int height, uint8_t *_Nonnull target, int target_stride) {
  const uint8_t *const source[4] = {first, second, third, NULL};
  const int strides[4] = {stride, stride, stride, 0};
  uint8_t *const planes[4] = {target, NULL, NULL, NULL};
  const int target_strides[4] = {target_stride, 0, 0, 0};
  return sws_scale(context, source, strides, 0, height, planes, target_strides);
}

/// Copies the planes of `frame` without padding into `buffer` of `size` bytes; returns the bytes written.
static inline int cffmpeg_copy_planes(const AVFrame *_Nonnull frame, uint8_t *_Nonnull buffer, int size) {
  return av_image_copy_to_buffer(
      buffer, size, (const uint8_t *const *)frame->data, frame->linesize, (enum AVPixelFormat)frame->format,
      frame->width, frame->height, 1);
}
