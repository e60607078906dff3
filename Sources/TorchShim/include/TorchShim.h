#ifndef DFPREP_TORCH_SHIM_H
#define DFPREP_TORCH_SHIM_H

#include "CTorch.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The one symbol that this library exports.
__attribute__((visibility("default"))) const dft_functions *_Nonnull dft_table(void);

#ifdef __cplusplus
}
#endif

#endif
