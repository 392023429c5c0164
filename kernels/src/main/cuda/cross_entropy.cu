// Cross-entropy of rows with a label each: logits [rows, n], labels [rows] → loss [rows], a team a row.
//   loss = log Σ exp(x − max) + max − x[label]; 0 where the label is negative; n or more is an error and gives NaN.
#include "rows.cuh"

template <class T> static __device__ void crossEntropy(const T* logits, const int* labels, T* loss, int rows, int n, u64* error) {
    using A = AccOf<T>;
    int row = blockIdx.x * blockDim.y + threadIdx.y;
    bool mine = row < rows;
    const T* x = logits + (mine ? (long long) row * n : 0);
    int label = mine ? labels[row] : -1;
    A greatest, sum;
    sumOfExp(x, label >= 0 ? n : 0, greatest, sum);
    if (!mine || threadIdx.x != 0) return;
    if (label >= n) {
        reportError(error, row, label);
        loss[row] = Element<T>::put((A) NAN);
    } else {
        loss[row] = Element<T>::put(label < 0 ? (A) 0 : logOf(sum) + greatest - Element<T>::get(x[label]));
    }
}
#define CROSS_ENTROPY(name, T)                                                                                         \
    KERNEL(512, cross_entropy_##name, const T* __restrict__ logits, const int* __restrict__ labels, T* __restrict__ loss, int rows,  \
           int n, u64* error) {                                                                                        \
        crossEntropy(logits, labels, loss, rows, n, error);                                                            \
    }
REAL_TYPES(CROSS_ENTROPY)
