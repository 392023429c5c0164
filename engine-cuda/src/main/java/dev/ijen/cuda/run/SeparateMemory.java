package dev.ijen.cuda.run;

import dev.ijen.cuda.driver.Addresses;
import dev.ijen.cuda.driver.Gpu;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/// An allocation of the driver's for each buffer: slow, but tools that watch memory (`compute-sanitizer`) then see every access beyond a buffer. For
/// devices that cannot map memory piece by piece, and for tests.
final class SeparateMemory implements Memory {
    private final Gpu gpu;
    private long reserved;

    SeparateMemory(Gpu gpu) {
        this.gpu = gpu;
    }

    @Override
    public long allocate(long bytes) {
        var p = new Addresses.Device();
        int code = gpu.attempt(() -> JCudaDriver.cuMemAlloc(p, bytes));
        if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            return 0;
        }
        if (code != 0) {
            throw gpu.failed("cuMemAlloc of " + bytes + " bytes", code);
        }
        reserved += bytes;
        return p.address();
    }

    @Override
    public void free(long address, long bytes) {
        reserved -= bytes;
        if (!gpu.isLost()) { // cuMemFree waits for all work
            gpu.call("cuMemFree", () -> JCudaDriver.cuMemFree(Addresses.device(address)));
        }
    }

    @Override
    public long reserved() {
        return reserved;
    }

    @Override
    public long unused() {
        return 0;
    }

    @Override
    public void close() {}
}
