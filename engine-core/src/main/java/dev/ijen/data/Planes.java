package dev.ijen.data;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.ShapeException;

/// The first input of a batch as images in a float array that may be changed.
///
/// @param values `[N, C, H, W]`
/// @param n images
/// @param c channels
/// @param h height
/// @param w width
record Planes(float[] values, int n, int c, int h, int w) {
    static Planes of(String operation, Batch batch) {
        var t = batch.input();
        check(operation, t.dtype(), t.shape().toString(), t.shape().rank() == 4);
        return new Planes(Rows.floats(t), t.shape().dim(0), t.shape().dim(1), t.shape().dim(2), t.shape().dim(3));
    }

    static void check(String operation, ElementSpec image) {
        check(operation, image.dtype(), "[N, " + image.shape() + "]", image.shape().rank() == 3);
    }

    private static void check(String operation, DType dtype, String shape, boolean fits) {
        if (dtype != DType.F32 || !fits) {
            throw new ShapeException(operation, dtype + shape, "F32 [N, C, H, W]",
                    "use it on image batches; convert U8 with ToFloat");
        }
    }

    /// Where an image starts.
    int at(int image) {
        return image * c * h * w;
    }

    HostTensor tensor() {
        return HostTensor.of(values, n, c, h, w);
    }
}
