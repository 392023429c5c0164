// Recurrent cells with G gates, a launch a step; the steps follow one another as launches of a stream. A block of 256 threads has a tile of
// 16 rows (sequences) × 16 units and all gates of it, a thread a unit of a row.
//   forward, step t:   p = h(t−1) W_hhᵀ, then the cell;  h(t−1) is what was stored in y, or h0
//   gradient, step t:  dh(t) = d(t+1) W_hh + dy(t) (GRU: + dh(t+1) ∘ z(t+1)), then the gates' gradients d(t)
// Pointers are those of the step. d(t) [n, G·h] is handed on in the arithmetic type; a GRU's gate n hands on the gradient of its product.
#include "rows.cuh"

enum Cell { RNN_TANH, RNN_RELU, LSTM, GRU };
template <int CELL> struct Gates {
    static constexpr int N = CELL == LSTM ? 4 : CELL == GRU ? 3 : 1;
};

static const int SIDE = 16, DEPTH = 32, PITCH = DEPTH + 1, THREADS = SIDE * SIDE;

static __device__ __forceinline__ float tanhOf(float x) { return tanhf(x); }
static __device__ __forceinline__ double tanhOf(double x) { return tanh(x); }
// By an exponential that cannot overflow.
template <class A> static __device__ __forceinline__ A sigmoidOf(A x) {
    A e = expOf(x < 0 ? x : -x);
    return (x < 0 ? e : (A) 1) / (1 + e);
}

// The tile of this block and the element of this thread.
struct Place {
    int row0, unit0, row, unit;
    __device__ __forceinline__ explicit Place(int h) {
        int tiles = (h + SIDE - 1) / SIDE;
        row0 = blockIdx.x / tiles * SIDE;
        unit0 = blockIdx.x % tiles * SIDE;
        row = row0 + threadIdx.x / SIDE;
        unit = unit0 + threadIdx.x % SIDE;
    }
};

// p[g] = Σ_k before[row, k] · w[g·h + unit, k]
template <class T, int G>
static __device__ __forceinline__ void gateProducts(const Place& place, const T* before, const T* w, int n, int h, AccOf<T> (&p)[G]) {
    using A = AccOf<T>;
    SHARED(A, hs, SIDE * PITCH);
    SHARED(A, ws, G * SIDE * PITCH);
    int tx = threadIdx.x % SIDE, ty = threadIdx.x / SIDE, kk = threadIdx.x % DEPTH;
    for (int k = 0; k < h; k += DEPTH) {
        bool deep = k + kk < h;
        __syncthreads();
        for (int i = threadIdx.x / DEPTH; i < SIDE; i += THREADS / DEPTH) {
            int row = place.row0 + i, unit = place.unit0 + i;
            hs[i * PITCH + kk] = deep && row < n ? Element<T>::get(before[(long long) row * h + k + kk]) : (A) 0;
#pragma unroll
            for (int g = 0; g < G; g++) {
                ws[(g * SIDE + i) * PITCH + kk] =
                    deep && unit < h ? Element<T>::get(w[((long long) g * h + unit) * h + k + kk]) : (A) 0;
            }
        }
        __syncthreads();
#pragma unroll 8
        for (int j = 0; j < DEPTH; j++) {
            A v = hs[ty * PITCH + j];
#pragma unroll
            for (int g = 0; g < G; g++) p[g] += v * ws[(g * SIDE + tx) * PITCH + j];
        }
    }
}

// c0 is null but in the first step, c [n, h] the cell's state of an LSTM between steps.
template <class T, int CELL>
static __device__ __forceinline__ void forward(const T* xw, const T* w, const T* bn, const T* before, const T* c0, T* y, T* gates,
                                               T* memory, AccOf<T>* c, int n, int h) {
    using A = AccOf<T>;
    const int G = Gates<CELL>::N;
    Place place(h);
    A p[G] = {};
    gateProducts<T, G>(place, before, w, n, h, p);
    if (place.row >= n || place.unit >= h) return;
    long long at = (long long) place.row * h + place.unit, gate = (long long) place.row * G * h + place.unit;
    A x[G], next;
#pragma unroll
    for (int g = 0; g < G; g++) x[g] = Element<T>::get(xw[gate + (long long) g * h]);
    if (CELL == LSTM) {
        A in = sigmoidOf(x[0] + p[0]), forget = sigmoidOf(x[1 % G] + p[1 % G]), update = tanhOf(x[2 % G] + p[2 % G]);
        A out = sigmoidOf(x[3 % G] + p[3 % G]);
        A state = forget * (c0 ? Element<T>::get(c0[at]) : c[at]) + in * update;
        c[at] = state;
        memory[at] = Element<T>::put(state);
        next = out * tanhOf(state);
        x[0] = in, x[1 % G] = forget, x[2 % G] = update, x[3 % G] = out;
    } else if (CELL == GRU) {
        A r = sigmoidOf(x[0] + p[0]), z = sigmoidOf(x[1 % G] + p[1 % G]), hn = p[2 % G] + Element<T>::get(bn[place.unit]);
        A fresh = tanhOf(x[2 % G] + r * hn);
        memory[at] = Element<T>::put(hn);
        next = (1 - z) * fresh + z * Element<T>::get(before[at]);
        x[0] = r, x[1 % G] = z, x[2 % G] = fresh;
    } else {
        A v = x[0] + p[0];
        next = CELL == RNN_TANH ? tanhOf(v) : v <= 0 ? (A) 0 : v; // a NaN stays
        x[0] = next;
    }
#pragma unroll
    for (int g = 0; g < G; g++) gates[gate + (long long) g * h] = Element<T>::put(x[g]);
    y[at] = Element<T>::put(next);
}

// Σ_k later[row, k] · w[k, unit] over all gates; 0 where there is no later step.
template <class T, int G>
static __device__ __forceinline__ AccOf<T> backProduct(const Place& place, const AccOf<T>* later, const T* w, int n, int h) {
    using A = AccOf<T>;
    SHARED(A, ds, SIDE * PITCH);
    SHARED(A, ws, DEPTH * SIDE);
    int tx = threadIdx.x % SIDE, ty = threadIdx.x / SIDE, kk = threadIdx.x % DEPTH, depth = later ? G * h : 0;
    A sum = 0;
    for (int k = 0; k < depth; k += DEPTH) {
        __syncthreads();
        for (int i = threadIdx.x / DEPTH; i < SIDE; i += THREADS / DEPTH) {
            int row = place.row0 + i;
            ds[i * PITCH + kk] = k + kk < depth && row < n ? later[(long long) row * depth + k + kk] : (A) 0;
        }
        for (int j = ty; j < DEPTH; j += SIDE) {
            ws[j * SIDE + tx] = k + j < depth && place.unit < h ? Element<T>::get(w[(long long) (k + j) * h + place.unit]) : (A) 0;
        }
        __syncthreads();
#pragma unroll 8
        for (int j = 0; j < DEPTH; j++) sum += ds[ty * PITCH + j] * ws[j * SIDE + tx];
    }
    return sum;
}

// before: an LSTM's c(t−1), a GRU's h(t−1). dcT is null but in the last step, later null in it. now: d(t). carry [n, h] between steps: an
// LSTM's gradient of c, what a GRU hands to h(t−1) beside the product.
template <class T, int CELL>
static __device__ __forceinline__ void gradient(const T* w, const T* gates, const T* memory, const T* before, const T* dy, const T* dcT,
                                                T* dxw, T* dhn, const AccOf<T>* later, AccOf<T>* now, AccOf<T>* carry, int n, int h) {
    using A = AccOf<T>;
    const int G = Gates<CELL>::N;
    Place place(h);
    A e = backProduct<T, G>(place, later, w, n, h);
    if (place.row >= n || place.unit >= h) return;
    long long at = (long long) place.row * h + place.unit, gate = (long long) place.row * G * h + place.unit;
    if (CELL == GRU && later) e += carry[at];
    e += Element<T>::get(dy[at]);
    A v[G], d[G];
#pragma unroll
    for (int g = 0; g < G; g++) v[g] = Element<T>::get(gates[gate + (long long) g * h]);
    A handed = 0; // of a GRU's gate n
    if (CELL == LSTM) {
        A in = v[0], forget = v[1 % G], update = v[2 % G], out = v[3 % G];
        A tanhC = tanhOf(Element<T>::get(memory[at])), old = Element<T>::get(before[at]);
        A dc = (dcT ? Element<T>::get(dcT[at]) : carry[at]) + e * out * (1 - tanhC * tanhC);
        d[0] = dc * update * in * (1 - in);
        d[1 % G] = dc * old * forget * (1 - forget);
        d[2 % G] = dc * in * (1 - update * update);
        d[3 % G] = e * tanhC * out * (1 - out);
        carry[at] = dc * forget;
    } else if (CELL == GRU) {
        A r = v[0], z = v[1 % G], fresh = v[2 % G];
        A q = e * (1 - z) * (1 - fresh * fresh);
        d[0] = q * Element<T>::get(memory[at]) * r * (1 - r);
        d[1 % G] = e * (Element<T>::get(before[at]) - fresh) * z * (1 - z);
        d[2 % G] = q;
        handed = q * r;
        dhn[at] = Element<T>::put(handed);
        carry[at] = e * z;
    } else {
        d[0] = CELL == RNN_TANH ? e * (1 - v[0] * v[0]) : v[0] > 0 ? e : (A) 0;
    }
#pragma unroll
    for (int g = 0; g < G; g++) {
        dxw[gate + (long long) g * h] = Element<T>::put(d[g]);
        now[gate + (long long) g * h] = CELL == GRU && g == 2 ? handed : d[g];
    }
}

// After the first step's gradient, what is left for h0 and c0. Without a step, later is null and dcT given.
template <class T, int CELL>
static __device__ __forceinline__ void initial(const T* w, const T* dcT, T* dh0, T* dc0, const AccOf<T>* later, const AccOf<T>* carry, int n,
                                               int h) {
    using A = AccOf<T>;
    Place place(h);
    A e = backProduct<T, Gates<CELL>::N>(place, later, w, n, h);
    if (place.row >= n || place.unit >= h) return;
    long long at = (long long) place.row * h + place.unit;
    if (CELL == GRU && later) e += carry[at];
    dh0[at] = Element<T>::put(e);
    if (CELL == LSTM) dc0[at] = dcT ? dcT[at] : Element<T>::put(carry[at]);
}

#define RECURRENT(cell, CELL, name, T)                                                                                 \
    KERNEL(256, cell##_forward_##name, const T* __restrict__ xw, const T* __restrict__ w, const T* __restrict__ bn,    \
           const T* __restrict__ before, const T* __restrict__ c0, T* __restrict__ y, T* __restrict__ gates,           \
           T* __restrict__ memory, AccOf<T>* __restrict__ c, int n, int h) {                                           \
        forward<T, CELL>(xw, w, bn, before, c0, y, gates, memory, c, n, h);                                            \
    }                                                                                                                  \
    KERNEL(256, cell##_gradient_##name, const T* __restrict__ w, const T* __restrict__ gates, const T* __restrict__ memory, \
           const T* __restrict__ before, const T* __restrict__ dy, const T* __restrict__ dcT, T* __restrict__ dxw,     \
           T* __restrict__ dhn, const AccOf<T>* __restrict__ later, AccOf<T>* __restrict__ now,                        \
           AccOf<T>* __restrict__ carry, int n, int h) {                                                               \
        gradient<T, CELL>(w, gates, memory, before, dy, dcT, dxw, dhn, later, now, carry, n, h);                       \
    }                                                                                                                  \
    KERNEL(256, cell##_initial_##name, const T* __restrict__ w, const T* __restrict__ dcT, T* __restrict__ dh0,        \
           T* __restrict__ dc0, const AccOf<T>* __restrict__ later, const AccOf<T>* __restrict__ carry, int n, int h) { \
        initial<T, CELL>(w, dcT, dh0, dc0, later, carry, n, h);                                                        \
    }
#define CELLS(name, T)                                                                                                 \
    RECURRENT(rnn_tanh, RNN_TANH, name, T)                                                                             \
    RECURRENT(rnn_relu, RNN_RELU, name, T)                                                                             \
    RECURRENT(lstm, LSTM, name, T)                                                                                     \
    RECURRENT(gru, GRU, name, T)
REAL_TYPES(CELLS)
