#pragma once
// Nothing is linked against this library: it is loaded when first used. Its interface is COpenCVNetwork.h.
