#include "COpenCVNetwork.h"
