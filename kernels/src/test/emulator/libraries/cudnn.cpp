// A fake libcudnn: convolutions on the emulated driver's streams, with several algorithms a pass that need different workspaces, take
// different times, and some of which say that they are not deterministic.
#include "cudnn.h"

using namespace fake;
namespace {
struct Algorithm {
    int number;
    bool deterministic;
    double seconds;
    bool supported;
};
// In the order in which the library recommends them, which is not that of time; seconds, so that real time does not show.
const std::vector<Algorithm> ALGORITHMS[3] = {
    {{6, true, 1, true}, {1, true, 0.25, true}, {0, true, 0.5, true}, {5, true, 0, false}},
    {{1, true, 0.5, true}, {0, false, 0.25, true}, {4, true, 0, false}},
    {{0, false, 1, true}, {1, true, 0.5, true}, {3, false, 0.25, true}, {2, true, 0, false}}};

struct Perf {
    int algo, status;
    float time;
    size_t memory;
    int determinism, mathType, reserved[3];
};
struct Work {
    const char* who;
    Convolution c;
    Pass pass;
    uint64_t first, second, result;
    double alpha, beta, seconds;
    uint64_t workspace;
    size_t needed;
};

bool supports(const Convolution& c, const Algorithm& a, Pass pass) {
    if (pass != FORWARD || a.number != 6) return a.supported;
    for (size_t i = 0; i < c.g.pad.size(); i++) { // Winograd
        if (c.w.dims[i + 2] != 3 || c.g.stride[i] != 1 || c.g.dilation[i] != 1) return false;
    }
    return c.g.pad.size() == 2;
}
size_t workspace(const Convolution& c, const Algorithm& a) {
    return a.number == 0 ? 0 : a.number * 1000 + 16 * c.y.count();
}
const Algorithm* find(const Convolution& c, Pass pass, int number) {
    for (auto& a : ALGORITHMS[pass]) {
        if (a.number == number && supports(c, a, pass)) return &a;
    }
    return nullptr;
}
bool load(Convolution& to, void* x, void* w, void* g, void* y, const char* who) {
    auto xd = Objects<Tensor>::of(x, who), yd = Objects<Tensor>::of(y, who);
    auto wd = Objects<Filter>::of(w, who);
    auto gd = Objects<Geometry>::of(g, who);
    if (!xd || !yd || !wd || !gd) return false;
    to.x = *xd, to.y = *yd, to.w = *wd, to.g = *gd;
    if (const char* wrong = to.wrong()) {
        finding("%s: %s", who, wrong);
        return false;
    }
    return true;
}
int candidates(const char* who, void* h, Pass pass, void* x, void* w, void* g, void* y, int asked, int* returned, Perf* to) {
    Lock lock;
    Convolution c;
    if (!Objects<Dnn>::of(h, who)) return NOT_INITIALIZED;
    if (!load(c, x, w, g, y, who) || asked < 1) return BAD_PARAM;
    int n = 0;
    for (bool good : {true, false}) {
        for (auto& a : ALGORITHMS[pass]) {
            if (n < asked && supports(c, a, pass) == good) {
                to[n++] = {a.number, good ? SUCCESS : NOT_SUPPORTED, -1, good ? workspace(c, a) : 0, a.deterministic, c.g.math, {}};
            }
        }
    }
    *returned = n;
    return SUCCESS;
}
int size(const char* who, void* h, Pass pass, void* x, void* w, void* g, void* y, int number, size_t* to) {
    Lock lock;
    Convolution c;
    if (!Objects<Dnn>::of(h, who)) return NOT_INITIALIZED;
    if (!load(c, x, w, g, y, who)) return BAD_PARAM;
    auto a = find(c, pass, number);
    if (!a) return NOT_SUPPORTED;
    *to = workspace(c, *a);
    return SUCCESS;
}
int perform(void* data) {
    auto& k = *static_cast<Work*>(data);
    const Tensor& w = k.c.w;
    const Tensor &first = k.pass == INPUT_GRADIENT ? k.c.y : k.c.x, &second = k.pass == FILTER_GRADIENT ? k.c.y : w;
    const Tensor& result = k.pass == FORWARD ? k.c.y : k.pass == INPUT_GRADIENT ? k.c.x : w;
    size_t each = bytes(first.type);
    if (!emu_readable(k.first, first.count() * each, k.who) || !emu_readable(k.second, second.count() * each, k.who)
        || !emu_range(k.result, result.count() * each, k.who) || !emu_range(k.workspace, k.needed, k.who)) {
        return 0;
    }
    if (k.needed) scribble(k.workspace, k.needed);
    convolve(k.c, k.pass, reinterpret_cast<void*>(k.first), reinterpret_cast<void*>(k.second), reinterpret_cast<void*>(k.result), k.alpha, k.beta);
    emu_written(k.result, result.count() * each);
    emu_spend(k.seconds);
    return 1;
}
int enqueue(const char* who, void* h, Pass pass, void* x, void* w, void* g, void* y, int number, const void* first, const void* second, void* result,
            void* space, size_t spaceBytes, const float* alpha, const float* beta) {
    Lock lock;
    Convolution c;
    auto handle = Objects<Dnn>::of(h, who);
    if (!handle) return NOT_INITIALIZED;
    if (emu_enter()) return EXECUTION_FAILED;
    int code;
    if (emu_library_call(&code)) return code;
    if (!load(c, x, w, g, y, who)) return BAD_PARAM;
    auto a = find(c, pass, number);
    if (!a) {
        finding("%s: algorithm %d, which is not supported here", who, number);
        return NOT_SUPPORTED;
    }
    if (spaceBytes < workspace(c, *a)) {
        finding("%s: %zu bytes of workspace, not %zu", who, spaceBytes, workspace(c, *a));
        return BAD_PARAM;
    }
    for (auto p : {(uint64_t) first, (uint64_t) second, (uint64_t) result}) {
        if (!aligned(p, bytes(c.x.type), who)) return BAD_PARAM;
    }
    auto work = new Work{who, c, pass, (uint64_t) first, (uint64_t) second, (uint64_t) result, *alpha, *beta, a->seconds,
                         (uint64_t) space, workspace(c, *a)};
    return emu_submit(handle->stream, who, perform, work, [](void* p) { delete static_cast<Work*>(p); }) ? EXECUTION_FAILED : SUCCESS;
}
} // namespace

EXPORT size_t cudnnGetVersion() { return MAJOR == 8 ? 8907 : 90500; }
EXPORT size_t cudnnGetCudartVersion() { return CUDA * 1000; }
EXPORT const char* cudnnGetErrorString(int code) {
    switch (code) {
    case SUCCESS: return "CUDNN_STATUS_SUCCESS";
    case NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
    case BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
    case NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
    case EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
    default: return "CUDNN_UNKNOWN_STATUS";
    }
}
EXPORT int cudnnCreate(void** to) {
    Lock lock;
    if (emu_enter()) return NOT_INITIALIZED;
    *to = Objects<Dnn>::make();
    return SUCCESS;
}
EXPORT int cudnnDestroy(void* h) {
    Lock lock;
    return Objects<Dnn>::end(h, "cudnnDestroy") ? SUCCESS : NOT_INITIALIZED;
}
EXPORT int cudnnSetStream(void* h, void* stream) {
    Lock lock;
    auto d = Objects<Dnn>::of(h, "cudnnSetStream");
    if (!d) return NOT_INITIALIZED;
    if (!emu_is_stream(stream)) {
        finding("cudnnSetStream: no stream");
        return BAD_PARAM;
    }
    d->stream = stream;
    return SUCCESS;
}

#define DESCRIPTOR(name, T)                                                                                            \
    EXPORT int cudnnCreate##name##Descriptor(void** to) {                                                              \
        Lock lock;                                                                                                     \
        *to = Objects<T>::make();                                                                                      \
        return SUCCESS;                                                                                                \
    }                                                                                                                  \
    EXPORT int cudnnDestroy##name##Descriptor(void* d) {                                                               \
        Lock lock;                                                                                                     \
        return Objects<T>::end(d, "cudnnDestroy" #name "Descriptor") ? SUCCESS : BAD_PARAM;                            \
    }
DESCRIPTOR(Tensor, Tensor)
DESCRIPTOR(Filter, Filter)
DESCRIPTOR(Convolution, Geometry)

static int set(Tensor* t, int number, int format, int n, const int* dims, const char* who) {
    if (!t) return BAD_PARAM;
    t->type = type(number);
    t->format = format;
    t->dims.assign(dims, dims + n);
    if (t->type != NONE && (format == NCHW || format == NHWC) && n >= 4 && n <= 5 && t->count() > 0) return SUCCESS;
    finding("%s: type %d, format %d, %d dimensions", who, number, format, n);
    return BAD_PARAM;
}
EXPORT int cudnnSetTensorNdDescriptorEx(void* d, int format, int type, int n, const int* dims) {
    Lock lock;
    return set(Objects<Tensor>::of(d, "cudnnSetTensorNdDescriptorEx"), type, format, n, dims, "cudnnSetTensorNdDescriptorEx");
}
EXPORT int cudnnSetFilterNdDescriptor(void* d, int type, int format, int n, const int* dims) {
    Lock lock;
    return set(Objects<Filter>::of(d, "cudnnSetFilterNdDescriptor"), type, format, n, dims, "cudnnSetFilterNdDescriptor");
}
EXPORT int cudnnSetConvolutionNdDescriptor(void* d, int n, const int* pad, const int* stride, const int* dilation, int mode, int compute) {
    Lock lock;
    auto g = Objects<Geometry>::of(d, "cudnnSetConvolutionNdDescriptor");
    if (!g || n < 2 || n > 3) return BAD_PARAM;
    g->pad.assign(pad, pad + n);
    g->stride.assign(stride, stride + n);
    g->dilation.assign(dilation, dilation + n);
    g->mode = mode;
    g->compute = type(compute);
    return SUCCESS;
}
EXPORT int cudnnSetConvolutionGroupCount(void* d, int groups) {
    Lock lock;
    auto g = Objects<Geometry>::of(d, "cudnnSetConvolutionGroupCount");
    if (!g) return BAD_PARAM;
    g->groups = groups;
    return SUCCESS;
}
EXPORT int cudnnSetConvolutionMathType(void* d, int math) {
    Lock lock;
    auto g = Objects<Geometry>::of(d, "cudnnSetConvolutionMathType");
    if (!g || math < DEFAULT_MATH || math > FMA_MATH) return BAD_PARAM;
    g->math = math;
    return SUCCESS;
}

EXPORT int cudnnGetConvolutionForwardAlgorithm_v7(void* h, void* x, void* w, void* g, void* y, int asked, int* returned, Perf* to) {
    return candidates("cudnnGetConvolutionForwardAlgorithm_v7", h, FORWARD, x, w, g, y, asked, returned, to);
}
EXPORT int cudnnGetConvolutionBackwardDataAlgorithm_v7(void* h, void* w, void* dy, void* g, void* dx, int asked, int* returned, Perf* to) {
    return candidates("cudnnGetConvolutionBackwardDataAlgorithm_v7", h, INPUT_GRADIENT, dx, w, g, dy, asked, returned, to);
}
EXPORT int cudnnGetConvolutionBackwardFilterAlgorithm_v7(void* h, void* x, void* dy, void* g, void* dw, int asked, int* returned, Perf* to) {
    return candidates("cudnnGetConvolutionBackwardFilterAlgorithm_v7", h, FILTER_GRADIENT, x, dw, g, dy, asked, returned, to);
}
EXPORT int cudnnGetConvolutionForwardWorkspaceSize(void* h, void* x, void* w, void* g, void* y, int algo, size_t* to) {
    return size("cudnnGetConvolutionForwardWorkspaceSize", h, FORWARD, x, w, g, y, algo, to);
}
EXPORT int cudnnGetConvolutionBackwardDataWorkspaceSize(void* h, void* w, void* dy, void* g, void* dx, int algo, size_t* to) {
    return size("cudnnGetConvolutionBackwardDataWorkspaceSize", h, INPUT_GRADIENT, dx, w, g, dy, algo, to);
}
EXPORT int cudnnGetConvolutionBackwardFilterWorkspaceSize(void* h, void* x, void* dy, void* g, void* dw, int algo, size_t* to) {
    return size("cudnnGetConvolutionBackwardFilterWorkspaceSize", h, FILTER_GRADIENT, x, dw, g, dy, algo, to);
}
EXPORT int cudnnConvolutionForward(void* h, const float* alpha, void* xd, const void* x, void* wd, const void* w, void* g, int algo, void* space,
                                   size_t bytes, const float* beta, void* yd, void* y) {
    return enqueue("cudnnConvolutionForward", h, FORWARD, xd, wd, g, yd, algo, x, w, y, space, bytes, alpha, beta);
}
EXPORT int cudnnConvolutionBackwardData(void* h, const float* alpha, void* wd, const void* w, void* dyd, const void* dy, void* g, int algo,
                                        void* space, size_t bytes, const float* beta, void* dxd, void* dx) {
    return enqueue("cudnnConvolutionBackwardData", h, INPUT_GRADIENT, dxd, wd, g, dyd, algo, dy, w, dx, space, bytes, alpha, beta);
}
EXPORT int cudnnConvolutionBackwardFilter(void* h, const float* alpha, void* xd, const void* x, void* dyd, const void* dy, void* g, int algo,
                                          void* space, size_t bytes, const float* beta, void* dwd, void* dw) {
    return enqueue("cudnnConvolutionBackwardFilter", h, FILTER_GRADIENT, xd, dwd, g, dyd, algo, x, dy, dw, space, bytes, alpha, beta);
}
