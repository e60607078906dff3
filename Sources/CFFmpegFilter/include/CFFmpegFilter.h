/// FFmpeg's filters as a table of C functions.
///
/// `Decoding` alone imports this header; `libFFmpegFilterShim.so` exports `dfflt_table`. libavfilter brings some hundred
/// libraries along, which a pipeline that filters nothing does not load.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// Layout of the table below; a shim built from another header is refused.
static const int32_t dfflt_layout = 1;

typedef int32_t dfflt_status;
static const dfflt_status dfflt_ok = 0;
/// FFmpeg refused; the message is its own.
static const dfflt_status dfflt_library_error = 1;

/// Filled on failure only; the message ends with NUL, cut where it is longer.
typedef struct dfflt_error {
  char message[512];
} dfflt_error;

/// What `dfflt_table` returns; valid for the life of the process.
typedef struct dfflt_functions {
  int32_t layout;
  /// Runs one frame through a chain of filters, written as for the command's `-vf`.
  ///
  /// `frame` is an `AVFrame` and stays the caller's. `result` is an allocated, empty `AVFrame`, filled on success with a
  /// reference of its own; its properties are those of `frame`.
  dfflt_status (*filter)(const char *description, const void *frame, void *result, dfflt_error *error);
} dfflt_functions;

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
