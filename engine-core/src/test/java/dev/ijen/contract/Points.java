package dev.ijen.contract;

import dev.ijen.tensor.Shape;

/// Row-major numbering of the points of a shape.
final class Points {
    private Points() {}

    /// Coordinates of point number `flat`.
    static int[] at(Shape s, int flat) {
        var p = new int[s.rank()];
        for (int i = p.length - 1; i >= 0; i--) {
            p[i] = flat % s.dim(i);
            flat /= s.dim(i);
        }
        return p;
    }

    /// Number of a point.
    static int flat(Shape s, int... p) {
        int f = 0;
        for (int i = 0; i < p.length; i++) {
            f = f * s.dim(i) + p[i];
        }
        return f;
    }
}
