// The header is all there is; a C target needs a file.
#include "COpenBLAS.h"
