package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.engine.Engine;
import dev.ijen.nn.Module;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.List;

/// A task about texts: other texts are read with the vocabulary that was learnt, not with one of their own. The network gives logits of
/// all symbols for each place of a label, and is judged by its labels.
interface TextTask extends Task {
    /// The whole configuration.
    TrainConfig config();

    /// All of a file as examples to judge a trained model with.
    ///
    /// @param pre what was learnt in training
    Dataset dataset(Path file, Preprocessor pre);

    /// Tokens of an example.
    default int tokens() {
        return config().task().length();
    }

    @Override
    default Problem declared() {
        int symbols = config().model().outputs();
        if (symbols == 0) {
            return null;
        }
        var pre = new Preprocessor.Arrays(DType.I32, Shape.of(tokens()), List.of());
        return new Problem(pre, label(pre, symbols), symbols, null);
    }

    @Override
    default int outputs(Preprocessor pre) {
        return pre instanceof TokenRows t ? t.vocabulary().size() : -1;
    }

    @Override
    default Module model(Engine engine, Problem p) {
        return ModelBuilder.build(engine, config().model(), p.pre().shape(), DType.I32, p.outputs(), output(p));
    }

    @Override
    default Shape output(Problem p) {
        return label(p.pre(), p.outputs()).shape().insert(1, p.outputs());
    }

    @Override
    default boolean judgesWithLabels() {
        return true;
    }
}
