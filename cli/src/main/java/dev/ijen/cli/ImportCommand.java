package dev.ijen.cli;

import dev.ijen.format.FormatException;
import dev.ijen.onnx.OnnxCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Reads models of others.
@Command(name = "import", description = {
    "Runs ONNX conformance cases: every model.onnx below a folder with its test_data_set_N/{input,output}_K.pb.",
    "A model needs no import to be used: `ijen inspect FILE.onnx` shows one, `ijen predict FILE.onnx IMAGE…` runs one."
})
final class ImportCommand extends BaseCommand {
    @Option(names = "--check", paramLabel = "DIR", required = true,
            description = "Run all cases below this folder and say which agree (rtol 1e-3, atol 1e-7).") Path check;

    @Mixin ComputeOptions compute;

    @Override
    public Integer call() {
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
