package dev.ijen.cuda.lib;

import dev.ijen.cuda.driver.Addresses;
import dev.ijen.cuda.driver.Gpu;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

/// Device memory of a library's own, outside of the executor's.
final class Block implements AutoCloseable {
    private final Gpu gpu;
    private final Addresses.Device pointer = new Addresses.Device();
    private boolean freed;

    /// @param bytes at least 1
    Block(Gpu gpu, long bytes) {
        this.gpu = gpu;
        gpu.call("cuMemAlloc of " + bytes + " bytes", () -> JCudaDriver.cuMemAlloc(pointer, bytes));
    }

    CUdeviceptr pointer() {
        return pointer;
    }

    long address() {
        return pointer.address();
    }

    /// Waits for the device. In a context that is lost there is nothing left to free.
    @Override
    public void close() {
        if (!freed) {
            freed = true;
            if (!gpu.isLost()) {
                gpu.call("cuMemFree", () -> JCudaDriver.cuMemFree(pointer));
            }
        }
    }
}
