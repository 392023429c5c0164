package dev.ijen.cli;

import dev.ijen.train.Evaluation;
import dev.ijen.train.Trained;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Measures a trained model.
@Command(name = "eval", description = {
    "Measures a trained model on data with labels.",
    "An .onnx file is measured on the test part of a folder of MNIST's layout; --mean and --std say how its pixels are scaled.",
    "With --judge, what a model makes is shown to a classifier: how much of it is taken for the class it was asked for",
    "(prompted_accuracy) or for any with 0.9 probability (confident), and how many classes there are."
}, footer = {
    "", "  ijen eval runs/mnist-cnn", "  ijen eval runs/diffusion-digits --judge runs/mnist-cnn --count 200"
})
final class EvalCommand extends BaseCommand {
    @Mixin TrainedOptions trained;

    @Option(names = "--data", paramLabel = "PATH",
            description = "Data of the kind it was trained on (default: the test part of that).") Path data;

    @Option(names = "--mean", paramLabel = "X",
            description = "ONNX: subtracted from pixels, which are from 0 to 1 (default: 0).") Double mean;

    @Option(names = "--std", paramLabel = "X",
            description = "ONNX: what pixels are then divided by (default: 1; 1/255 = 0.00392157 for pixels from 0 to 255).") Double std;

    @Option(names = "--judge", paramLabel = "RUN",
            description = "Of a model that makes examples: the classifier that judges them.") Path judge;

    @Option(names = {"-n", "--count"}, paramLabel = "N", defaultValue = "200",
            converter = ComputeOptions.CountConverter.class,
            description = "With --judge: examples to make (default: ${DEFAULT-VALUE}).") int count;

    @Override
    public Integer call() {
        if (OnnxFiles.is(trained.model)) {
            if (data == null) {
                throw Errors.wrong(spec, "ijen eval: --data is missing", "an .onnx file, which names no data",
                        "--data FOLDER",
                        "for example: ijen eval model.onnx --data mnist --mean 0.1307 --std 0.3081");
            }
            try (var engine = trained.compute.open()) {
                note("device: " + engine.choice());
                var result = OnnxEval.run(engine, trained.model, data, mean == null ? 0 : mean, std == null ? 1 : std);
                print(result.toText(), result.toMap());
            }
            return Exit.DONE;
        }
        if (mean != null || std != null) {
            throw Errors.wrong(spec, "ijen eval: --mean and --std do not fit", "a run, which has its own scaling",
                    "an .onnx file",
                    "leave them out");
        }
        try (var model = trained.load()) {
            var evaluation = judge == null ? model.evaluate(data) : judged(model);
            note(model.description());
            print(evaluation.toText(), evaluation.toMap());
            return Exit.DONE;
        }
    }

    private Evaluation judged(Trained model) {
        try (var classifier = TrainedOptions.load(judge, trained.compute)) {
            return model.judge(classifier, data, count, trained.compute.seed());
        }
    }
}
