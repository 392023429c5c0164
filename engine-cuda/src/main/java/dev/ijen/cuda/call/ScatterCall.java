package dev.ijen.cuda.call;

import dev.ijen.spi.Kernel;

/// Rows put or added where an index says.
final class ScatterCall {
    private ScatterCall() {}

    static CudaKernel of(Kernel.Scatter k, Kit kit) {
        if (k.rows() == 0 || k.d() == 0) {
            return IndexCheck.of(1, k.rows(), k.count(), kit);
        }
        return switch (k.mode()) {
            case ADD -> ScatterAddCall.of(k, kit);
            case SET -> ScatterSetCall.of(k, kit);
        };
    }
}
