#include "COneDNN.h"
/// The table; the one symbol that the library exports.
#ifdef __cplusplus
extern "C"
#endif
__attribute__((visibility("default"))) const dfdnn_functions *_Nonnull dfdnn_table(void);
