package dev.ijen.cuda.call;

import dev.ijen.plain.PlainKernels;
import dev.ijen.spi.Kernel.CellKind;
import dev.ijen.spi.Kernel.Recurrent;
import dev.ijen.spi.Kernel.RecurrentPass;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Recurrent cells in both directions: parts of tiles and several of them, one step, none.
class RecurrentCallTest {
    static final List<DType> REAL = Check.REAL;

    /// t, n, h
    private static final int[][] SIZES = {{1, 1, 1}, {3, 2, 5}, {2, 17, 35}, {0, 2, 3}};

    @ParameterizedTest
    @FieldSource("REAL")
    void bothPasses(DType type) {
        for (var cell : CellKind.values()) {
            for (int[] s : SIZES) {
                check(type, cell, s[0], s[1], s[2], s[0] != 2);
            }
        }
    }

    private static void check(DType type, CellKind cell, int t, int n, int h, boolean reverse) {
        boolean lstm = cell == CellKind.LSTM;
        boolean gru = cell == CellKind.GRU;
        int width = h * (lstm ? 4 : gru ? 3 : 1);
        var w = Check.random(type, 2, width, h);
        for (int i = 0; i < w.shape().size(); i++) {
            w.set(i, w.get(i) / Math.sqrt(h));
        }
        var in = new ArrayList<>(List.of(Check.random(type, 1, t, n, width), w));
        if (gru) {
            in.add(Check.random(type, 3, h));
        }
        var states = new ArrayList<>(List.of(Check.random(type, 4, n, h)));
        if (lstm) {
            states.add(Check.random(type, 5, n, h));
        }
        in.addAll(states);
        var out = new ArrayList<>(List.of(Rig.empty(type, t, n, h), Rig.empty(type, t, n, width)));
        if (lstm || gru) {
            out.add(Rig.empty(type, t, n, h));
        }
        same(new Recurrent(type, cell, RecurrentPass.FORWARD, t, n, h, reverse), in, out);

        var given = new ArrayList<>(List.of(w));
        given.addAll(states);
        given.addAll(out);
        given.add(Check.random(type, 6, t, n, h));
        if (lstm) {
            given.add(Check.random(type, 7, n, h));
        }
        var gradients = new ArrayList<>(List.of(Rig.empty(type, t, n, width), Rig.empty(type, n, h)));
        if (lstm) {
            gradients.add(Rig.empty(type, n, h));
        } else if (gru) {
            gradients.add(Rig.empty(type, t, n, h));
        }
        same(new Recurrent(type, cell, RecurrentPass.GRADIENT, t, n, h, reverse), given, gradients);
    }

    /// Leaves in `out` what plain loops give.
    private static void same(Recurrent k, List<HostTensor> in, List<HostTensor> out) {
        var got = Rig.run(k, in, out).out();
        PlainKernels.run(k, in, out);
        for (int i = 0; i < out.size(); i++) {
            Check.close(out.get(i), got.get(i), 4, k + " output " + i);
        }
    }
}
