// Kernels that are wrong on purpose, for the emulator's own tests.
#include "common.cuh"

KERNEL(64, fault_past_end, int* y, int n) { y[threadIdx.x + n] = 1; }
KERNEL(64, fault_read_past, const int* x, int* y, int n) { y[threadIdx.x] = x[threadIdx.x + n]; }
KERNEL(64, fault_misaligned, const uint8_t* x, uint4* y) { y[0] = *reinterpret_cast<const uint4*>(x + 4); }
KERNEL(64, fault_diverging_barrier, int* y) {
    if (threadIdx.x < 40) {
        __syncthreads();
    } else {
        __syncthreads();
    }
    y[threadIdx.x] = 0;
}
KERNEL(64, fault_warp_exit, int* y) {
    if (threadIdx.x == 3) return;
    y[threadIdx.x] = __shfl_xor_sync(FULL, 1, 1);
}
KERNEL(64, fault_missing_barrier, int* y) {
    SHARED(int, s, 64);
    s[threadIdx.x] = (int) threadIdx.x;
    y[threadIdx.x] = s[threadIdx.x ^ 33];
}
KERNEL(64, fault_unset_shared, int* y) {
    SHARED(int, s, 64);
    y[threadIdx.x] = s[threadIdx.x];
}
KERNEL(64, fault_past_shared, int* y) {
    SHARED(int, s, 63);
    s[threadIdx.x] = 1;
    y[threadIdx.x] = s[threadIdx.x];
}
KERNEL(64, fault_between_blocks, int* y) { y[threadIdx.x] = (int) blockIdx.x; }
KERNEL(64, fine_ballot, unsigned* y) {
    unsigned odd = __ballot_sync(FULL, threadIdx.x & 1);
    int all = __all_sync(FULL, threadIdx.x < 64), any = __any_sync(FULL, threadIdx.x == 5);
    __syncwarp();
    y[threadIdx.x] = odd + (unsigned) all + 2 * (unsigned) any + __shfl_down_sync(FULL, threadIdx.x, 3) + __shfl_sync(FULL, threadIdx.x, 1);
}
KERNEL(64, fine_add, int* y, int by) { y[threadIdx.x] += by; }
