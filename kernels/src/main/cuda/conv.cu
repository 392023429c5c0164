// Convolution (cross-correlation), channels last, as products of matrices whose elements are looked up where they lie:
// x [N, in…, C], w [K, window…, C / groups], y [N, out…, K]. Products are groups, and for the filter gradient groups · splits, group · splits + part.
// The splits of the filter gradient are as those of matmul.cu, with part [groups · splits, K / groups, window… · C / groups].
#include "tile.cuh"
#include "window.cuh"

static const int SIDE = 64, DEPTH = 16;

// An element of a window: its tap and the channel (or filter) within the group.
struct Tap {
    Point r;
    int channel;
};
static __device__ __forceinline__ Tap tapOf(const Window& w, int kk, int channels) {
    return {point(kk / channels, w.size), kk % channels};
}
// Where a position's image begins, and the position within it.
struct Site {
    long long image;
    Point p;
};

// Windows of x: [N · out…, window… · C / groups]; `positions` outer, taps inner, or the other way round for the filter gradient.
template <class T> struct Windows {
    typedef Site Outer;
    typedef Tap Inner;
    static constexpr bool alongInner = true;
    const Shape& s;
    const T* x; // of the group's first channel
    __device__ __forceinline__ Site outer(int i) const {
        int outs = s.w.outputs();
        return {(long long) (i / outs) * s.w.inputs() * s.c, point(i % outs, s.w.out)};
    }
    __device__ __forceinline__ Tap inner(int kk) const { return tapOf(s.w, kk, s.c / s.groups); }
    __device__ __forceinline__ AccOf<T> at(const Site& o, const Tap& t) const {
        int at = covered(s.w, o.p, t.r);
        return at < 0 ? (AccOf<T>) 0 : Element<T>::get(x[o.image + (long long) at * s.c + t.channel]);
    }
};
template <class T> struct WindowsTransposed {
    typedef Tap Outer;
    typedef Site Inner;
    static constexpr bool alongInner = false;
    Windows<T> windows;
    __device__ __forceinline__ Tap outer(int j) const { return windows.inner(j); }
    __device__ __forceinline__ Site inner(int kk) const { return windows.outer(kk); }
    __device__ __forceinline__ AccOf<T> at(const Tap& t, const Site& o) const { return windows.at(o, t); }
};
// What of dy meets each input: [N · in…, window… · K / groups].
template <class T> struct Gradients {
    typedef Site Outer;
    typedef Tap Inner;
    static constexpr bool alongInner = true;
    const Shape& s;
    const T* dy; // of the group's first filter
    __device__ __forceinline__ Site outer(int i) const {
        int ins = s.w.inputs();
        return {(long long) (i / ins) * s.w.outputs() * s.k, point(i % ins, s.w.in)};
    }
    __device__ __forceinline__ Tap inner(int kk) const { return tapOf(s.w, kk, s.k / s.groups); }
    __device__ __forceinline__ AccOf<T> at(const Site& o, const Tap& t) const {
        int at = covering(s.w, o.p, t.r);
        return at < 0 ? (AccOf<T>) 0 : Element<T>::get(dy[o.image + (long long) at * s.k + t.channel]);
    }
};
// Elements at outer · outerStride + inner · innerStride.
template <class T> struct Plain {
    typedef long long Outer;
    typedef long long Inner;
    const T* data;
    int outerStride, innerStride;
    bool alongInner;
    __device__ __forceinline__ Outer outer(int i) const { return (long long) i * outerStride; }
    __device__ __forceinline__ Inner inner(int kk) const { return (long long) kk * innerStride; }
    __device__ __forceinline__ AccOf<T> at(Outer o, Inner i) const { return Element<T>::get(data[o + i]); }
};
// Filters by what meets dy: [window… · K / groups, C / groups].
template <class T> struct FiltersByTap {
    typedef int Outer;
    typedef long long Inner;
    static constexpr bool alongInner = false;
    const Shape& s;
    const T* w; // of the group's first filter
    __device__ __forceinline__ Outer outer(int j) const { return j; }
    __device__ __forceinline__ Inner inner(int kk) const {
        int each = s.k / s.groups, tap = kk / each;
        return ((long long) (kk % each) * s.w.taps() + tap) * (s.c / s.groups);
    }
    __device__ __forceinline__ AccOf<T> at(Outer j, Inner i) const { return Element<T>::get(w[i + j]); }
};

// (x, w) → y: [N · out…, window… · C / groups] · [window… · C / groups, K / groups]
template <class T> static __device__ void forward(const T* x, const T* w, T* y, const Shape& s) {
    int c = s.c / s.groups, k = s.k / s.groups, depth = s.w.taps() * c, rows = s.n * s.w.outputs();
    Tile tile = tileOf<SIDE>(rows, k);
    int group = tile.product;
    Windows<T> left{s, x + group * c};
    Plain<T> right{w + (long long) group * k * depth, depth, 1, true};
    tileProduct<AccOf<T>, SIDE, DEPTH>(left, right, tile, rows, k, 0, depth, [&](int i, int j, AccOf<T> v) {
        y[(long long) i * s.k + group * k + j] = Element<T>::put(v);
    });
}
// (dy, w) → dx: [N · in…, window… · K / groups] · [window… · K / groups, C / groups]
template <class T> static __device__ void inputGradient(const T* dy, const T* w, T* dx, const Shape& s) {
    int c = s.c / s.groups, k = s.k / s.groups, rows = s.n * s.w.inputs();
    Tile tile = tileOf<SIDE>(rows, c);
    int group = tile.product;
    Gradients<T> left{s, dy + group * k};
    FiltersByTap<T> right{s, w + (long long) group * k * s.w.taps() * c};
    tileProduct<AccOf<T>, SIDE, DEPTH>(left, right, tile, rows, c, 0, s.w.taps() * k, [&](int i, int j, AccOf<T> v) {
        dx[(long long) i * s.c + group * c + j] = Element<T>::put(v);
    });
}
// (x, dy) → dw: [K / groups, N · out…] · [N · out…, window… · C / groups]
template <class T> static __device__ void filterGradient(const T* x, const T* dy, T* dw, AccOf<T>* part, const Shape& s, int splits) {
    int c = s.c / s.groups, k = s.k / s.groups, width = s.w.taps() * c, depth = s.n * s.w.outputs();
    Tile tile = tileOf<SIDE>(k, width);
    int group = tile.product / splits;
    int share = (depth + splits - 1) / splits, begin = tile.product % splits * share, end = min(begin + share, depth);
    Plain<T> left{dy + group * k, 1, s.k, false};
    WindowsTransposed<T> right{{s, x + group * c}};
    T* to = dw + (long long) group * k * width;
    AccOf<T>* sums = part + (long long) tile.product * k * width;
    tileProduct<AccOf<T>, SIDE, DEPTH>(left, right, tile, k, width, begin, end, [&](int i, int j, AccOf<T> v) {
        long long at = (long long) i * width + j;
        if (splits == 1) {
            to[at] = Element<T>::put(v);
        } else {
            sums[at] = v;
        }
    });
}

#define CONV(name, T)                                                                                                  \
    KERNEL(256, conv_forward_##name, const T* __restrict__ x, const T* __restrict__ w, T* __restrict__ y, Shape s) { forward(x, w, y, s); }       \
    KERNEL(256, conv_input_gradient_##name, const T* __restrict__ dy, const T* __restrict__ w, T* __restrict__ dx, Shape s) {         \
        inputGradient(dy, w, dx, s);                                                                                   \
    }                                                                                                                  \
    KERNEL(256, conv_filter_gradient_##name, const T* __restrict__ x, const T* __restrict__ dy, T* __restrict__ dw,    \
           AccOf<T>* __restrict__ part, Shape s, int splits) {                                                         \
        filterGradient(x, dy, dw, part, s, splits);                                                                    \
    }
REAL_TYPES(CONV)
