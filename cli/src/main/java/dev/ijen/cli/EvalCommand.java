package dev.ijen.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Measures a trained model.
@Command(name = "eval", description = {
    "Measures a trained model on data with labels.",
    "An .onnx file is measured on the test part of a folder of MNIST's layout; --mean and --std say how its pixels are scaled."
})
final class EvalCommand extends BaseCommand {
    @Mixin TrainedOptions trained;

    @Option(names = "--data", paramLabel = "PATH",
            description = "Data of the kind it was trained on (default: the test part of that).") Path data;

    @Option(names = "--mean", paramLabel = "X",
            description = "ONNX: subtracted from pixels, which are from 0 to 1 (default: 0).") Double mean;

    @Option(names = "--std", paramLabel = "X",
            description = "ONNX: what pixels are then divided by (default: 1; 1/255 = 0.00392157 for pixels from 0 to 255).") Double std;

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
            var evaluation = model.evaluate(data);
            note(model.description());
            print(evaluation.toText(), evaluation.toMap());
            return Exit.DONE;
        }
    }
}
