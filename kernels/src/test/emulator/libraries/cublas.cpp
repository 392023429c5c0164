// A fake libcublas: matrix products by plain loops on the emulated driver's streams. Arguments are checked more strictly than the real one
// does, and arithmetic is as inaccurate as it was allowed to be, so that tests see what was allowed.
#include "objects.h"

using namespace fake;
namespace {
enum Status { SUCCESS, NOT_INITIALIZED, ALLOC_FAILED = 3, INVALID_VALUE = 7, ARCH_MISMATCH = 8, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };
enum Compute { COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC = 69, COMPUTE_64F = 70, COMPUTE_32F_FAST_TF32 = 77 };
const int DISALLOW_REDUCED_PRECISION_REDUCTION = 16;
const size_t NEEDED = 64 << 10; // so much of the workspace is used

struct Handle {
    void* stream = nullptr;
    uint64_t workspace = 0;
    size_t workspaceBytes = 0;
    int pointerMode = 0, math = 0, atomics = 0;
};
struct Matrix {
    uint64_t p;
    Type type;
    int ld;
    long long stride;
    int rows, columns; // as stored, column by column
    uint64_t at(int batch, int row, int column) const {
        return p + (batch * stride + row + (int64_t) column * ld) * bytes(type);
    }
    size_t extent() const { return ((int64_t) (columns - 1) * ld + rows) * bytes(type); }
};
struct Product {
    const char* who;
    Matrix a, b, c;
    bool ta, tb, tf32, reduced;
    int m, n, k, batch, compute;
    double alpha, beta;
    uint64_t workspace;
    size_t workspaceBytes;
};

double element(const Product& g, const Matrix& m, int batch, int row, int column) {
    double v = get(reinterpret_cast<void*>(m.at(batch, row, column)), m.type);
    return g.tf32 ? tf32(v) : v;
}
bool check(const Product& g, const Matrix& m, bool read) {
    for (int i = 0; i < g.batch; i++) {
        for (int j = 0; j < m.columns; j++) {
            size_t n = m.rows * bytes(m.type);
            if (!(read ? emu_readable(m.at(i, 0, j), n, g.who) : emu_range(m.at(i, 0, j), n, g.who))) return false;
        }
    }
    return true;
}
int run(void* data) {
    const Product& g = *static_cast<Product*>(data);
    if (!check(g, g.a, true) || !check(g, g.b, true) || !check(g, g.c, g.beta != 0)) return 0;
    if (g.workspaceBytes) {
        if (!emu_range(g.workspace, g.workspaceBytes, g.who)) return 0;
        scribble(g.workspace, NEEDED);
    }
    for (int i = 0; i < g.batch; i++) {
        for (int column = 0; column < g.n; column++) {
            for (int row = 0; row < g.m; row++) {
                double sum = 0;
                for (int q = 0; q < g.k; q++) {
                    double x = g.ta ? element(g, g.a, i, q, row) : element(g, g.a, i, row, q);
                    double y = g.tb ? element(g, g.b, i, column, q) : element(g, g.b, i, q, column);
                    sum = g.compute == COMPUTE_64F ? sum + x * y : (float) (sum + (float) (x * y));
                    if (g.reduced) sum = rounded(g.c.type, sum);
                }
                void* to = reinterpret_cast<void*>(g.c.at(i, row, column));
                put(to, g.c.type, g.alpha * sum + (g.beta == 0 ? 0 : g.beta * get(to, g.c.type)));
            }
            emu_written(g.c.at(i, 0, column), g.m * bytes(g.c.type));
        }
    }
    return 1;
}
Type type(int number) {
    return number == 0 ? F32 : number == 1 ? F64 : number == 2 ? F16 : number == 14 ? BF16 : NONE;
}
double scalar(const void* p, int compute) { return get(p, compute == COMPUTE_64F ? F64 : F32); }

int product(const char* who, void* handle, int ta, int tb, int m, int n, int k, const void* alpha, const void* a, int at, int lda, long long sa,
            const void* b, int bt, int ldb, long long sb, const void* beta, void* c, int ct, int ldc, long long sc, int batch, int compute, int algo) {
    Lock lock;
    Handle* h = Objects<Handle>::of(handle, who);
    if (!h) return NOT_INITIALIZED;
    if (emu_enter()) return EXECUTION_FAILED;
    int code;
    if (emu_library_call(&code)) return code;
    if (ta < 0 || ta > 1 || tb < 0 || tb > 1 || m < 0 || n < 0 || k < 0 || batch < 0 || !alpha || !beta) return INVALID_VALUE;
    if (m == 0 || n == 0 || k == 0 || batch == 0) {
        finding("%s: an empty product (%d, %d, %d, %d)", who, m, n, k, batch);
        return SUCCESS;
    }
    auto g = new Product{who, {(uint64_t) a, type(at), lda, sa, ta ? k : m, ta ? m : k}, {(uint64_t) b, type(bt), ldb, sb, tb ? n : k, tb ? k : n},
                         {(uint64_t) c, type(ct), ldc, sc, m, n}, ta == 1, tb == 1, false, false, m, n, k, batch, compute,
                         scalar(alpha, compute), scalar(beta, compute), h->workspace, h->workspaceBytes};
    auto refuse = [&](int status, const char* why) {
        finding("%s: %s", who, why);
        delete g;
        return status;
    };
    bool half = g->a.type == F16 || g->a.type == BF16;
    bool fits = g->a.type == g->b.type && g->a.type != NONE
                && (compute == COMPUTE_64F ? g->a.type == F64 && g->c.type == F64
                    : compute == COMPUTE_32F_FAST_TF32 ? g->a.type == F32 && g->c.type == F32
                    : compute == COMPUTE_32F || compute == COMPUTE_32F_PEDANTIC
                        ? g->a.type != F64 && (g->c.type == g->a.type || (half && g->c.type == F32))
                        : false);
    if (!fits) return refuse(NOT_SUPPORTED, "types that do not go together");
    if (g->a.type == BF16 && emu_capability() < 80) return refuse(ARCH_MISMATCH, "bf16 before sm_80");
    for (const Matrix* x : {&g->a, &g->b, &g->c}) {
        if (x->ld < x->rows) return refuse(INVALID_VALUE, "a leading dimension less than the rows");
        if (!aligned(x->p, bytes(x->type), who)) return refuse(INVALID_VALUE, "address");
        if (batch > 1 && x->stride < 0) return refuse(INVALID_VALUE, "a negative stride");
    }
    if (batch > 1 && sc * (int64_t) bytes(g->c.type) < (int64_t) g->c.extent()) return refuse(INVALID_VALUE, "results that overlap");
    if (algo != -1) return refuse(INVALID_VALUE, "an algorithm other than the default");
    if (h->pointerMode != 0) return refuse(INVALID_VALUE, "scalars on the device are not emulated");
    if (h->atomics != 0) return refuse(INVALID_VALUE, "atomics are allowed");
    if (h->workspaceBytes < NEEDED && emu_is_capturing(h->stream)) {
        return refuse(ALLOC_FAILED, "captured without a workspace of one's own: the graph allocates");
    }
    g->tf32 = compute == COMPUTE_32F_FAST_TF32 || ((h->math & 3) == 3 && g->a.type == F32 && compute == COMPUTE_32F);
    g->reduced = half && g->c.type != F32 && !(h->math & DISALLOW_REDUCED_PRECISION_REDUCTION) && compute != COMPUTE_32F_PEDANTIC;
    return emu_submit(h->stream, who, run, g, [](void* p) { delete static_cast<Product*>(p); }) ? EXECUTION_FAILED : SUCCESS;
}
} // namespace

#define HANDLE(name)                                                                                                   \
    Lock lock;                                                                                                         \
    Handle* h = Objects<Handle>::of(handle, name);                                                                     \
    if (!h) return NOT_INITIALIZED

EXPORT size_t cublasGetCudartVersion() { return CUDA * 1000; }
EXPORT int cublasCreate_v2(void** to) {
    Lock lock;
    if (emu_enter()) return NOT_INITIALIZED;
    *to = Objects<Handle>::make();
    return SUCCESS;
}
EXPORT int cublasDestroy_v2(void* handle) {
    Lock lock;
    return Objects<Handle>::end(handle, "cublasDestroy") ? SUCCESS : NOT_INITIALIZED;
}
EXPORT int cublasSetStream_v2(void* handle, void* stream) {
    HANDLE("cublasSetStream");
    if (!emu_is_stream(stream)) {
        finding("cublasSetStream: no stream");
        return INVALID_VALUE;
    }
    h->stream = stream;
    h->workspace = 0, h->workspaceBytes = 0; // as the real one does
    return SUCCESS;
}
EXPORT int cublasSetWorkspace_v2(void* handle, void* workspace, size_t bytes) {
    HANDLE("cublasSetWorkspace");
    auto p = (uint64_t) workspace;
    if (!aligned(p, 256, "cublasSetWorkspace") || !emu_range(p, bytes, "cublasSetWorkspace")) return INVALID_VALUE;
    h->workspace = p, h->workspaceBytes = bytes;
    return SUCCESS;
}
EXPORT int cublasSetPointerMode_v2(void* handle, int mode) {
    HANDLE("cublasSetPointerMode");
    h->pointerMode = mode;
    return SUCCESS;
}
EXPORT int cublasSetMathMode(void* handle, int mode) {
    HANDLE("cublasSetMathMode");
    if ((mode & 15) > 3 || mode > 31 || mode < 0) return INVALID_VALUE;
    h->math = mode;
    return SUCCESS;
}
EXPORT int cublasSetAtomicsMode(void* handle, int mode) {
    HANDLE("cublasSetAtomicsMode");
    h->atomics = mode;
    return SUCCESS;
}
EXPORT int cublasGetVersion_v2(void* handle, int* version) {
    HANDLE("cublasGetVersion");
    *version = CUDA * 10000;
    return SUCCESS;
}
EXPORT int cublasGemmEx(void* h, int ta, int tb, int m, int n, int k, const void* alpha, const void* a, int at, int lda, const void* b, int bt,
                        int ldb, const void* beta, void* c, int ct, int ldc, int compute, int algo) {
    return product("cublasGemmEx", h, ta, tb, m, n, k, alpha, a, at, lda, 0, b, bt, ldb, 0, beta, c, ct, ldc, 0, 1, compute, algo);
}
EXPORT int cublasGemmStridedBatchedEx(void* h, int ta, int tb, int m, int n, int k, const void* alpha, const void* a, int at, int lda, long long sa,
                                      const void* b, int bt, int ldb, long long sb, const void* beta, void* c, int ct, int ldc, long long sc,
                                      int batch, int compute, int algo) {
    return product("cublasGemmStridedBatchedEx", h, ta, tb, m, n, k, alpha, a, at, lda, sa, b, bt, ldb, sb, beta, c, ct, ldc, sc, batch, compute,
                   algo);
}
