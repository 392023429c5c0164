package dev.ijen.cuda.run;

import dev.ijen.cuda.driver.Addresses;
import dev.ijen.cuda.driver.Gpu;
import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/// Host memory that the GPU reads and writes by itself, while Java goes on.
final class Pinned implements AutoCloseable {
    private final Gpu gpu;
    private final Addresses.Host pointer = new Addresses.Host();
    private final MemorySegment memory;

    Pinned(Gpu gpu, long bytes) {
        this.gpu = gpu;
        int code = gpu.attempt(() -> JCudaDriver.cuMemHostAlloc(pointer, bytes, 0));
        if (code != CUresult.CUDA_SUCCESS) {
            throw gpu.failed("cuMemHostAlloc of " + bytes + " bytes", code);
        }
        memory = MemorySegment.ofBuffer(pointer.getByteBuffer(0, bytes));
        memory.fill((byte) 0);
    }

    MemorySegment memory() {
        return memory;
    }

    Pointer pointer() {
        return pointer;
    }

    /// The GPU has finished with it.
    @Override
    public void close() {
        if (!gpu.isLost()) {
            gpu.call("cuMemFreeHost", () -> JCudaDriver.cuMemFreeHost(pointer));
        }
    }
}
