package dev.ijen.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.cuda.driver.Addresses;
import dev.ijen.cuda.driver.Gpu;
import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.kernels.emulator.Emulator.What;
import dev.ijen.tensor.HostTensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jcuda.Pointer;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/// The emulated GPU as tests below the executor use it: streams, and memory in which every array is an allocation of its own. Closing demands that
/// nothing was found wrong and nothing is left.
public final class EmulatedDevice implements AutoCloseable {
    /// To be switched and asked.
    public final Emulator emulator = Emulator.fresh();
    /// Its context is current on the thread that opened it.
    public final Gpu gpu;
    private final List<CUstream> streams = new ArrayList<>();
    private final Set<Long> live = new HashSet<>();

    /// @param switches of the emulator
    public EmulatedDevice(Map<What, Integer> switches) {
        switches.forEach((what, value) -> emulator.set(what, value));
        assertEquals(1, Gpu.count());
        gpu = Gpu.open(0);
        gpu.use();
    }

    /// Looks for races, with threads and blocks from the first to the last or the other way round.
    public static EmulatedDevice racing(boolean reversed, int capability) {
        return new EmulatedDevice(
                Map.of(What.RACES, 1, What.REVERSED, reversed ? 1 : 0, What.CAPABILITY, capability));
    }

    /// A stream, which lives as long as this.
    public CUstream stream() {
        var s = new CUstream();
        gpu.call("cuStreamCreate", () -> JCudaDriver.cuStreamCreate(s, CUstream_flags.CU_STREAM_NON_BLOCKING));
        streams.add(s);
        return s;
    }

    /// Waits for a stream.
    public void synchronize(CUstream s) {
        gpu.call("cuStreamSynchronize", () -> JCudaDriver.cuStreamSynchronize(s));
    }

    /// New memory, not yet written.
    public long allocate(long bytes) {
        var p = new Addresses.Device();
        gpu.call("cuMemAlloc", () -> JCudaDriver.cuMemAlloc(p, Math.max(1, bytes)));
        live.add(p.address());
        return p.address();
    }

    /// Gives memory back before the end.
    public void free(long p) {
        live.remove(p);
        gpu.call("cuMemFree", () -> JCudaDriver.cuMemFree(Addresses.device(p)));
    }

    /// New memory with a tensor's elements.
    public long up(HostTensor t) {
        long p = allocate(bytes(t));
        write(p, t);
        return p;
    }

    /// Copies a tensor's elements.
    public void write(long p, HostTensor t) {
        byte[] data = t.data().toArray(ValueLayout.JAVA_BYTE);
        if (data.length > 0) {
            gpu.call("cuMemcpyHtoD",
                    () -> JCudaDriver.cuMemcpyHtoD(Addresses.device(p), Pointer.to(data), data.length));
        }
    }

    /// What lies there.
    public byte[] down(long p, int bytes) {
        var to = new byte[bytes];
        if (bytes > 0) {
            gpu.call("cuMemcpyDtoH", () -> JCudaDriver.cuMemcpyDtoH(Pointer.to(to), Addresses.device(p), bytes));
        }
        return to;
    }

    /// Sets every byte.
    public void fill(long p, byte value, long bytes) {
        if (bytes > 0) {
            gpu.call("cuMemsetD8", () -> JCudaDriver.cuMemsetD8(Addresses.device(p), value, bytes));
        }
    }

    /// Size in memory.
    public static int bytes(HostTensor t) {
        return (int) t.data().byteSize();
    }

    @Override
    public void close() {
        assertEquals("", emulator.report());
        List.copyOf(live).forEach(this::free);
        for (var s : streams) {
            gpu.call("cuStreamDestroy", () -> JCudaDriver.cuStreamDestroy(s));
        }
        gpu.close();
        assertEquals("", emulator.report());
        for (var what : new What[] {What.ALLOCATIONS, What.MODULES, What.STREAMS, What.GRAPHS, What.OBJECTS}) {
            assertEquals(0, emulator.get(what), what + " alive at the end");
        }
    }
}
