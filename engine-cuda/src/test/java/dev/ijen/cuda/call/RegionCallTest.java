package dev.ijen.cuda.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.kernels.emulator.Emulator.What;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Fold;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Fused regions: what is printed is loaded, bound and let go of.
class RegionCallTest {
    private static final int N = 5000;

    private static Instr load(int input) {
        return new Instr.Load(input, DType.F32, new int[] {1}, 0);
    }

    /// The inputs differ in their places, so an exchange would show: y = a − b.
    private static final Region DIFFERENCE = new Region(
            new int[] {N},
            List.of(load(0), load(1), new Instr.Binary(BinaryFn.SUB, DType.F32, 0, 1)),
            List.of(new Store(2, 0, DType.F32, new int[] {1}, 0, null)));

    /// Long enough to be shared among blocks, which takes scratch memory and a second kernel.
    private static final Region SUM = new Region(
            new int[] {40 * N}, List.of(load(0)), List.of(new Store(0, 0, DType.F32, new int[] {0}, 0, Fold.SUM)));

    @Test
    void pointwise() {
        Check.same(new Kernel.Loop(DIFFERENCE), DType.F32, N, 1, Check.random(DType.F32, 1, N),
                Check.random(DType.F32, 2, N));
    }

    @Test
    void sum() {
        Check.same(new Kernel.Loop(SUM), DType.F32, 1, 1000, Check.random(DType.F32, 1, 40 * N));
    }

    @Test
    void equalRegionsShareAModule() {
        try (var rig = new Rig(false, 75)) {
            try (var a = RegionCall.of(new Kernel.Loop(DIFFERENCE), rig.kit());
                    var b = RegionCall.of(new Kernel.Loop(DIFFERENCE), rig.kit())) {
                assertEquals(a.code(), b.code());
                assertEquals(1, rig.emulator.get(What.MODULES));
            }
            assertEquals(0, rig.emulator.get(What.MODULES));
        }
    }
}
