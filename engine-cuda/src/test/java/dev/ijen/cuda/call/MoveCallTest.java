package dev.ijen.cuda.call;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Fill and copy.
class MoveCallTest {
    @ParameterizedTest
    @EnumSource
    void fills(DType t) {
        for (int n : new int[] {1, 3, 257, 0}) {
            Check.same(new Kernel.Fill(t, -1.3, -7), t, n, 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void copies(DType t) {
        for (int n : new int[] {1, 7, 300, 0}) {
            Check.same(new Kernel.Copy(), t, n, 1, Check.random(t, n, n));
        }
    }
}
