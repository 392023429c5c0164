package dev.ijen.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Measures a trained model.
@Command(name = "eval", description = "Measures a trained model on data with labels.")
final class EvalCommand extends BaseCommand {
    @Mixin TrainedOptions trained;

    @Option(names = "--data", paramLabel = "PATH",
            description = "Data of the kind it was trained on (default: the test part of that).") Path data;

    @Override
    public Integer call() {
        try (var model = trained.load()) {
            var evaluation = model.evaluate(data);
            note(model.description());
            print(evaluation.toText(), evaluation.toMap());
            return Exit.DONE;
        }
    }
}
