package dev.ijen.cli;

import dev.ijen.format.FormatException;
import dev.ijen.onnx.OnnxCheck;
import dev.ijen.train.Imported;
import dev.ijen.train.TrainOptions;
import dev.ijen.train.config.InitConfig;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Reads models of others.
@Command(name = "import", description = {
    "Makes a folder of another program's model that eval, predict, export and train --init-from take (FILE, --out);",
    "or runs ONNX conformance cases: every model.onnx below a folder with its test_data_set_N (--check).",
    "A file of tensors alone needs a config of its network, with model.input and model.outputs. An .onnx file needs none,",
    "and none of this to be looked at or run: `ijen inspect FILE.onnx`, `ijen predict FILE.onnx IMAGE…`."
}, footer = {
    "", "  ijen import model.pt --config net.yaml --map '^fc1\\.=8.' --out imported",
    "  ijen import model.onnx --set data.mean=[0.1307] --set data.std=[0.3081] --out imported"
})
final class ImportCommand extends BaseCommand {
    @Parameters(paramLabel = "FILE", arity = "0..1", description = "A file of tensors or an .onnx file.") Path file;

    @Option(names = "--check", paramLabel = "DIR",
            description = "Run all cases below this folder and say which agree (rtol 1e-3, atol 1e-7).") Path check;

    @Option(names = "--out", paramLabel = "DIR", description = "The folder to make.") Path folder;

    @Option(names = "--config", paramLabel = "FILE", description = "The network, as YAML; or --preset.") Path config;

    @Mixin ConfigSource source;

    @Option(names = "--map", paramLabel = "REGEX=TEXT",
            description = "Another name for tensors: every match of REGEX becomes TEXT. Repeatable, in order; instead of init.rename.") List<String> map = List
                    .of();

    @Option(names = "--to", paramLabel = "NAME", defaultValue = "",
            description = "ONNX: the value to stop at, such as that before a softmax.") String to;

    @Mixin ComputeOptions compute;

    @Override
    public Integer call() {
        if ((check == null) == (file == null || folder == null)) {
            throw Errors.wrong(spec, "ijen import: nothing to do, or too much",
                    "--check " + check + ", FILE " + file + ", --out " + folder,
                    "FILE and --out DIR, or --check DIR", "for example: ijen import model.onnx --out imported");
        }
        return check == null ? make() : conformance();
    }

    private int make() {
        var options = TrainOptions.defaults().withDevice(compute.device).withEngine(compute.engine());
        TrainConfig c;
        if (OnnxFiles.is(file) && config == null && source.preset == null) {
            c = Imported.onnx(file, to, source.sets);
        } else {
            c = source.read(config, spec);
            var i = c.init();
            c = c.withInit(
                    new InitConfig(file.toString(), map.isEmpty() ? i.rename() : map, i.ignore(), false, i.strict()));
        }
        var made = Imported.write(c, folder, options);
        note("weights: " + made.weights());
        print("%s: %s parameters".formatted(folder, Text.count(made.parameters())), made.toMap());
        return Exit.DONE;
    }

    private int conformance() {
        try (var engine = compute.open()) {
            note("device: " + engine.choice());
            var cases = OnnxCheck.run(engine, check);
            if (cases.isEmpty()) {
                throw FormatException.lacking(check, "no conformance cases",
                        "no model.onnx with a test_data_set_0 below it",
                        "folders of model.onnx and test_data_set_N/{input,output}_K.pb",
                        "give the folder that holds them");
            }
            var failures = new ArrayList<Map<String, Object>>();
            var excluded = new ArrayList<Map<String, Object>>();
            var text = new StringBuilder();
            int passed = 0;
            for (var c : cases) {
                switch (c.outcome()) {
                    case PASSED -> passed++;
                    case FAILED -> failures.add(row(c, text));
                    case EXCLUDED -> excluded.add(row(c, text));
                }
            }
            text.append("%d passed, %d failed, %d excluded%n".formatted(passed, failures.size(), excluded.size()));
            var object = new LinkedHashMap<String, Object>();
            object.put("passed", passed);
            object.put("failed", failures.size());
            object.put("excluded", excluded.size());
            object.put("failures", failures);
            object.put("exclusions", excluded);
            print(text.toString(), object);
            return failures.isEmpty() ? Exit.DONE : Exit.FAILED;
        }
    }

    private static Map<String, Object> row(OnnxCheck.Case c, StringBuilder text) {
        text.append("%s %s: %s%n".formatted(
                c.outcome() == OnnxCheck.Outcome.FAILED ? "failed  " : "excluded", c.name(),
                c.reason().lines().findFirst().orElse("")
                        + c.reason().lines().skip(1).map(l -> "; " + l.strip()).reduce("", String::concat)));
        var m = new LinkedHashMap<String, Object>();
        m.put("case", c.name());
        m.put("reason", c.reason());
        return m;
    }
}
