// FFmpeg 5.1 as dfprep uses it. The inline functions give Swift what it cannot import: macros with casts or arguments,
// and calls on the array members of AVFrame. They hold no policy.
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

/// Status of "give me another packet first".
static inline int cffmpeg_error_again(void) { return AVERROR(EAGAIN); }

/// Status of "nothing follows".
static inline int cffmpeg_error_end(void) { return AVERROR_EOF; }

/// Status of "no memory".
static inline int cffmpeg_error_memory(void) { return AVERROR(ENOMEM); }

/// The time stamp that stands for "none".
static inline int64_t cffmpeg_no_pts(void) { return AV_NOPTS_VALUE; }

/// Converts the whole of `frame` into `destination`, whose rows are `stride` bytes apart; returns the rows written.
static inline int cffmpeg_scale(
    struct SwsContext *_Nonnull context, const AVFrame *_Nonnull frame, uint8_t *_Nonnull destination, int stride) {
  uint8_t *const planes[4] = {destination, NULL, NULL, NULL};
  const int strides[4] = {stride, 0, 0, 0};
  return sws_scale(
      context, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height, planes, strides);
}

/// Copies the planes of `frame` without padding into `buffer` of `size` bytes; returns the bytes written.
static inline int cffmpeg_copy_planes(const AVFrame *_Nonnull frame, uint8_t *_Nonnull buffer, int size) {
  return av_image_copy_to_buffer(
      buffer, size, (const uint8_t *const *)frame->data, frame->linesize, (enum AVPixelFormat)frame->format,
      frame->width, frame->height, 1);
}
