package dev.ijen.cuda.lib;

import dev.ijen.cuda.driver.Gpu;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/// Device memory of a library's own, outside of the executor's arenas.
final class Block extends CUdeviceptr implements AutoCloseable {
    private final Gpu gpu;
    private boolean freed;

    private Block(Gpu gpu) {
        this.gpu = gpu;
    }

    /// @param bytes at least 1
    static Block of(Gpu gpu, long bytes) {
        var b = new Block(gpu);
        gpu.call("cuMemAlloc of " + bytes + " bytes", () -> JCudaDriver.cuMemAlloc(b, bytes));
        return b;
    }

    long address() {
        return getNativePointer();
    }

    /// Waits for the device. In a context that is lost there is nothing left to free.
    @Override
    public void close() {
        if (!freed) {
            freed = true;
            if (!gpu.isLost()) {
                gpu.call("cuMemFree", () -> JCudaDriver.cuMemFree(this));
            }
        }
    }
}
