package dev.ijen.cuda.ptx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.ijen.cuda.EmulatedDevice;
import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import dev.ijen.cuda.driver.Modules;
import dev.ijen.tensor.HostTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Runs the kernels of a region on the emulated driver, which interprets their text. Every buffer is an allocation of its own.
final class EmulatedGpu implements AutoCloseable {
    private final EmulatedDevice device;

    private EmulatedGpu(boolean reversed) {
        device = EmulatedDevice.racing(reversed, 80);
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
        var inputs = new ArrayList<Long>();
        for (var t : in) {
            long p = allocate(t, shift);
            device.write(p, t);
            inputs.add(p);
        }
        var outputs = new ArrayList<Long>();
        for (var t : out) {
            int same = identity(in, t);
            outputs.add(same < 0 ? allocate(t, shift) : inputs.get(same));
        }
        long scratch = code.scratchBytes() > 0 ? device.allocate(code.scratchBytes()) : 0;
        var stream = device.stream();
        try (var modules = new Modules(device.gpu); var arena = Arena.ofConfined()) {
            var module = modules.acquire(code.text());
            for (var l : code.launches()) {
                var arguments = new Arguments();
                for (var a : l.arguments()) {
                    arguments.pointer(switch (a) {
                        case Argument.Input(int i) -> inputs.get(i);
                        case Argument.Output(int i) -> outputs.get(i);
                        case Argument.Scratch(long offset) -> scratch + offset;
                    });
                }
                new KernelLaunch(
                        device.gpu, l.kernel(), modules.find(module, l.kernel()),
                        new Grid(l.gridX(), l.gridY(), 1, l.blockX(), l.blockY()), arguments, arena).enqueue(stream);
            }
            device.synchronize(stream);
            var results = new ArrayList<byte[]>();
            for (int i = 0; i < out.size(); i++) {
                results.add(device.down(outputs.get(i), EmulatedDevice.bytes(out.get(i))));
            }
            return results;
        }
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

    private long allocate(HostTensor t, int shift) {
        long skip = (long) shift * t.dtype().bytes();
        return device.allocate(EmulatedDevice.bytes(t) + skip) + skip;
    }

    @Override
    public void close() {
        device.close();
    }
}
