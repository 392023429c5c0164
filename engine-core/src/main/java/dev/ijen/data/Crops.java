package dev.ijen.data;

import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import java.util.function.IntUnaryOperator;

/// Cutting rectangles out of images.
final class Crops {
    private Crops() {}

    /// `[N, C, height, width]` from every image at the corner the two functions give; outside of the image is 0.
    static Batch crop(String operation, Batch batch, int height, int width, IntUnaryOperator top,
            IntUnaryOperator left) {
        var in = Planes.of(operation, batch);
        var out = new Planes(new float[in.n() * in.c() * height * width], in.n(), in.c(), height, width);
        for (int i = 0; i < in.n(); i++) {
            int y0 = top.applyAsInt(i);
            int x0 = left.applyAsInt(i);
            for (int c = 0; c < in.c(); c++) {
                for (int y = Math.max(0, -y0); y < Math.min(height, in.h() - y0); y++) {
                    int from = Math.max(0, -x0);
                    int n = Math.min(width, in.w() - x0) - from;
                    if (n > 0) {
                        System.arraycopy(
                                in.values(),
                                in.at(i) + (c * in.h() + y + y0) * in.w() + from + x0,
                                out.values(),
                                out.at(i) + (c * height + y) * width + from,
                                n);
                    }
                }
            }
        }
        return batch.withInput(out.tensor());
    }

    static ElementSpec output(String operation, ElementSpec input, int height, int width, int padding) {
        Planes.check(operation, input);
        var s = input.shape();
        if (s.dim(1) + 2 * padding < height || s.dim(2) + 2 * padding < width) {
            throw new ShapeException(
                    operation,
                    s + " with padding " + padding,
                    "images of at least " + height + " × " + width,
                    "crop less or pad more");
        }
        return new ElementSpec(input.name(), input.dtype(), Shape.of(s.dim(0), height, width));
    }

    static void checkSize(String operation, int height, int width, int padding) {
        if (height < 1 || width < 1 || padding < 0) {
            throw new ShapeException(
                    operation,
                    height + " × " + width + ", padding " + padding,
                    "sides of at least 1, padding of at least 0",
                    "correct the augmentation's settings");
        }
    }
}
