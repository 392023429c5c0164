// Descriptors of the fake libcudnn, as convolution needs them.
#pragma once
#include "objects.h"
#include <vector>

namespace fake {
// Numbers of cuDNN 8, and those of 9.
enum Status {
    SUCCESS = 0,
    NOT_INITIALIZED = MAJOR == 8 ? 1 : 1001,
    BAD_PARAM = MAJOR == 8 ? 3 : 2000,
    NOT_SUPPORTED = MAJOR == 8 ? 9 : 3000,
    EXECUTION_FAILED = MAJOR == 8 ? 8 : 5000
};
enum Format { NCHW, NHWC };
enum Math { DEFAULT_MATH, TENSOR_OP_MATH, ALLOW_CONVERSION, FMA_MATH };

struct Dnn {
    void* stream = nullptr;
};
struct Tensor {
    Type type = NONE;
    std::vector<int> dims; // N, C, spatial
    int format = -1;
    size_t count() const {
        size_t n = 1;
        for (int d : dims) n *= d;
        return n;
    }
    // Spatial positions as one number, row-major.
    size_t at(size_t n, size_t c, size_t position) const {
        size_t points = count() / dims[0] / dims[1];
        return format == NHWC ? (n * points + position) * dims[1] + c : (n * dims[1] + c) * points + position;
    }
};
struct Filter : Tensor {}; // K, C / groups, window
struct Geometry {
    std::vector<int> pad, stride, dilation;
    int mode = -1, groups = 1, math = DEFAULT_MATH;
    Type compute = NONE;
};

inline Type type(int number) { return number == 0 ? F32 : number == 1 ? F64 : number == 2 ? F16 : number == 9 ? BF16 : NONE; }

// x, w, y and how they belong together.
struct Convolution {
    Tensor x, y;
    Filter w;
    Geometry g;
    // An empty text, or why they do not fit.
    const char* wrong() const;
};
enum Pass { FORWARD, INPUT_GRADIENT, FILTER_GRADIENT };
// Sets the result (y, dx or dw) from the two others; arithmetic in float.
void convolve(const Convolution& c, Pass pass, const void* first, const void* second, void* result, double alpha, double beta);
} // namespace fake
