package dev.ijen.train;

import dev.ijen.data.Dataset;
import java.nio.file.Path;

/// A task about texts: other texts are read with the vocabulary that was learnt, not with one of their own.
interface TextTask extends Task {
    /// All of a file as examples to judge a trained model with.
    ///
    /// @param pre what was learnt in training
    Dataset dataset(Path file, Preprocessor pre);
}
