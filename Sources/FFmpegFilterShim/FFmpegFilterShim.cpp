#include "FFmpegFilterShim.h"

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/frame.h>
}

namespace {

/// The only place that catches.
template <class Body>
dfflt_status guarded(dfflt_error *error, Body &&body) noexcept {
  auto fill = [error](const char *message) { std::snprintf(error->message, sizeof error->message, "%s", message); };
  try {
    body();
    return dfflt_ok;
  } catch (const std::exception &exception) {
    fill(exception.what());
  } catch (...) {
    fill("unknown C++ exception");
  }
  return dfflt_library_error;
}

/// Throws FFmpeg's words for a status that is an error.
void check(int status, const char *what) {
  if (status >= 0) return;
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(status, text, sizeof text);
  throw std::runtime_error(std::string(what) + ": " + text);
}

struct FreeGraph {
  void operator()(AVFilterGraph *graph) const { avfilter_graph_free(&graph); }
};

dfflt_status filter(const char *description, const void *source, void *result, dfflt_error *error) {
  return guarded(error, [&] {
    const auto *frame = static_cast<const AVFrame *>(source);
    std::unique_ptr<AVFilterGraph, FreeGraph> graph(avfilter_graph_alloc());
    if (!graph) throw std::runtime_error("no memory for a filter");
    graph->nb_threads = 1;
    char size[160];
    std::snprintf(
        size, sizeof size, "video_size=%dx%d:pix_fmt=%d:time_base=1/1:pixel_aspect=1/1", frame->width, frame->height,
        frame->format);
    AVFilterContext *in = nullptr, *out = nullptr;
    check(avfilter_graph_create_filter(&in, avfilter_get_by_name("buffer"), "in", size, nullptr, graph.get()), "buffer");
    check(
        avfilter_graph_create_filter(
            &out, avfilter_get_by_name("buffersink"), "out", nullptr, nullptr, graph.get()),
        "buffersink");
    AVFilterInOut *inputs = avfilter_inout_alloc(), *outputs = avfilter_inout_alloc();
    if (inputs && outputs) {
      *outputs = {av_strdup("in"), in, 0, nullptr};
      *inputs = {av_strdup("out"), out, 0, nullptr};
    }
    int status = inputs && outputs ? avfilter_graph_parse_ptr(graph.get(), description, &inputs, &outputs, nullptr)
                                   : AVERROR(ENOMEM);
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    check(status, description);
    check(avfilter_graph_config(graph.get(), nullptr), description);
    // Filters that look one frame ahead give the last one out at the end of the stream.
    check(av_buffersrc_write_frame(in, frame), description);
    check(av_buffersrc_add_frame(in, nullptr), description);
    check(av_buffersink_get_frame(out, static_cast<AVFrame *>(result)), description);
  });
}

const dfflt_functions table = {dfflt_layout, filter};

}  // namespace

const dfflt_functions *dfflt_table(void) { return &table; }
