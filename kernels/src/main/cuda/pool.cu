// Pooling over windows, channels last: x [N, in…, C], y [N, out…, C]. A thread an element of the result, which gathers what it
// needs in row-major order: no atomics, the same bits each run.
#include "window.cuh"

// Greatest of a window (NaN wins) and the position of the first such element in the input, −1 if all is padding.
template <class T> struct Greatest {
    AccOf<T> value;
    int at;
};
template <class T> static __device__ Greatest<T> greatest(const T* image, const Window& w, Point p, int c) {
    Greatest<T> best{-(AccOf<T>) INFINITY, -1};
    Point r;
    for (r.v[0] = 0; r.v[0] < w.size[0]; r.v[0]++) {
        for (r.v[1] = 0; r.v[1] < w.size[1]; r.v[1]++) {
            for (r.v[2] = 0; r.v[2] < w.size[2]; r.v[2]++) {
                int at = covered(w, p, r);
                if (at < 0) continue;
                AccOf<T> v = Element<T>::get(image[(long long) at * c]);
                if (best.at < 0 || v > best.value || (v != v && best.value == best.value)) best = {v, at};
            }
        }
    }
    return best;
}
// Calls f(position in the output) for all windows that cover input i, in row-major order of the windows.
template <class F> static __device__ void eachCovering(const Window& w, Point i, F f) {
    Point r;
    for (r.v[0] = w.size[0] - 1; r.v[0] >= 0; r.v[0]--) {
        for (r.v[1] = w.size[1] - 1; r.v[1] >= 0; r.v[1]--) {
            for (r.v[2] = w.size[2] - 1; r.v[2] >= 0; r.v[2]--) {
                int p = covering(w, i, r);
                if (p >= 0) f(p);
            }
        }
    }
}

// x → y: max
template <class T> static __device__ void poolMax(const T* x, T* y, const Window& w, int n, int c) {
    int outs = w.outputs(), ins = w.inputs();
    for (long long u = globalThread(); u < (long long) n * outs * c; u += globalThreads()) {
        long long q = u / c, image = q / outs;
        y[u] = Element<T>::put(greatest(x + image * ins * c + u % c, w, point((int) (q % outs), w.out), c).value);
    }
}
// (x, g) → y: the element of g where x has its first greatest
template <class T> static __device__ void poolPick(const T* x, const T* g, T* y, const Window& w, int n, int c) {
    int outs = w.outputs(), ins = w.inputs();
    for (long long u = globalThread(); u < (long long) n * outs * c; u += globalThreads()) {
        long long q = u / c, from = q / outs * ins * c + u % c;
        int at = greatest(x + from, w, point((int) (q % outs), w.out), c).at;
        T zero = {};
        y[u] = at < 0 ? zero : g[from + (long long) at * c];
    }
}
// (x, dy) → dx: each window gives its dy to its first greatest; an input asks all windows that cover it
template <class T> static __device__ void poolMaxGradient(const T* x, const T* dy, T* dx, const Window& w, int n, int c) {
    int outs = w.outputs(), ins = w.inputs();
    for (long long u = globalThread(); u < (long long) n * ins * c; u += globalThreads()) {
        long long q = u / c, image = q / ins;
        int me = (int) (q % ins), channel = (int) (u % c);
        const T* from = x + image * ins * c + channel;
        AccOf<T> sum = 0;
        eachCovering(w, point(me, w.in), [&](int p) {
            if (greatest(from, w, point(p, w.out), c).at == me) sum += Element<T>::get(dy[(image * outs + p) * c + channel]);
        });
        dx[u] = Element<T>::put(sum);
    }
}
// x → y: sum
template <class T> static __device__ void poolSum(const T* x, T* y, const Window& w, int n, int c) {
    int outs = w.outputs(), ins = w.inputs();
    for (long long u = globalThread(); u < (long long) n * outs * c; u += globalThreads()) {
        long long q = u / c;
        const T* image = x + q / outs * ins * c + u % c;
        Point p = point((int) (q % outs), w.out);
        AccOf<T> sum = 0;
        Point r;
        for (r.v[0] = 0; r.v[0] < w.size[0]; r.v[0]++) {
            for (r.v[1] = 0; r.v[1] < w.size[1]; r.v[1]++) {
                for (r.v[2] = 0; r.v[2] < w.size[2]; r.v[2]++) {
                    int at = covered(w, p, r);
                    if (at >= 0) sum += Element<T>::get(image[(long long) at * c]);
                }
            }
        }
        y[u] = Element<T>::put(sum);
    }
}
// dy → dx: each input adds up the windows that cover it
template <class T> static __device__ void poolSumGradient(const T* dy, T* dx, const Window& w, int n, int c) {
    int outs = w.outputs(), ins = w.inputs();
    for (long long u = globalThread(); u < (long long) n * ins * c; u += globalThreads()) {
        long long q = u / c;
        const T* image = dy + q / ins * outs * c + u % c;
        AccOf<T> sum = 0;
        eachCovering(w, point((int) (q % ins), w.in), [&](int p) { sum += Element<T>::get(image[(long long) p * c]); });
        dx[u] = Element<T>::put(sum);
    }
}

#define POOL(name, T)                                                                                                  \
    KERNEL(256, pool_max_##name, const T* __restrict__ x, T* __restrict__ y, Window w, int n, int c) { poolMax(x, y, w, n, c); }      \
    KERNEL(256, pool_max_gradient_##name, const T* __restrict__ x, const T* __restrict__ dy, T* __restrict__ dx, Window w, int n,     \
           int c) {                                                                                                    \
        poolMaxGradient(x, dy, dx, w, n, c);                                                                           \
    }                                                                                                                  \
    KERNEL(256, pool_max_pick_##name, const T* __restrict__ x, const T* __restrict__ g, T* __restrict__ y, Window w, int n, int c) {  \
        poolPick(x, g, y, w, n, c);                                                                                    \
    }                                                                                                                  \
    KERNEL(256, pool_sum_##name, const T* __restrict__ x, T* __restrict__ y, Window w, int n, int c) { poolSum(x, y, w, n, c); }      \
    KERNEL(256, pool_sum_gradient_##name, const T* __restrict__ dy, T* __restrict__ dx, Window w, int n, int c) {                     \
        poolSumGradient(dy, dx, w, n, c);                                                                              \
    }
REAL_TYPES(POOL)
