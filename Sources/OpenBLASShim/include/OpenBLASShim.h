#include "COpenBLAS.h"
/// The table; the one symbol that the library exports.
#ifdef __cplusplus
extern "C"
#endif
__attribute__((visibility("default"))) const dfblas_functions *_Nonnull dfblas_table(void);
