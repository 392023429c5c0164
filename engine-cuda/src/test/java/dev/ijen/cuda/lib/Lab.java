package dev.ijen.cuda.lib;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import jcuda.Pointer;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/// The emulated GPU with one stream, as the executor has it. Closing it demands that nothing was found wrong and nothing is left.
final class Lab implements AutoCloseable {
    final Emulator emulator = Emulator.fresh();
    final Gpu gpu;
    final CUstream stream;
    private final List<CUstream> streams = new ArrayList<>();

    Lab() {
        this(80);
    }

    Lab(int capability) {
        emulator.set(What.CAPABILITY, capability);
        emulator.set(What.LAZY, 1);
        Gpu.count();
        gpu = Gpu.open(0);
        stream = stream();
    }

    CUstream stream() {
        var s = new CUstream();
        gpu.call("cuStreamCreate", () -> JCudaDriver.cuStreamCreate(s, CUstream_flags.CU_STREAM_NON_BLOCKING));
        streams.add(s);
        return s;
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
        private final List<Block> blocks = new ArrayList<>();
        private final HostTensor out;
        private final int inputs;

        Run(CudaKernel kernel, DType type, int count, HostTensor... in) {
            out = HostTensor.zeros(type, Shape.of(count));
            inputs = in.length;
            var from = new long[inputs];
            for (int i = 0; i < in.length; i++) {
                from[i] = block(in[i].data().byteSize());
                write(i, in[i]);
            }
            long to = block(out.data().byteSize());
            long scratch = kernel.scratchBytes() == 0 ? 0 : block(kernel.scratchBytes());
            bound = kernel.bind(from, new long[] {to}, scratch, 0, arena);
        }

        private long block(long bytes) {
            var b = new Block(gpu, bytes);
            blocks.add(b);
            return b.address();
        }

        void write(int input, HostTensor t) {
            byte[] bytes = t.data().toArray(ValueLayout.JAVA_BYTE);
            gpu.call("copy",
                    () -> JCudaDriver.cuMemcpyHtoD(blocks.get(input).pointer(), Pointer.to(bytes), bytes.length));
        }

        HostTensor read() {
            synchronize();
            var bytes = new byte[(int) out.data().byteSize()];
            var block = blocks.get(inputs);
            gpu.call("copy", () -> JCudaDriver.cuMemcpyDtoH(Pointer.to(bytes), block.pointer(), bytes.length));
            out.data().copyFrom(MemorySegment.ofArray(bytes));
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
            blocks.forEach(Block::close);
            arena.close();
        }
    }

    Run bind(CudaKernel kernel, DType type, int count, HostTensor... in) {
        return new Run(kernel, type, count, in);
    }

    void synchronize() {
        gpu.call("cuStreamSynchronize", () -> JCudaDriver.cuStreamSynchronize(stream));
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
        streams.forEach(s -> gpu.call("cuStreamDestroy", () -> JCudaDriver.cuStreamDestroy(s)));
        gpu.close();
        assertEquals("", emulator.report());
        assertEquals(0, emulator.get(What.ALLOCATIONS));
        assertEquals(0, emulator.get(What.OBJECTS));
    }
}
