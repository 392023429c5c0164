// Geometry of windows over three spatial axes (fewer: extents of 1 in front), as dev.ijen.spi.Window: output position p covers
// inputs p · stride − pad + r · dilation for r in [0, size).
#pragma once
#include "common.cuh"

struct Window {
    int in[3], out[3], size[3], stride[3], pad[3], dilation[3];

    __device__ __forceinline__ int inputs() const { return in[0] * in[1] * in[2]; }
    __device__ __forceinline__ int outputs() const { return out[0] * out[1] * out[2]; }
    __device__ __forceinline__ int taps() const { return size[0] * size[1] * size[2]; }
};
// Of a convolution: x [n, in…, c], y [n, out…, k].
struct Shape {
    Window w;
    int n, c, k, groups;
};
struct Point {
    int v[3];
};
static __device__ __forceinline__ Point point(int i, const int (&extent)[3]) {
    int rest = i / extent[2];
    return {{rest / extent[1], rest % extent[1], i % extent[2]}};
}
// Position in the input that tap r of the window at p covers, −1 if in the padding.
static __device__ __forceinline__ int covered(const Window& w, Point p, Point r) {
    int z = p.v[0] * w.stride[0] - w.pad[0] + r.v[0] * w.dilation[0];
    int y = p.v[1] * w.stride[1] - w.pad[1] + r.v[1] * w.dilation[1];
    int x = p.v[2] * w.stride[2] - w.pad[2] + r.v[2] * w.dilation[2];
    bool inside = (unsigned) z < (unsigned) w.in[0] && (unsigned) y < (unsigned) w.in[1] && (unsigned) x < (unsigned) w.in[2];
    return inside ? (z * w.in[1] + y) * w.in[2] + x : -1;
}
// The window along an axis whose tap r covers input i, −1 if there is none.
static __device__ __forceinline__ int windowOf(const Window& w, int axis, int i, int r) {
    int from = i + w.pad[axis] - r * w.dilation[axis];
    int p = from / w.stride[axis];
    return from >= 0 && p * w.stride[axis] == from && p < w.out[axis] ? p : -1;
}
// Position in the output of the window whose tap r covers input i, −1 if there is none.
static __device__ __forceinline__ int covering(const Window& w, Point i, Point r) {
    int z = windowOf(w, 0, i.v[0], r.v[0]), y = windowOf(w, 1, i.v[1], r.v[1]), x = windowOf(w, 2, i.v[2], r.v[2]);
    return z >= 0 && y >= 0 && x >= 0 ? (z * w.out[1] + y) * w.out[2] + x : -1;
}
