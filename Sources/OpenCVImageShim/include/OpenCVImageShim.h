#pragma once
#include "COpenCVImage.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The table of functions; sets OpenCV to one thread, because work is spread over processes and bytes are promised.
__attribute__((visibility("default"))) const dfcv_image_functions *_Nonnull dfcv_image_table(void);

#ifdef __cplusplus
}
#endif
