package dev.ijen.cpu;

import java.util.ArrayList;
import java.util.List;

/// A part of a convolution's output: some images, or lines (of the first spatial axis) of one image, and the inputs
/// these need.
///
/// @param image first image
/// @param images number of images
/// @param out first output line
/// @param outs number of output lines
/// @param in first input line
/// @param ins number of input lines
/// @param padLow padding before them
/// @param padHigh padding after them
record ConvPiece(int image, int images, int out, int outs, int in, int ins, int padLow, int padHigh) {
    /// The same piece at the origin: what its primitive depends on.
    ConvPiece size() {
        return new ConvPiece(0, images, 0, outs, 0, ins, padLow, padHigh);
    }

    /// Cuts into pieces of `images` images, or of `lines` output lines of one if `images` is 1.
    static List<ConvPiece> cut(ConvProblem p, int images, int lines) {
        var pieces = new ArrayList<ConvPiece>();
        for (int i = 0; i < p.n(); i += images) {
            for (int l = 0; l < p.out()[0]; l += lines) {
                pieces.add(of(p, i, Math.min(images, p.n() - i), l, (int) Math.min(lines, p.out()[0] - l)));
            }
        }
        return pieces;
    }

    private static ConvPiece of(ConvProblem p, int image, int images, int out, int outs) {
        int in = (int) p.in()[0];
        if (outs == p.out()[0]) {
            int high = (int) p.steps().padHigh()[0];
            return new ConvPiece(image, images, 0, outs, 0, in, (int) p.steps().padLow()[0], high);
        }
        int stride = (int) p.steps().strides()[0];
        int reach = (int) ((p.size()[0] - 1) * (p.steps().dilations()[0] + 1));
        int from = out * stride - (int) p.steps().padLow()[0];
        int to = from + (outs - 1) * stride + reach + 1;
        int low = Math.max(0, -from);
        int high = Math.max(0, to - in);
        return new ConvPiece(image, images, out, outs, from + low, to - high - from - low, low, high);
    }
}
