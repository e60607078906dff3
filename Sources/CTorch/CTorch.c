// The header is the module; SwiftPM wants one C file beside it.
#include "CTorch.h"
