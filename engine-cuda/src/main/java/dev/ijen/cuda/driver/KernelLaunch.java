package dev.ijen.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/// A kernel with its arguments laid out off the heap once, so that a launch allocates nothing: they are handed over as one block
/// (`CU_LAUNCH_PARAM_BUFFER_POINTER`).
public final class KernelLaunch {
    private static final long BUFFER_POINTER = 1;
    private static final long BUFFER_SIZE = 2;

    private final Gpu gpu;
    private final String name;
    private final CUfunction function;
    private final Grid grid;
    private final Pointer extra;

    /// @param name the kernel's, for errors
    /// @param arena owns the arguments' memory; must outlive the launches
    public KernelLaunch(Gpu gpu, String name, CUfunction function, Grid grid, Arguments arguments, Arena arena) {
        this.gpu = gpu;
        this.name = name;
        this.function = function;
        this.grid = grid;
        byte[] bytes = arguments.toBytes();
        var block = arena.allocate(Math.max(8, bytes.length), 16);
        MemorySegment.copy(bytes, 0, block, ValueLayout.JAVA_BYTE, 0, bytes.length);
        var size = arena.allocateFrom(ValueLayout.JAVA_LONG, bytes.length);
        var list = arena.allocateFrom(ValueLayout.JAVA_LONG, BUFFER_POINTER, block.address(), BUFFER_SIZE,
                size.address(), 0);
        extra = Pointer.to(list.asByteBuffer());
    }

    /// Puts the kernel on the stream. The GPU's context must be current on this thread.
    public void enqueue(CUstream stream) {
        int code;
        try {
            code = JCudaDriver.cuLaunchKernel(
                    function, grid.x(), grid.y(), grid.z(), grid.blockX(), grid.blockY(), 1, 0, stream, null, extra);
        } catch (jcuda.CudaException e) {
            code = Gpu.code(e);
        }
        if (code != 0) {
            throw gpu.failed("launch of " + name, code);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
