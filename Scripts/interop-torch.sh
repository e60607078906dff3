#!/bin/sh
# Compiles Sources/TorchShim against the headers and libraries of PyTorch's wheel, and runs the tests of tensors, networks
# and training with it in place of the system's libtorch. The tests must be built (`make interop-torch`). A shim for a
# machine with a GPU is made the same way, with a wheel for CUDA: TORCH_PACKAGE, and DFPREP_LIBRARIES names its folder.
# Exit status: 0 the tests pass, 1 one fails, 69 a tool could not be had.
#
# PYTHON as in python-environment.sh; TORCH_PACKAGE another package than torch==2.13.0; CXX another clang++ or g++.
set -eu
scripts=$(cd "$(dirname "$0")" && pwd)
cd "$scripts/.."
environment=build/interop-torch/environment
libraries=$PWD/build/interop-torch/libraries
"$scripts/python-environment.sh" "$environment" "${TORCH_PACKAGE:-torch==2.13.0} numpy"
torch=$("$environment/bin/python" -c 'import os, torch; print(os.path.dirname(torch.__file__))')
abi=$("$environment/bin/python" -c 'import torch; print(int(torch._C._GLIBCXX_USE_CXX11_ABI))')

mkdir -p "$libraries"
"${CXX:-clang++}" -std=c++20 -O2 -fPIC -shared -fvisibility=hidden -D_GLIBCXX_USE_CXX11_ABI="$abi" \
  -ISources/CTorch/include -ISources/TorchShim/include \
  -isystem "$torch/include" -isystem "$torch/include/torch/csrc/api/include" \
  Sources/TorchShim/*.cpp -L"$torch/lib" -ltorch -ltorch_cpu -lc10 -Wl,-rpath,"$torch/lib" \
  -o "$libraries/libTorchShim.so"
printf 'interop-torch: %s\n' "$libraries/libTorchShim.so"
DFPREP_LIBRARIES=$libraries ${SWIFT:-swift} test --skip-build --disable-xctest \
  --filter 'TensorsTests|ModelsTests|TrainingTests'
