package dev.ijen.cuda.lib;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.cuda.EmulatedDevice;
import dev.ijen.cuda.call.CudaKernel;
import dev.ijen.cuda.driver.Gpu;
import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.kernels.emulator.Emulator.What;
import dev.ijen.plain.PlainKernels;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/// The emulated GPU with one stream, as the executor has it. Closing it demands that nothing was found wrong and nothing is left.
final class Lab implements AutoCloseable {
    final EmulatedDevice device;
    final Emulator emulator;
    final Gpu gpu;
    final CUstream stream;

    Lab() {
        this(80);
    }

    Lab(int capability) {
        device = new EmulatedDevice(Map.of(What.CAPABILITY, capability, What.LAZY, 1));
        emulator = device.emulator;
        gpu = device.gpu;
        stream = device.stream();
    }

    CUstream stream() {
        return device.stream();
    }

    /// Only the kernel of a launch matters to a library.
    static Launch launch(Kernel kernel) {
        return new Launch(kernel, List.of(), List.of(), new Plan.Origin("test", ""));
    }

    static HostTensor random(DType type, long seed, int... dims) {
        var random = new Random(seed);
        var t = HostTensor.zeros(type, Shape.of(dims));
        for (int i = 0; i < t.shape().size(); i++) {
            t.set(i, random.nextDouble(-1, 1));
        }
        return t;
    }

    /// What plain loops, which add in double precision, make of it.
    static HostTensor plain(Kernel kernel, DType type, int count, HostTensor... in) {
        var out = HostTensor.zeros(type, Shape.of(count));
        PlainKernels.run(kernel, List.of(in), List.of(out));
        return out;
    }

    /// @param relative error allowed, of the greatest element
    static void assertClose(HostTensor expected, HostTensor got, double relative) {
        double greatest = 0;
        for (int i = 0; i < expected.shape().size(); i++) {
            greatest = Math.max(greatest, Math.abs(expected.get(i)));
        }
        for (int i = 0; i < expected.shape().size(); i++) {
            assertEquals(expected.get(i), got.get(i), relative * greatest, "element " + i);
        }
    }

    /// Error of a result rounded to the type once, and added up in at least F32.
    static double tolerance(DType type) {
        return switch (type) {
            case F64 -> 1e-14;
            case F16 -> 0x1p-11;
            case BF16 -> 0x1p-8;
            default -> 2e-6;
        };
    }

    /// Device memory with the inputs, the output and scratch, each an allocation of its own, and the kernel bound to it.
    final class Run implements AutoCloseable {
        final CudaKernel.Bound bound;
        private final Arena arena = Arena.ofConfined();
        private final long result;
        private final List<Long> blocks = new ArrayList<>();
        private final HostTensor out;

        Run(CudaKernel kernel, DType type, int count, HostTensor... in) {
            out = HostTensor.zeros(type, Shape.of(count));
            for (var t : in) {
                blocks.add(device.up(t));
            }
            var from = blocks.stream().mapToLong(p -> p).toArray();
            blocks.add(device.allocate(EmulatedDevice.bytes(out)));
            long to = blocks.getLast();
            if (kernel.scratchBytes() > 0) {
                blocks.add(device.allocate(kernel.scratchBytes()));
            }
            bound = kernel.bind(
                    from, new long[] {to}, kernel.scratchBytes() > 0 ? blocks.getLast() : 0, 0, arena);
            result = to;
        }

        void write(int input, HostTensor t) {
            device.write(blocks.get(input), t);
        }

        HostTensor read() {
            synchronize();
            out.data().copyFrom(MemorySegment.ofArray(device.down(result, EmulatedDevice.bytes(out))));
            return out;
        }

        HostTensor run() {
            gpu.use();
            bound.enqueue(stream);
            return read();
        }

        @Override
        public void close() {
            bound.close();
            blocks.forEach(device::free);
            arena.close();
        }
    }

    Run bind(CudaKernel kernel, DType type, int count, HostTensor... in) {
        return new Run(kernel, type, count, in);
    }

    void synchronize() {
        device.synchronize(stream);
    }

    /// What the action puts on the stream, as a graph.
    Graph capture(CUstream on, Runnable action) {
        gpu.call("begin", () -> JCudaDriver.cuStreamBeginCapture(
                on, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
        action.run();
        return new Graph(on);
    }

    /// A captured graph.
    final class Graph implements AutoCloseable {
        private final CUgraph graph = new CUgraph();
        private final CUgraphExec exec = new CUgraphExec();

        private Graph(CUstream on) {
            gpu.call("end", () -> JCudaDriver.cuStreamEndCapture(on, graph));
            gpu.call("instantiate", () -> JCudaDriver.cuGraphInstantiate(exec, graph, 0));
        }

        void launch() {
            gpu.call("launch", () -> JCudaDriver.cuGraphLaunch(exec, stream));
        }

        @Override
        public void close() {
            gpu.call("destroy", () -> JCudaDriver.cuGraphExecDestroy(exec));
            gpu.call("destroy", () -> JCudaDriver.cuGraphDestroy(graph));
        }
    }

    @Override
    public void close() {
        device.close();
    }
}
