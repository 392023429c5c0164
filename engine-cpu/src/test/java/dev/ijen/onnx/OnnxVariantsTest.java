package dev.ijen.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.contract.LiveBuffers;
import dev.ijen.engine.Device;
import dev.ijen.format.SharedData;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Operators with attributes, optional inputs, axes and versions in which ONNX's own node cases do not have them. `variants.tar.gz` has a model of one
/// node each with inputs and outputs, made by `variants.py` and `more.py`: results are those of ONNX's reference implementation and of onnxruntime,
/// which agree to 1e-4 where both have the operator in that form.
class OnnxVariantsTest {
    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    @TempDir Path folder;

    @Test
    void allForms() throws IOException, URISyntaxException {
        int models = 0;
        var archive = Path.of(OnnxVariantsTest.class.getResource("variants.tar.gz").toURI());
        for (var e : SharedData.tar(archive).entrySet()) {
            var to = folder.resolve(e.getKey()).normalize();
            assertTrue(to.startsWith(folder), e.getKey());
            Files.createDirectories(to.getParent());
            Files.write(to, e.getValue());
            models += e.getKey().endsWith(".onnx") ? 1 : 0;
        }
        var cases = OnnxCheck.run(engines.open(Device.cpu()), folder);
        assertEquals(List.of(),
                cases.stream().filter(c -> c.outcome() != OnnxCheck.Outcome.PASSED).toList());
        assertEquals(models, cases.size());
        assertTrue(models > 1600, models + " models");
    }
}
