#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#define STRINGIFY_VALUE(text) #text
#define STRINGIFY(macro) STRINGIFY_VALUE(macro)

/// libjpeg's error manager, the place to jump to, and where the message goes.
typedef struct manager {
  struct jpeg_error_mgr base;
  jmp_buf jump;
  dfjpeg_error *error;
} manager;

static dfjpeg_status fail(dfjpeg_error *error, dfjpeg_status status, const char *message) {
  snprintf(error->message, sizeof error->message, "%s", message);
  return status;
}

static void exit_with_error(j_common_ptr codec) {
  manager *self = (manager *)codec->err;
  char text[JMSG_LENGTH_MAX];
  self->base.format_message(codec, text);
  fail(self->error, dfjpeg_damaged, text);
  longjmp(self->jump, 1);
}

/// Level -1 is a warning: libjpeg met damage and is about to make pixels up.
static void handle_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  switch (codec->err->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_TOO_MUCH_DATA:
      return;
    default:
      exit_with_error(codec);
  }
}

static struct jpeg_error_mgr *set_up(manager *self, dfjpeg_error *error) {
  jpeg_std_error(&self->base);
  self->base.error_exit = exit_with_error;
  self->base.emit_message = handle_message;
  self->error = error;
  return &self->base;
}

static dfjpeg_status status_of(const manager *self) {
  switch (self->base.msg_code) {
    case JERR_OUT_OF_MEMORY: return dfjpeg_out_of_memory;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED: return dfjpeg_unsupported;
    default: return dfjpeg_damaged;
  }
}

const char *dfjpeg_version(void) { return STRINGIFY(LIBJPEG_TURBO_VERSION); }

void dfjpeg_free(uint8_t *encoded) { free(encoded); }

dfjpeg_status dfjpeg_encode(
    const uint8_t *pixels, size_t pixels_size, int32_t width, int32_t height, int32_t quality, int32_t chroma,
    uint8_t **encoded, size_t *encoded_size, dfjpeg_error *error) {
  *encoded = NULL;
  *encoded_size = 0;
  if (width < 1 || height < 1 || width > JPEG_MAX_DIMENSION || height > JPEG_MAX_DIMENSION)
    return fail(error, dfjpeg_bad_argument, "a side is not within 1 ... 65500");
  if (pixels_size != (size_t)width * (size_t)height * 3)
    return fail(error, dfjpeg_bad_argument, "the buffer is not width * height * 3 bytes");
  if (quality < 1 || quality > 100) return fail(error, dfjpeg_bad_argument, "quality is not within 1 ... 100");
  if (chroma != 444 && chroma != 422 && chroma != 420)
    return fail(error, dfjpeg_bad_argument, "chroma is not 444, 422 or 420");

  // The bound of libjpeg-turbo's own tjBufSize, so that libjpeg never has to replace the buffer.
  size_t padded = ((size_t)width + 15) / 16 * 16 * (((size_t)height + 15) / 16 * 16);
  unsigned char *const buffer = malloc(padded * 6 + 2048);
  if (buffer == NULL) return fail(error, dfjpeg_out_of_memory, "no memory for the encoded picture");
  unsigned char *written = buffer;
  unsigned long written_size = (unsigned long)(padded * 6 + 2048);

  manager handler;
  struct jpeg_compress_struct codec;
  codec.err = set_up(&handler, error);
  if (setjmp(handler.jump)) {
    jpeg_destroy_compress(&codec);
    free(buffer);
    return status_of(&handler);
  }
  jpeg_create_compress(&codec);
  jpeg_mem_dest(&codec, &written, &written_size);
  codec.image_width = (JDIMENSION)width;
  codec.image_height = (JDIMENSION)height;
  codec.input_components = 3;
  codec.in_color_space = JCS_RGB;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, quality, TRUE);
  codec.dct_method = JDCT_ISLOW;
  // Tables fitted to the picture would take some 7 % fewer bytes, and twice the time.
  codec.optimize_coding = FALSE;
  codec.comp_info[0].h_samp_factor = chroma == 444 ? 1 : 2;
  codec.comp_info[0].v_samp_factor = chroma == 420 ? 2 : 1;
  jpeg_start_compress(&codec, TRUE);
  while (codec.next_scanline < codec.image_height) {
    JSAMPROW row = (JSAMPROW)(pixels + (size_t)codec.next_scanline * (size_t)width * 3);
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  if (written != buffer) {
    free(written);
    free(buffer);
    return fail(error, dfjpeg_bad_argument, "the encoded picture is larger than its bound");
  }
  *encoded = buffer;
  *encoded_size = written_size;
  return dfjpeg_ok;
}

dfjpeg_status dfjpeg_read_size(const uint8_t *data, size_t data_size, dfjpeg_size *size, dfjpeg_error *error) {
  manager handler;
  struct jpeg_decompress_struct codec;
  codec.err = set_up(&handler, error);
  if (setjmp(handler.jump)) {
    jpeg_destroy_decompress(&codec);
    return status_of(&handler);
  }
  jpeg_create_decompress(&codec);
  jpeg_mem_src(&codec, data, data_size);
  jpeg_read_header(&codec, TRUE);
  size->width = (int32_t)codec.image_width;
  size->height = (int32_t)codec.image_height;
  jpeg_destroy_decompress(&codec);
  return dfjpeg_ok;
}

/// Turns a row of CMYK into RGB; Adobe's files hold the inks inverted.
static void convert_cmyk(const uint8_t *inks, uint8_t *pixels, size_t width, int inverted) {
  for (size_t column = 0; column < width; column += 1, inks += 4, pixels += 3)
    for (int channel = 0; channel < 3; channel += 1) {
      int light = inverted ? inks[channel] : 255 - inks[channel];
      int black = inverted ? inks[3] : 255 - inks[3];
      pixels[channel] = (uint8_t)((light * black + 127) / 255);
    }
}

dfjpeg_status dfjpeg_decode(
    const uint8_t *data, size_t data_size, uint8_t *pixels, size_t pixels_size, dfjpeg_error *error) {
  manager handler;
  struct jpeg_decompress_struct codec;
  codec.err = set_up(&handler, error);
  if (setjmp(handler.jump)) {
    jpeg_destroy_decompress(&codec);
    return status_of(&handler);
  }
  jpeg_create_decompress(&codec);
  jpeg_mem_src(&codec, data, data_size);
  jpeg_read_header(&codec, TRUE);
  if (pixels_size != (size_t)codec.image_width * (size_t)codec.image_height * 3) {
    jpeg_destroy_decompress(&codec);
    return fail(error, dfjpeg_bad_argument, "the buffer is not width * height * 3 bytes");
  }
  int inks = codec.jpeg_color_space == JCS_CMYK || codec.jpeg_color_space == JCS_YCCK;
  codec.out_color_space = inks ? JCS_CMYK : JCS_RGB;
  codec.dct_method = JDCT_ISLOW;
  codec.do_fancy_upsampling = TRUE;
  jpeg_start_decompress(&codec);
  size_t stride = (size_t)codec.output_width * 3;
  // libjpeg's own pool: freed with the codec, whichever way this function ends.
  JSAMPARRAY ink_row = NULL;
  if (inks) ink_row = codec.mem->alloc_sarray((j_common_ptr)&codec, JPOOL_IMAGE, codec.output_width * 4, 1);
  while (codec.output_scanline < codec.output_height) {
    uint8_t *row = pixels + (size_t)codec.output_scanline * stride;
    if (inks) {
      jpeg_read_scanlines(&codec, ink_row, 1);
      convert_cmyk(ink_row[0], row, codec.output_width, codec.saw_Adobe_marker);
    } else {
      jpeg_read_scanlines(&codec, &row, 1);
    }
  }
  jpeg_finish_decompress(&codec);
  jpeg_destroy_decompress(&codec);
  return dfjpeg_ok;
}

dfjpeg_status dfjpeg_decode_luma(
    const uint8_t *data, size_t data_size, int32_t denominator, uint8_t *luma, size_t luma_size, dfjpeg_error *error) {
  if (denominator != 1 && denominator != 2 && denominator != 4 && denominator != 8)
    return fail(error, dfjpeg_bad_argument, "the denominator is not 1, 2, 4 or 8");
  manager handler;
  struct jpeg_decompress_struct codec;
  codec.err = set_up(&handler, error);
  if (setjmp(handler.jump)) {
    jpeg_destroy_decompress(&codec);
    return status_of(&handler);
  }
  jpeg_create_decompress(&codec);
  jpeg_mem_src(&codec, data, data_size);
  jpeg_read_header(&codec, TRUE);
  if (codec.jpeg_color_space == JCS_CMYK || codec.jpeg_color_space == JCS_YCCK) {
    jpeg_destroy_decompress(&codec);
    return fail(error, dfjpeg_unsupported, "inks have no luma plane");
  }
  codec.out_color_space = JCS_GRAYSCALE;
  codec.dct_method = JDCT_ISLOW;
  codec.scale_num = 1;
  codec.scale_denom = (unsigned int)denominator;
  jpeg_start_decompress(&codec);
  if (codec.output_components != 1 || luma_size != (size_t)codec.output_width * (size_t)codec.output_height) {
    jpeg_destroy_decompress(&codec);
    return fail(error, dfjpeg_bad_argument, "the buffer is not as large as the reduced picture");
  }
  while (codec.output_scanline < codec.output_height) {
    uint8_t *row = luma + (size_t)codec.output_scanline * codec.output_width;
    jpeg_read_scanlines(&codec, &row, 1);
  }
  jpeg_finish_decompress(&codec);
  jpeg_destroy_decompress(&codec);
  return dfjpeg_ok;
}
