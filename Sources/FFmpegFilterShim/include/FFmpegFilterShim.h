#include "CFFmpegFilter.h"
/// The table; the one symbol that the library exports.
#ifdef __cplusplus
extern "C"
#endif
__attribute__((visibility("default"))) const dfflt_functions *_Nonnull dfflt_table(void);
