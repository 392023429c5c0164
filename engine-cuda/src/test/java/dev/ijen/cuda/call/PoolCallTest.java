package dev.ijen.cuda.call;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.PoolMode;
import dev.ijen.tensor.DType;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Pooling.
class PoolCallTest {
    static final List<DType> REAL = Check.REAL;

    @ParameterizedTest
    @FieldSource("REAL")
    void pools(DType t) {
        for (var w : Geometry.ALL) {
            for (int n : new int[] {2, 0}) {
                int c = 3;
                int ins = n * Geometry.ins(w) * c;
                int outs = n * Geometry.outs(w) * c;
                var x = Check.random(t, 1, ins);
                var dy = Check.random(t, 2, outs);
                Check.same(new Kernel.Pool(t, PoolMode.MAX, w, n, c), t, outs, 1, x);
                Check.same(new Kernel.Pool(t, PoolMode.MAX_GRADIENT, w, n, c), t, ins, 4, x, dy);
                Check.same(new Kernel.Pool(t, PoolMode.MAX_PICK, w, n, c), t, outs, 1, x, Check.random(t, 3, ins));
                Check.same(new Kernel.Pool(t, PoolMode.SUM, w, n, c), t, outs, 4, x);
                Check.same(new Kernel.Pool(t, PoolMode.SUM_GRADIENT, w, n, c), t, ins, 4, dy);
            }
        }
    }
}
