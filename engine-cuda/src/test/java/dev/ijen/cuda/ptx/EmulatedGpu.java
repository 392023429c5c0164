package dev.ijen.cuda.ptx;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.kernels.emulator.Emulator.What;
import dev.ijen.tensor.HostTensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

    /// A device pointer that tells its number.
    private static final class Address extends CUdeviceptr {
        Address() {}

        Address(Address begin, long offset) {
            super(begin, offset);
        }

        long value() {
            return getNativePointer() + getByteOffset();
        }
    }

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
            out.get(i).data().copyFrom(MemorySegment.ofArray(forward.get(i)));
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
        var inputs = new ArrayList<Address>();
        for (var t : in) {
            var p = allocate(t, shift);
            byte[] bytes = t.data().toArray(JAVA_BYTE);
            JCudaDriver.cuMemcpyHtoD(p, Pointer.to(bytes), bytes.length);
            inputs.add(p);
        }
        var outputs = new ArrayList<Address>();
        for (var t : out) {
            int same = identity(in, t);
            outputs.add(same < 0 ? allocate(t, shift) : inputs.get(same));
        }
        var scratch = new Address();
        if (code.scratchBytes() > 0) {
            JCudaDriver.cuMemAlloc(scratch, code.scratchBytes());
            live.add(scratch);
        }
        for (var l : code.launches()) {
            var f = new CUfunction();
            JCudaDriver.cuModuleGetFunction(f, module, l.kernel());
            // as one block, as the backend does
            var packed = ByteBuffer.allocateDirect(8 * l.arguments().size()).order(ByteOrder.nativeOrder());
            for (var a : l.arguments()) {
                packed.putLong(
                        switch (a) {
                            case Argument.Input(int i) -> inputs.get(i).value();
                            case Argument.Output(int i) -> outputs.get(i).value();
                            case Argument.Scratch(long offset) -> scratch.value() + offset;
                        });
            }
            var extra = Pointer.to(
                    JCudaDriver.CU_LAUNCH_PARAM_BUFFER_POINTER, Pointer.to(packed.flip()),
                    JCudaDriver.CU_LAUNCH_PARAM_BUFFER_SIZE, Pointer.to(new long[] {packed.limit()}),
                    JCudaDriver.CU_LAUNCH_PARAM_END);
            JCudaDriver.cuLaunchKernel(f, l.gridX(), l.gridY(), 1, l.blockX(), l.blockY(), 1, 0, null, null, extra);
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

    @SuppressWarnings("ReferenceEquality") // the same memory is meant, not equal values
    private static int identity(List<HostTensor> all, HostTensor t) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i) == t) {
                return i;
            }
        }
        return -1;
    }

    private Address allocate(HostTensor t, int shift) {
        long skip = (long) shift * t.dtype().bytes();
        var p = new Address();
        JCudaDriver.cuMemAlloc(p, t.data().byteSize() + skip);
        live.add(p);
        return new Address(p, skip);
    }

    @Override
    public void close() {
        live.forEach(JCudaDriver::cuMemFree);
        JCudaDriver.cuCtxDestroy(context);
        assertEquals("", emulator.report());
        assertEquals(0, emulator.get(What.ALLOCATIONS) + emulator.get(What.MODULES));
    }
}
