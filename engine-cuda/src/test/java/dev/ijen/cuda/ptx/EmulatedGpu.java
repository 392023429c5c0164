package dev.ijen.cuda.ptx;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.kernels.emulator.Emulator.What;
import dev.ijen.tensor.HostTensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/// Runs the kernels of a region on the emulated driver, which interprets their text. Every buffer is an allocation of its own.
final class EmulatedGpu implements AutoCloseable {
    private final Emulator emulator;
    private final CUcontext context = new CUcontext();
    private final List<CUdeviceptr> live = new ArrayList<>();

    private EmulatedGpu(boolean reversed) {
        emulator = Emulator.fresh();
        emulator.set(What.RACES, 1);
        emulator.set(What.REVERSED, reversed ? 1 : 0);
        JCudaDriver.cuInit(0);
        var device = new CUdevice();
        JCudaDriver.cuDeviceGet(device, 0);
        JCudaDriver.cuCtxCreate(context, 0, device);
    }

    /// Runs threads forward and backward, demands the same bytes, and fills the outputs.
    ///
    /// @param out outputs; one that is an input too is computed in place
    /// @param shift so many elements after the begin of an allocation every buffer lies
    static void run(RegionCode code, List<HostTensor> in, List<HostTensor> out, int shift) {
        var forward = once(code, in, out, shift, false);
        var backward = once(code, in, out, shift, true);
        for (int i = 0; i < out.size(); i++) {
            assertArrayEquals(forward.get(i), backward.get(i), "the order of threads shows in output " + i);
            out.get(i).data().asByteBuffer().put(forward.get(i));
        }
    }

    private static List<byte[]> once(RegionCode code, List<HostTensor> in, List<HostTensor> out, int shift,
            boolean reversed) {
        try (var gpu = new EmulatedGpu(reversed)) {
            return gpu.launch(code, in, out, shift);
        }
    }

    private List<byte[]> launch(RegionCode code, List<HostTensor> in, List<HostTensor> out, int shift) {
        var module = new CUmodule();
        JCudaDriver.cuModuleLoadData(module, (code.text() + "\0").getBytes(StandardCharsets.US_ASCII));
        var inputs = new ArrayList<CUdeviceptr>();
        for (var t : in) {
            var p = allocate(t, shift);
            byte[] bytes = t.data().toArray(JAVA_BYTE);
            JCudaDriver.cuMemcpyHtoD(p, Pointer.to(bytes), bytes.length);
            inputs.add(p);
        }
        var outputs = new ArrayList<CUdeviceptr>();
        for (var t : out) {
            int same = identity(in, t);
            outputs.add(same < 0 ? allocate(t, shift) : inputs.get(same));
        }
        var scratch = new CUdeviceptr();
        if (code.scratchBytes() > 0) {
            JCudaDriver.cuMemAlloc(scratch, code.scratchBytes());
            live.add(scratch);
        }
        for (var l : code.launches()) {
            var f = new CUfunction();
            JCudaDriver.cuModuleGetFunction(f, module, l.kernel());
            var arguments = l.arguments().stream()
                    .map(a -> Pointer.to(
                            switch (a) {
                                case Argument.Input(int i) -> inputs.get(i);
                                case Argument.Output(int i) -> outputs.get(i);
                                case Argument.Scratch(long offset) -> scratch.withByteOffset(offset);
                            }))
                    .toArray(Pointer[]::new);
            JCudaDriver.cuLaunchKernel(
                    f, l.gridX(), l.gridY(), 1, l.blockX(), l.blockY(), 1, 0, null, Pointer.to(arguments), null);
        }
        var results = new ArrayList<byte[]>();
        for (int i = 0; i < out.size(); i++) {
            var to = new byte[(int) out.get(i).data().byteSize()];
            JCudaDriver.cuMemcpyDtoH(Pointer.to(to), outputs.get(i), to.length);
            results.add(to);
        }
        assertEquals("", emulator.report());
        JCudaDriver.cuModuleUnload(module);
        return results;
    }

    private static int identity(List<HostTensor> all, HostTensor t) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i) == t) {
                return i;
            }
        }
        return -1;
    }

    private CUdeviceptr allocate(HostTensor t, int shift) {
        long skip = (long) shift * t.dtype().bytes();
        var p = new CUdeviceptr();
        JCudaDriver.cuMemAlloc(p, t.data().byteSize() + skip);
        live.add(p);
        return p.withByteOffset(skip);
    }

    @Override
    public void close() {
        live.forEach(JCudaDriver::cuMemFree);
        JCudaDriver.cuCtxDestroy(context);
        assertEquals("", emulator.report());
        assertEquals(0, emulator.get(What.ALLOCATIONS) + emulator.get(What.MODULES));
    }
}
