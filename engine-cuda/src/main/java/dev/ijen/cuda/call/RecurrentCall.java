package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.CellKind;
import dev.ijen.spi.Kernel.RecurrentPass;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Locale;

/// The steps of a recurrent layer, a launch each; the gradient has one more, for the states before the first step.
///
/// @param gates of the cell
/// @param step of the forward pass or the gradient
/// @param initial null in the forward pass
record RecurrentCall(Kernel.Recurrent k, int gates, Entry step, Entry initial) implements CudaKernel {
    /// Rows and units a block has.
    private static final int SIDE = 16;

    static RecurrentCall of(Kernel.Recurrent k, Kit kit) {
        int gates = switch (k.cell()) {
            case RNN_TANH, RNN_RELU -> 1;
            case LSTM -> 4;
            case GRU -> 3;
        };
        return switch (k.pass()) {
            case FORWARD -> new RecurrentCall(k, gates, entry(k, "forward", kit), null);
            case GRADIENT -> new RecurrentCall(k, gates, entry(k, "gradient", kit), entry(k, "initial", kit));
        };
    }

    private static Entry entry(Kernel.Recurrent k, String what, Kit kit) {
        String cell = k.cell().name().toLowerCase(Locale.ROOT);
        return Entry.of(kit, "recurrent", cell + "_" + what + Names.of(k.dtype()));
    }

    /// Elements of a state.
    private long state() {
        return (long) k.n() * k.h();
    }

    /// Scratch memory: the state between steps, and in the gradient two steps' gradients of the gates in turn.
    private record Scratch(long carry, long even, long odd, long bytes) {}

    private Scratch scratch() {
        var layout = new Layout();
        long each = state() * k.dtype().compute().bytes();
        long step = k.pass() == RecurrentPass.GRADIENT ? each * gates : 0;
        long carry = layout.part(each);
        long even = layout.part(step);
        long odd = layout.part(step);
        return new Scratch(carry, even, odd, layout.bytes());
    }

    @Override
    public long scratchBytes() {
        return scratch().bytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        return Launches.of(
                k.pass() == RecurrentPass.FORWARD
                        ? forward(in, out, scratch, arena)
                        : gradient(in, out, scratch, arena));
    }

    private Grid grid() {
        return Grid.of(Math.multiplyExact(Math.ceilDiv(k.n(), SIDE), Math.ceilDiv(k.h(), SIDE)), SIDE * SIDE);
    }

    /// The `i`th step that is computed.
    private int step(int i) {
        return k.reverse() ? k.t() - 1 - i : i;
    }

    /// Step `s` of [t, n, width · h].
    private long at(long base, int s, int width) {
        return base + s * state() * width * k.dtype().bytes();
    }

    private ArrayList<KernelLaunch> forward(long[] in, long[] out, long scratch, Arena arena) {
        boolean gru = k.cell() == CellKind.GRU;
        boolean lstm = k.cell() == CellKind.LSTM;
        var launches = new ArrayList<KernelLaunch>();
        for (int i = 0; i < k.t(); i++) {
            int s = step(i);
            var a = new Arguments().pointer(at(in[0], s, gates)).pointer(in[1]).pointer(gru ? in[2] : 0);
            a.pointer(i == 0 ? in[gru ? 3 : 2] : at(out[0], step(i - 1), 1)).pointer(lstm && i == 0 ? in[3] : 0);
            a.pointer(at(out[0], s, 1)).pointer(at(out[1], s, gates)).pointer(lstm || gru ? at(out[2], s, 1) : 0);
            a.pointer(scratch).i32(k.n()).i32(k.h());
            launches.add(step.launch(grid(), a, arena));
        }
        return launches;
    }

    private ArrayList<KernelLaunch> gradient(long[] in, long[] out, long scratch, Arena arena) {
        boolean gru = k.cell() == CellKind.GRU;
        boolean lstm = k.cell() == CellKind.LSTM;
        // w, h0[, c0], y, gates[, c | hn], dy[, dcT]
        int y = lstm ? 3 : 2;
        long memory = lstm || gru ? in[y + 2] : 0;
        long dy = in[lstm || gru ? y + 3 : y + 2];
        long dcT = lstm ? in[y + 4] : 0;
        var parts = scratch();
        long carry = scratch + parts.carry();
        long later = 0;
        var launches = new ArrayList<KernelLaunch>();
        for (int i = k.t() - 1; i >= 0; i--) {
            int s = step(i);
            long now = scratch + (i % 2 == 0 ? parts.even() : parts.odd());
            long before = i == 0 ? in[y - 1] : at(lstm ? memory : in[y], step(i - 1), 1);
            var a = new Arguments().pointer(in[0]).pointer(at(in[y + 1], s, gates));
            a.pointer(memory == 0 ? 0 : at(memory, s, 1)).pointer(before).pointer(at(dy, s, 1));
            a.pointer(later == 0 ? dcT : 0).pointer(at(out[0], s, gates)).pointer(gru ? at(out[2], s, 1) : 0);
            a.pointer(later).pointer(now).pointer(carry).i32(k.n()).i32(k.h());
            launches.add(step.launch(grid(), a, arena));
            later = now;
        }
        var a = new Arguments().pointer(in[0]).pointer(later == 0 ? dcT : 0).pointer(out[1]);
        a.pointer(lstm ? out[2] : 0).pointer(later).pointer(carry).i32(k.n()).i32(k.h());
        launches.add(initial.launch(grid(), a, arena));
        return launches;
    }
}
