// Convolution of all passes by plain loops.
#include "cudnn.h"

namespace fake {
const char* Convolution::wrong() const {
    size_t axes = g.pad.size();
    if (axes < 2 || x.dims.size() != axes + 2 || y.dims.size() != axes + 2 || w.dims.size() != axes + 2) return "numbers of dimensions differ";
    if (x.type != w.type || x.type != y.type || x.type == NONE) return "types differ";
    if (g.compute != F32 || x.type == F64) return "arithmetic other than float";
    if (x.type == BF16 && emu_capability() < 80) return "bf16 before sm_80";
    if (g.mode != 1) return "not a cross-correlation";
    if (x.format != w.format || x.format != y.format) return "formats differ";
    if (g.groups < 1 || x.dims[1] != w.dims[1] * g.groups || w.dims[0] % g.groups || y.dims[1] != w.dims[0]) return "channels do not fit";
    if (x.dims[0] != y.dims[0]) return "batches differ";
    for (size_t a = 0; a < axes; a++) {
        int reach = (w.dims[a + 2] - 1) * g.dilation[a] + 1;
        if (g.pad[a] < 0 || g.stride[a] < 1 || g.dilation[a] < 1) return "padding, stride or dilation";
        if (x.dims[a + 2] + 2 * g.pad[a] < reach) return "a window larger than the input";
        if (y.dims[a + 2] != 1 + (x.dims[a + 2] + 2 * g.pad[a] - reach) / g.stride[a]) return "y is not the size of the result";
    }
    return nullptr;
}

static size_t product(const Tensor& t) { return t.count() / t.dims[0] / t.dims[1]; }

void convolve(const Convolution& c, Pass pass, const void* first, const void* second, void* result, double alpha, double beta) {
    const Tensor& out = pass == FORWARD ? c.y : pass == INPUT_GRADIENT ? c.x : static_cast<const Tensor&>(c.w);
    const Tensor& a = pass == INPUT_GRADIENT ? c.y : c.x;
    const Tensor& b = pass == FILTER_GRADIENT ? c.y : static_cast<const Tensor&>(c.w);
    size_t axes = c.g.pad.size(), points = product(c.y), taps = product(c.w);
    int cg = c.w.dims[1], kg = c.w.dims[0] / c.g.groups;
    bool coarse = c.x.type == F32 && c.g.math != FMA_MATH && emu_capability() >= 80;
    auto value = [&](const void* p, const Tensor& t, size_t i) {
        double v = get(static_cast<const char*>(p) + i * bytes(t.type), t.type);
        return coarse ? tf32(v) : v;
    };
    std::vector<float> sum(out.count());
    for (size_t p = 0; p < points; p++) {
        for (size_t r = 0; r < taps; r++) {
            size_t position = 0, scale = 1, pr = p, rr = r;
            bool inside = true;
            for (size_t i = axes; i-- > 0;) {
                int n = c.x.dims[i + 2];
                int at = (int) (pr % c.y.dims[i + 2]) * c.g.stride[i] - c.g.pad[i] + (int) (rr % c.w.dims[i + 2]) * c.g.dilation[i];
                inside = inside && at >= 0 && at < n;
                position += at * scale;
                scale *= n;
                pr /= c.y.dims[i + 2];
                rr /= c.w.dims[i + 2];
            }
            if (!inside) continue;
            for (int n = 0; n < c.x.dims[0]; n++) {
                for (int k = 0; k < c.w.dims[0]; k++) {
                    for (int q = 0; q < cg; q++) {
                        size_t xi = c.x.at(n, k / kg * cg + q, position), yi = c.y.at(n, k, p), wi = c.w.at(k, q, r);
                        size_t ai = pass == INPUT_GRADIENT ? yi : xi, bi = pass == FILTER_GRADIENT ? yi : wi;
                        sum[pass == FORWARD ? yi : pass == INPUT_GRADIENT ? xi : wi] += (float) (value(first, a, ai) * value(second, b, bi));
                    }
                }
            }
        }
    }
    for (size_t i = 0; i < sum.size(); i++) {
        void* to = static_cast<char*>(result) + i * bytes(out.type);
        put(to, out.type, alpha * sum[i] + (beta == 0 ? 0 : beta * get(to, out.type)));
    }
}
} // namespace fake
