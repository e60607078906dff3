#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Definitions of FFmpeg's functions that call FFmpeg's own. Hidden, so that FFmpeg's libraries do not call them in turn; what
// FFmpeg's headers include of the system is not, and stands above.
#pragma GCC visibility push(hidden)
#include "CFFmpeg.h"

#define STRINGIFY_VALUE(text) #text
#define STRINGIFY(macro) STRINGIFY_VALUE(macro)
#if defined(__APPLE__)
#define FILE_NAME(name, major) "lib" name "." STRINGIFY(major) ".dylib"
#else
#define FILE_NAME(name, major) "lib" name ".so." STRINGIFY(major)
#endif

enum library { in_util, in_codec, in_format, in_scale, library_count };
static const char *const files[library_count] = {
    FILE_NAME("avutil", LIBAVUTIL_VERSION_MAJOR), FILE_NAME("avcodec", LIBAVCODEC_VERSION_MAJOR),
    FILE_NAME("avformat", LIBAVFORMAT_VERSION_MAJOR), FILE_NAME("swscale", LIBSWSCALE_VERSION_MAJOR)};
static void *handles[library_count];

const char *cffmpeg_load(void) {
  for (int i = 0; i < library_count; i += 1) {
    if (!handles[i]) handles[i] = dlopen(files[i], RTLD_LAZY | RTLD_LOCAL);
    if (!handles[i]) return dlerror();
  }
  return NULL;
}

/// A function of a library. There is none only where somebody did not heed what `cffmpeg_load` said.
static void *find(enum library library, const char *name) {
  if (!handles[library]) cffmpeg_load();
  void *function = handles[library] ? dlsym(handles[library], name) : NULL;
  if (!function) {
    fprintf(stderr, "dfprep: no %s in %s\n", name, files[library]);
    abort();
  }
  return function;
}

// Threads that come at once find the same.
#define FORWARD(library, result, name, parameters, arguments)                         \
  result name parameters {                                                            \
    static __typeof__(name) *known;                                                   \
    __typeof__(name) *function = __atomic_load_n(&known, __ATOMIC_RELAXED);           \
    if (!function) {                                                                  \
      function = (__typeof__(name) *)find(library, #name);                            \
      __atomic_store_n(&known, function, __ATOMIC_RELAXED);                           \
    }                                                                                 \
    return function arguments;                                                        \
  }

FORWARD(in_util, unsigned, avutil_version, (void), ())
FORWARD(in_util, const char *, av_color_range_name, (enum AVColorRange range), (range))
FORWARD(in_util, const char *, av_color_space_name, (enum AVColorSpace space), (space))
FORWARD(in_util, void, av_dict_free, (AVDictionary **m), (m))
FORWARD(
    in_util, AVDictionaryEntry *, av_dict_get,
    (const AVDictionary *m, const char *key, const AVDictionaryEntry *previous, int flags), (m, key, previous, flags))
FORWARD(in_util, int, av_dict_set, (AVDictionary **m, const char *key, const char *value, int flags), (m, key, value, flags))
FORWARD(in_util, AVFrame *, av_frame_alloc, (void), ())
FORWARD(in_util, AVFrame *, av_frame_clone, (const AVFrame *frame), (frame))
FORWARD(in_util, void, av_frame_free, (AVFrame **frame), (frame))
FORWARD(in_util, int, av_frame_get_buffer, (AVFrame *frame, int align), (frame, align))
FORWARD(in_util, const char *, av_get_pix_fmt_name, (enum AVPixelFormat format), (format))
FORWARD(in_util, const AVPixFmtDescriptor *, av_pix_fmt_desc_get, (enum AVPixelFormat format), (format))
FORWARD(
    in_util, int, av_image_get_buffer_size, (enum AVPixelFormat format, int width, int height, int align),
    (format, width, height, align))
FORWARD(
    in_util, int, av_image_copy_to_buffer,
    (uint8_t *target, int size, const uint8_t *const data[4], const int strides[4], enum AVPixelFormat format,
     int width, int height, int align),
    (target, size, data, strides, format, width, height, align))
FORWARD(in_util, void, av_log_set_level, (int level), (level))
FORWARD(in_util, int, av_strerror, (int status, char *text, size_t size), (status, text, size))

FORWARD(in_codec, unsigned, avcodec_version, (void), ())
FORWARD(in_codec, AVPacket *, av_packet_alloc, (void), ())
FORWARD(in_codec, void, av_packet_free, (AVPacket **packet), (packet))
FORWARD(in_codec, void, av_packet_unref, (AVPacket *packet), (packet))
FORWARD(in_codec, AVCodecContext *, avcodec_alloc_context3, (const AVCodec *codec), (codec))
FORWARD(in_codec, void, avcodec_free_context, (AVCodecContext **context), (context))
FORWARD(
    in_codec, int, avcodec_parameters_to_context, (AVCodecContext *context, const AVCodecParameters *parameters),
    (context, parameters))
FORWARD(
    in_codec, int, avcodec_open2, (AVCodecContext *context, const AVCodec *codec, AVDictionary **options),
    (context, codec, options))
FORWARD(in_codec, int, avcodec_send_packet, (AVCodecContext *context, const AVPacket *packet), (context, packet))
FORWARD(in_codec, int, avcodec_receive_frame, (AVCodecContext *context, AVFrame *frame), (context, frame))
FORWARD(in_codec, const AVCodecDescriptor *, avcodec_descriptor_get_by_name, (const char *name), (name))
FORWARD(in_codec, const AVCodec *, avcodec_find_decoder, (enum AVCodecID id), (id))
FORWARD(in_codec, const char *, avcodec_get_name, (enum AVCodecID id), (id))
FORWARD(in_codec, const char *, avcodec_profile_name, (enum AVCodecID id, int profile), (id, profile))

FORWARD(in_format, unsigned, avformat_version, (void), ())
FORWARD(in_format, AVFormatContext *, avformat_alloc_context, (void), ())
FORWARD(in_format, void, avformat_close_input, (AVFormatContext **context), (context))
FORWARD(
    in_format, int, avformat_open_input,
    (AVFormatContext **context, const char *url, const AVInputFormat *input, AVDictionary **options),
    (context, url, input, options))
FORWARD(
    in_format, int, avformat_find_stream_info, (AVFormatContext *context, AVDictionary **options), (context, options))
FORWARD(in_format, int, av_read_frame, (AVFormatContext *context, AVPacket *packet), (context, packet))
FORWARD(
    in_format, int, av_seek_frame, (AVFormatContext *context, int stream, int64_t timestamp, int flags),
    (context, stream, timestamp, flags))
FORWARD(
    in_format, uint8_t *, av_stream_get_side_data,
    (const AVStream *stream, enum AVPacketSideDataType type, size_t *size), (stream, type, size))
FORWARD(in_format, int, avio_closep, (AVIOContext **context), (context))
FORWARD(
    in_format, int, avio_open2,
    (AVIOContext **context, const char *url, int flags, const AVIOInterruptCB *callback, AVDictionary **options),
    (context, url, flags, callback, options))
FORWARD(in_format, int, avio_read, (AVIOContext *context, unsigned char *buffer, int size), (context, buffer, size))
FORWARD(in_format, int64_t, avio_seek, (AVIOContext *context, int64_t offset, int whence), (context, offset, whence))

FORWARD(in_scale, unsigned, swscale_version, (void), ())
FORWARD(
    in_scale, struct SwsContext *, sws_getContext,
    (int width, int height, enum AVPixelFormat format, int new_width, int new_height, enum AVPixelFormat new_format,
     int flags, SwsFilter *filter, SwsFilter *new_filter, const double *parameters),
    (width, height, format, new_width, new_height, new_format, flags, filter, new_filter, parameters))
FORWARD(in_scale, void, sws_freeContext, (struct SwsContext *context), (context))
FORWARD(in_scale, const int *, sws_getCoefficients, (int space), (space))
FORWARD(
    in_scale, int, sws_setColorspaceDetails,
    (struct SwsContext *context, const int inverse[4], int range, const int table[4], int new_range, int brightness,
     int contrast, int saturation),
    (context, inverse, range, table, new_range, brightness, contrast, saturation))
FORWARD(
    in_scale, int, sws_scale,
    (struct SwsContext *context, const uint8_t *const source[], const int strides[], int row, int rows,
     uint8_t *const target[], const int target_strides[]),
    (context, source, strides, row, rows, target, target_strides))
