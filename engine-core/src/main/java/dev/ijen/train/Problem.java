package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.engine.InputSpec;
import java.util.List;

/// What a task knows of its data when the network is built.
///
/// @param pre what was learnt from the training part
/// @param label of one example; null for a trained model whose task judges without labels
/// @param outputs classes, targets or symbols
/// @param train the training part; null where no data is read
record Problem(Preprocessor pre, ElementSpec label, int outputs, Dataset train) {
    /// Inputs and labels of a batch.
    List<InputSpec> batch(int size) {
        var x = new InputSpec(pre.dtype(), pre.shape().insert(0, size));
        return List.of(x, new InputSpec(label.dtype(), label.shape().insert(0, size)));
    }
}
