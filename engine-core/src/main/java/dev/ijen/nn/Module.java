package dev.ijen.nn;

import dev.ijen.engine.Cells;
import dev.ijen.engine.Parameter;
import dev.ijen.engine.State;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// A function from tensor to tensor that may hold parameters. Layers and blocks are records; `Tensor::relu` and other
/// closures without weights are modules, too.
///
/// ```java
/// record Block(Conv conv, BatchNorm norm) implements Module {
///     public Tensor apply(Tensor x) {
///         return norm.apply(conv.apply(x)).relu().add(x);
///     }
/// }
/// ```
@FunctionalInterface
@SuppressWarnings("JavaLangClash") // the field's word; java.lang.Module is never meant where layers are
public interface Module {
    /// The output for `x`. Whether it is training or use is known by the trace ([dev.ijen.tensor.Trace#isTraining]).
    Tensor apply(Tensor x);

    /// Every parameter and state by its dotted name. See [Cells].
    static Map<String, Cell> cells(Object model) {
        return Cells.all(model);
    }

    /// The parameters by dotted name.
    static Map<String, Parameter> parameters(Object model) {
        return Cells.parameters(model);
    }

    /// The states (running statistics) by dotted name.
    static Map<String, State> states(Object model) {
        return Cells.states(model);
    }

    /// How many numbers the parameters hold.
    static long parameterCount(Object model) {
        return Cells.count(model);
    }

    /// Frees the memory of all parameters and states.
    static void close(Object model) {
        Cells.close(model);
    }

    /// One row a layer, for an input of this type and shape (batch included). Nothing is computed and no memory is
    /// touched.
    ///
    /// @throws dev.ijen.tensor.ShapeException if a layer does not take its input
    static List<LayerRow> summary(Module model, DType dtype, Shape input) {
        return Probe.rows(model, dtype, input);
    }
}
