package dev.ijen.train;

import dev.ijen.data.ElementSpec;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.train.config.TrainConfig;
import java.util.List;
import java.util.stream.IntStream;

/// What generative tasks know where no data is read: the shape of an example and the number of its classes.
final class Declared {
    private Declared() {}

    /// Null where the configuration declares too little.
    static Problem of(TrainConfig config, Task task) {
        var m = config.model();
        if (m.input().isEmpty()) {
            return null;
        }
        var shape = Shape.of(m.input().stream().mapToInt(Integer::intValue).toArray());
        var classes = IntStream.range(0, m.outputs()).mapToObj(Integer::toString).toList();
        var pre = shape.rank() == 3
                ? new Preprocessor.Image(shape.dim(0), shape.dim(1), shape.dim(2), List.of(), List.of(), classes, false)
                : new Preprocessor.Arrays(DType.F32, shape, classes);
        int outputs = task.outputs(pre);
        return new Problem(pre, task.label(pre, outputs), outputs, null);
    }

    /// Of examples whose label is a class or, without classes, a number.
    static ElementSpec label(Preprocessor pre) {
        return pre.classNames().isEmpty()
                ? new ElementSpec("target", DType.F32, Shape.of(1))
                : new ElementSpec("label", DType.I32, Shape.scalar());
    }

    static void noPrompt(Generative.Wish wish) {
        if (!wish.prompt().isBlank()) {
            throw new IjenException("generate: this model takes no prompt", "'" + wish.prompt() + "'", "no prompt",
                    "leave it out, or train a diffusion model");
        }
    }
}
