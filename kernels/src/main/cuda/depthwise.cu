// Depthwise convolution, channels last: every group has one channel of x, so there is nothing to multiply as matrices.
// x [N, in…, C], w [K, window…], y [N, out…, K]; filter o belongs to channel o / (K / C). Neighbouring threads have neighbouring channels.
#include "window.cuh"

static __device__ __forceinline__ bool within(int i, int extent) { return (unsigned) i < (unsigned) extent; }

// (x, w) → y: a thread an element.
template <class T> static __device__ void forward(const T* x, const T* w, T* y, const Shape& s) {
    const Window& g = s.w;
    int outs = g.outputs(), each = s.k / s.c;
    unsigned total = (unsigned) (s.n * outs * s.k);
    for (unsigned u = (unsigned) globalThread(); u < total; u += (unsigned) globalThreads()) {
        int q = (int) (u / s.k), o = (int) (u - (unsigned) q * s.k);
        Point p = point(q % outs, g.out);
        const T* image = x + (long long) (q / outs) * g.inputs() * s.c + o / each;
        const T* filter = w + (long long) o * g.taps();
        AccOf<T> sum = 0;
        for (int a = 0; a < g.size[0]; a++) {
            int iz = p.v[0] * g.stride[0] - g.pad[0] + a * g.dilation[0];
            if (!within(iz, g.in[0])) continue;
            for (int b = 0; b < g.size[1]; b++) {
                int iy = p.v[1] * g.stride[1] - g.pad[1] + b * g.dilation[1];
                if (!within(iy, g.in[1])) continue;
                const T* line = image + (long long) (iz * g.in[1] + iy) * g.in[2] * s.c;
                const T* taps = filter + (a * g.size[1] + b) * g.size[2];
                int ix = p.v[2] * g.stride[2] - g.pad[2];
                for (int c = 0; c < g.size[2]; c++, ix += g.dilation[2]) {
                    if (within(ix, g.in[2])) sum += Element<T>::get(line[(long long) ix * s.c]) * Element<T>::get(taps[c]);
                }
            }
        }
        y[u] = Element<T>::put(sum);
    }
}

// (dy, w) → dx: a thread an element, which asks all windows that cover it.
template <class T> static __device__ void inputGradient(const T* dy, const T* w, T* dx, const Shape& s) {
    const Window& g = s.w;
    int ins = g.inputs(), each = s.k / s.c, taps = g.taps();
    unsigned total = (unsigned) (s.n * ins * s.c);
    for (unsigned u = (unsigned) globalThread(); u < total; u += (unsigned) globalThreads()) {
        int q = (int) (u / s.c), o = (int) (u - (unsigned) q * s.c) * each;
        Point i = point(q % ins, g.in);
        const T* image = dy + (long long) (q / ins) * g.outputs() * s.k + o;
        const T* filter = w + (long long) o * taps;
        AccOf<T> sum = 0;
        for (int a = 0; a < g.size[0]; a++) {
            int pz = windowOf(g, 0, i.v[0], a);
            if (pz < 0) continue;
            for (int b = 0; b < g.size[1]; b++) {
                int py = windowOf(g, 1, i.v[1], b);
                if (py < 0) continue;
                for (int c = 0; c < g.size[2]; c++) {
                    int px = windowOf(g, 2, i.v[2], c);
                    if (px < 0) continue;
                    const T* from = image + (long long) ((pz * g.out[1] + py) * g.out[2] + px) * s.k;
                    const T* tap = filter + (a * g.size[1] + b) * g.size[2] + c;
                    for (int e = 0; e < each; e++) sum += Element<T>::get(from[e]) * Element<T>::get(tap[(long long) e * taps]);
                }
            }
        }
        dx[u] = Element<T>::put(sum);
    }
}

// (x, dy) → dw, or with splits > 1 part [splits, K, window…] (arithmetic type), which matmul_sum_T adds in order. A block of 32 × 8 threads takes 32
// filters, up to TAPS taps and a share of all positions, every eighth a row of threads.
static const int TAPS = 9, ROWS = 8;

template <class T> static __device__ void filterGradient(const T* x, const T* dy, T* dw, AccOf<T>* part, const Shape& s, int splits) {
    using A = AccOf<T>;
    SHARED(A, sums, ROWS * 32);
    const Window& g = s.w;
    int taps = g.taps(), outs = g.outputs(), positions = s.n * outs, blocks = (s.k + 31) / 32, chunks = (taps + TAPS - 1) / TAPS;
    int rest = blockIdx.x / blocks, split = rest / chunks, first = rest % chunks * TAPS;
    int o = (int) (blockIdx.x % blocks) * 32 + threadIdx.x;
    bool mine = o < s.k;
    int share = (positions + splits - 1) / splits, end = min((split + 1) * share, positions);
    const T* channel = x + (mine ? o / (s.k / s.c) : 0);
    int z[TAPS], y[TAPS], c[TAPS]; // from the first input of a window to that of the tap
#pragma unroll
    for (int t = 0; t < TAPS; t++) {
        Point r = point(first + t, g.size); // beyond the last tap: not used
        z[t] = r.v[0] * g.dilation[0] - g.pad[0];
        y[t] = r.v[1] * g.dilation[1] - g.pad[1];
        c[t] = r.v[2] * g.dilation[2] - g.pad[2];
    }
    A sum[TAPS] = {};
    for (int q = split * share + threadIdx.y; mine && q < end; q += ROWS) {
        int image = q / outs;
        Point p = point(q - image * outs, g.out);
        A v = Element<T>::get(dy[(long long) q * s.k + o]);
        int pz = p.v[0] * g.stride[0], py = p.v[1] * g.stride[1], px = p.v[2] * g.stride[2];
#pragma unroll
        for (int t = 0; t < TAPS; t++) {
            int iz = pz + z[t], iy = py + y[t], ix = px + c[t];
            if (first + t < taps && within(iz, g.in[0]) && within(iy, g.in[1]) && within(ix, g.in[2])) {
                long long at = ((image * g.in[0] + iz) * g.in[1] + iy) * g.in[2] + ix;
                sum[t] += v * Element<T>::get(channel[at * s.c]);
            }
        }
    }
#pragma unroll
    for (int t = 0; t < TAPS; t++) {
        __syncthreads(); // the last tap's sums may still be read
        sums[threadIdx.y * 32 + threadIdx.x] = sum[t];
        __syncthreads();
        if (threadIdx.y != 0 || !mine || first + t >= taps) continue;
        A all = 0;
        for (int r = 0; r < ROWS; r++) all += sums[r * 32 + threadIdx.x];
        long long at = (long long) o * taps + first + t;
        if (splits == 1) {
            dw[at] = Element<T>::put(all);
        } else {
            part[(long long) split * s.k * taps + at] = all;
        }
    }
}

#define DEPTHWISE(name, T)                                                                                             \
    KERNEL(256, depthwise_forward_##name, const T* __restrict__ x, const T* __restrict__ w, T* __restrict__ y, Shape s) {             \
        forward(x, w, y, s);                                                                                           \
    }                                                                                                                  \
    KERNEL(256, depthwise_input_gradient_##name, const T* __restrict__ dy, const T* __restrict__ w, T* __restrict__ dx, Shape s) {    \
        inputGradient(dy, w, dx, s);                                                                                   \
    }                                                                                                                  \
    KERNEL(256, depthwise_filter_gradient_##name, const T* __restrict__ x, const T* __restrict__ dy, T* __restrict__ dw,              \
           AccOf<T>* __restrict__ part, Shape s, int splits) {                                                         \
        filterGradient(x, dy, dw, part, s, splits);                                                                    \
    }
REAL_TYPES(DEPTHWISE)
