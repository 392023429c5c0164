package dev.ijen.data;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import java.util.stream.IntStream;

/// What mixup and cutmix share: partners within the batch and soft labels.
final class Mixing {
    private Mixing() {}

    static void check(String operation, double alpha, int classes) {
        if (!(alpha > 0 && alpha < 1e6) || classes < 2) {
            throw new IjenException(
                    operation + ": bad settings",
                    "alpha " + alpha + ", " + classes + " classes",
                    "alpha above 0 and at least 2 classes",
                    "for example alpha 0.2");
        }
    }

    /// A random order of the batch: example i is mixed with example `partners[i]`.
    static int[] partners(SeededRandom random, int n) {
        int[] order = IntStream.range(0, n).toArray();
        random.shuffle(order);
        return order;
    }

    /// F32 `[N, classes]`: `λ[i] · own + (1 − λ[i]) · partner's`.
    static HostTensor labels(String operation, HostTensor labels, int[] partners, float[] lambda, int classes) {
        float[] soft = soft(operation, labels, classes);
        var mixed = new float[soft.length];
        for (int i = 0; i < partners.length; i++) {
            for (int k = 0; k < classes; k++) {
                mixed[i * classes + k] = lambda[i] * soft[i * classes + k]
                        + (1 - lambda[i]) * soft[partners[i] * classes + k];
            }
        }
        return HostTensor.of(mixed, partners.length, classes);
    }

    private static float[] soft(String operation, HostTensor labels, int classes) {
        int n = labels.shape().dim(0);
        if (labels.dtype() == DType.F32 && labels.shape().equals(Shape.of(n, classes))) {
            return labels.toFloatArray();
        }
        if (labels.dtype() != DType.I32 || labels.shape().rank() != 1) {
            throw new ShapeException(
                    operation,
                    "labels " + labels.dtype() + labels.shape(),
                    "I32 [N] or F32 [N, " + classes + "]",
                    "use it for classification only");
        }
        var soft = new float[n * classes];
        int[] hard = labels.toIntArray();
        for (int i = 0; i < n; i++) {
            if (hard[i] < 0 || hard[i] >= classes) {
                throw new ShapeException(operation, "label " + hard[i], "0 to " + (classes - 1),
                        "give the number of classes");
            }
            soft[i * classes + hard[i]] = 1;
        }
        return soft;
    }

    static ElementSpec label(ElementSpec label, int classes) {
        return new ElementSpec(label.name(), DType.F32, Shape.of(classes));
    }
}
