package dev.ijen.cuda.call;

import static dev.ijen.cuda.EmulatedDevice.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.cuda.EmulatedDevice;
import dev.ijen.cuda.driver.Modules;
import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUstream;

/// One launch on the emulated device, every array in memory of its own. Closing demands that nothing was found wrong and nothing is left.
final class Rig implements AutoCloseable {
    private static final byte POISON = (byte) 0xA7;

    final EmulatedDevice device;
    final Emulator emulator;
    final Modules modules;
    private final CUstream stream;

    Rig(boolean reversed, int capability) {
        device = EmulatedDevice.racing(reversed, capability);
        emulator = device.emulator;
        modules = new Modules(device.gpu);
        stream = device.stream();
    }

    Kit kit(Library... libraries) {
        return new Kit(device.gpu, modules, List.of(libraries), true);
    }

    /// What a launch did: its outputs, the error word, and the error it stands for.
    record Outcome(List<HostTensor> out, long word, String error) {}

    /// Runs a kernel with both orders of threads, twice each, the second time in poisoned memory; all must give the same.
    static Outcome run(Kernel kernel, List<HostTensor> in, List<HostTensor> out) {
        return run(kernel, in, out, 75);
    }

    static Outcome run(Kernel kernel, List<HostTensor> in, List<HostTensor> out, int capability) {
        Outcome first = null;
        for (boolean reversed : new boolean[] {false, true}) {
            try (var rig = new Rig(reversed, capability)) {
                var launch = launch(kernel, in, out);
                for (var outcome : rig.twice(launch, in, out)) {
                    first = first == null ? outcome : first;
                    assertSame(first, outcome, kernel.toString());
                }
            }
        }
        return first;
    }

    static Plan.Launch launch(Kernel kernel, List<HostTensor> in, List<HostTensor> out) {
        return new Plan.Launch(kernel, refs(in), refs(out), new Plan.Origin("test", ""));
    }

    private static List<Plan.Ref> refs(List<HostTensor> tensors) {
        return tensors.stream().map(t -> new Plan.Ref(0, 0, t.dtype(), t.shape().size())).toList();
    }

    private static void assertSame(Outcome a, Outcome b, String what) {
        for (int i = 0; i < a.out().size(); i++) {
            byte[] bytes = b.out().get(i).data().toArray(ValueLayout.JAVA_BYTE);
            assertArrayEquals(a.out().get(i).data().toArray(ValueLayout.JAVA_BYTE), bytes, what);
        }
        assertEquals(a.word(), b.word(), what);
    }

    private List<Outcome> twice(Plan.Launch launch, List<HostTensor> in, List<HostTensor> out) {
        var outcomes = new ArrayList<Outcome>();
        try (var arena = Arena.ofConfined(); var kernel = Kernels.of(launch, kit())) {
            long[] from = in.stream().mapToLong(device::up).toArray();
            long[] to = out.stream().mapToLong(t -> device.allocate(bytes(t))).toArray();
            long scratch = kernel.scratchBytes() == 0 ? 0 : device.allocate(kernel.scratchBytes());
            long error = kernel.reportsErrors() ? device.allocate(8) : 0;
            try (var bound = kernel.bind(from, to, scratch, error, arena)) {
                for (int run = 0; run < 2; run++) {
                    if (error != 0) {
                        device.fill(error, (byte) 0, 8);
                    }
                    bound.enqueue(stream);
                    device.synchronize(stream);
                    outcomes.add(outcome(kernel, to, out, error));
                    device.fill(scratch, POISON, kernel.scratchBytes());
                    for (int i = 0; i < to.length; i++) {
                        device.fill(to[i], POISON, bytes(out.get(i)));
                    }
                }
            }
        }
        return outcomes;
    }

    private Outcome outcome(CudaKernel kernel, long[] to, List<HostTensor> like, long error) {
        var out = new ArrayList<HostTensor>();
        for (int i = 0; i < to.length; i++) {
            var t = HostTensor.zeros(like.get(i).dtype(), like.get(i).shape());
            t.data().copyFrom(MemorySegment.ofArray(device.down(to[i], bytes(t))));
            out.add(t);
        }
        if (error == 0) {
            return new Outcome(out, 0, null);
        }
        long word = MemorySegment.ofArray(device.down(error, 8)).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        return new Outcome(out, word, word == 0
                ? null
                : kernel.error((int) ~(word >>> 32), (int) word).getMessage());
    }

    /// A result with room for a shape.
    static HostTensor empty(DType t, int... dims) {
        return HostTensor.zeros(t, Shape.of(dims));
    }

    @Override
    public void close() {
        modules.close();
        device.close();
    }
}
