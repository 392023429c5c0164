package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.tensor.DType;

/// Chooses Winograd's algorithm where it saves time.
final class Winograd {
    private Winograd() {}

    /// Null where the direct way is better, or the only one.
    static CpuKernel of(Kernel.Conv conv, Pool pool, Native nat) {
        var s = conv.dtype() == DType.F32 ? WinogradShape.of(conv) : null;
        if (s == null || !saves(s)) {
            return null;
        }
        if (conv.pass() == ConvPass.FILTER_GRADIENT) {
            var cut = WinogradCut.ofFilter(s);
            var blocks = cut.byPoints() ? WinogradFilterBlocks.of(s, pool.threads(), nat) : null;
            return blocks != null ? blocks : WinogradConvFilter.of(s, cut, pool);
        }
        return WinogradConv.of(conv, s, WinogradCut.of(s), pool, nat);
    }

    private static boolean saves(WinogradShape s) {
        return s.c() >= 32 && s.k() >= 32 && s.tiles() >= 16;
    }
}
