package dev.ijen.cuda.lib;

import dev.ijen.cuda.driver.Gpu;
import dev.ijen.spi.Kernel.Conv;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/// Memory and events to time a convolution's algorithms with. The elements are all the same small number: their values hardly matter for which
/// one is faster.
final class ConvTrial implements AutoCloseable {
    private static final int RUNS = 3;

    /// 0.069 in F16, 3.3e-12 in BF16 and F32: no products that overflow.
    private static final short ELEMENT = 0x2C66;

    private final Dnn dnn;
    private final Gpu gpu;
    private final CUstream stream;
    private final Conv conv;
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final CUdeviceptr first;
    private final CUdeviceptr second;
    private final CUdeviceptr result;
    private final CUdeviceptr workspace;
    private final CUevent[] events = new CUevent[RUNS + 1];

    ConvTrial(Dnn dnn, Gpu gpu, CUstream stream, Conv conv, ConvShape shape, long workspaceBytes) {
        this.dnn = dnn;
        this.gpu = gpu;
        this.stream = stream;
        this.conv = conv;
        try {
            long[] counts = shape.counts();
            var order = switch (conv.pass()) { // of x, w, y
                case FORWARD -> new int[] {0, 1, 2};
                case INPUT_GRADIENT -> new int[] {2, 1, 0};
                case FILTER_GRADIENT -> new int[] {0, 2, 1};
            };
            int size = conv.dtype().bytes();
            first = fill(block(counts[order[0]] * size), counts[order[0]] * size);
            second = fill(block(counts[order[1]] * size), counts[order[1]] * size);
            result = block(counts[order[2]] * size);
            workspace = workspaceBytes == 0 ? null : block(workspaceBytes);
            for (int i = 0; i < events.length; i++) {
                events[i] = event();
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private CUdeviceptr block(long bytes) {
        var b = new Block(gpu, bytes);
        parts.add(b);
        return b.pointer();
    }

    private CUdeviceptr fill(CUdeviceptr p, long bytes) {
        gpu.call("cuMemsetD16Async", () -> JCudaDriver.cuMemsetD16Async(p, ELEMENT, bytes / 2, stream));
        return p;
    }

    private CUevent event() {
        var e = new CUevent();
        gpu.call("cuEventCreate", () -> JCudaDriver.cuEventCreate(e, CUevent_flags.CU_EVENT_DEFAULT));
        parts.add(() -> {
            if (!gpu.isLost()) {
                gpu.call("cuEventDestroy", () -> JCudaDriver.cuEventDestroy(e));
            }
        });
        return e;
    }

    /// The median of a few runs after a first one; infinite if the algorithm fails.
    double milliseconds(ConvDescriptors d, Algorithm a) {
        for (int i = -1; i <= RUNS; i++) {
            if (i >= 0) {
                var e = events[i];
                gpu.call("cuEventRecord", () -> JCudaDriver.cuEventRecord(e, stream));
            }
            if (i < RUNS && enqueue(d, a) != 0) {
                return Double.POSITIVE_INFINITY;
            }
        }
        gpu.call("cuEventSynchronize", () -> JCudaDriver.cuEventSynchronize(events[RUNS]));
        var took = new double[RUNS];
        for (int i = 0; i < RUNS; i++) {
            var ms = new float[1];
            int from = i;
            gpu.call("cuEventElapsedTime",
                    () -> JCudaDriver.cuEventElapsedTime(ms, events[from], events[from + 1]));
            took[i] = ms[0];
        }
        Arrays.sort(took);
        return took[RUNS / 2];
    }

    private int enqueue(ConvDescriptors d, Algorithm a) {
        return ConvCalls.enqueue(
                dnn.on(stream), dnn.scalars(), conv.pass(), d, a, first, second, result,
                a.workspaceBytes() == 0 ? null : workspace);
    }

    @Override
    public void close() {
        for (var p : parts.reversed()) {
            try {
                p.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        parts.clear();
    }
}
