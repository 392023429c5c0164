package dev.ijen.train;

import dev.ijen.data.text.Characters;
import dev.ijen.data.text.Vocabulary;
import dev.ijen.text.BpeTrainer;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TaskConfig;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.List;

/// Vocabularies that are learnt from the training part, or taken from a file.
final class Learnt {
    /// Pairs of tokens that are rarer do not become one.
    private static final int LEAST = 2;

    private Learnt() {}

    /// What a configuration asks for.
    ///
    /// @param texts the training part
    static Vocabulary vocabulary(TrainConfig config, List<String> texts) {
        var file = config.data().tokenizer();
        var kind = config.task().vocabulary();
        if (!file.isBlank()) {
            if (kind != TaskConfig.Symbols.AUTO) {
                throw new ConfigException(Mark.of("task.vocabulary"), "two vocabularies",
                        "task.vocabulary: " + kind + " beside data.tokenizer: " + file, "one of them",
                        "leave out the other");
            }
            return Subwords.read(Path.of(file));
        }
        if (kind != TaskConfig.Symbols.BPE) {
            return Characters.of(String.join("", texts));
        }
        var trainer = new BpeTrainer();
        texts.forEach(trainer::add);
        return Subwords.parse("learnt vocabulary", trainer.train(config.task().symbols(), LEAST).json());
    }
}
