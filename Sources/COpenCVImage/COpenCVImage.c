#include "COpenCVImage.h"
