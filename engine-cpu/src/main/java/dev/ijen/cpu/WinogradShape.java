package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;

/// A convolution with a 3 × 3 filter in steps of 1, its output cut into tiles of 4 × 4, which are made of 6 × 6 inputs each.
///
/// @param c input channels
/// @param k output channels
/// @param inH input rows
/// @param inW input columns
/// @param outH output rows
/// @param outW output columns
/// @param padH rows of padding before the first
/// @param padW columns of padding before the first
/// @param rows rows of tiles
/// @param columns columns of tiles
record WinogradShape(
        int n, int c, int k, int inH, int inW, int outH, int outW, int padH, int padW, int rows, int columns) {
    /// Outputs of a tile along an axis.
    static final int OUT = 4;
    /// Inputs of a tile along an axis, and products.
    static final int IN = 6;
    /// Products of a tile.
    static final int POINTS = IN * IN;
    /// Channels are a multiple of this, so that their lines are whole vectors and begin where a cache line does.
    private static final int LINE = 16;

    /// The convolution that a launch computes (for the gradient of the input: over the output's gradient, with the filter turned round),
    /// or null if it is none of this kind or better computed directly.
    static WinogradShape of(Kernel.Conv conv) {
        var s = ConvShape.of(conv);
        boolean fits = s.groups() == 1
                && s.unitStride()
                && s.in()[0] == 1
                && s.size()[0] == 1
                && s.pad()[0] == 0
                && s.size()[1] == 3
                && s.size()[2] == 3
                && s.dilation()[1] == 1
                && s.dilation()[2] == 1
                && s.c() % LINE == 0
                && s.k() % LINE == 0
                && Math.max(s.pad()[1], s.pad()[2]) <= 2;
        if (!fits) {
            return null;
        }
        var g = conv.pass() == ConvPass.INPUT_GRADIENT ? s.transposed() : s;
        return new WinogradShape(g.n(), g.c(), g.k(), g.in()[1], g.in()[2], g.out()[1], g.out()[2], g.pad()[1],
                g.pad()[2], Math.ceilDiv(g.out()[1], OUT), Math.ceilDiv(g.out()[2], OUT));
    }

    int tiles() {
        return n * rows * columns;
    }

    /// Multiply-adds of the products.
    long work() {
        return (long) tiles() * POINTS * c * k;
    }

    /// Floats of a transformed filter.
    long filterCount() {
        return (long) POINTS * c * k;
    }
}
