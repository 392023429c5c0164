package dev.ijen.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.contract.LiveBuffers;
import dev.ijen.engine.Device;
import dev.ijen.format.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Every conformance case there is, and for every one that is not run a written reason.
class OnnxConformanceTest {
    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    @TempDir Path folder;

    private List<OnnxCheck.Case> run(String... archives) throws IOException {
        for (var a : archives) {
            for (var e : SharedData.tar("onnx/" + a + ".tar.gz").entrySet()) {
                write(e);
            }
        }
        var cases = OnnxCheck.run(engines.open(Device.cpu()), folder);
        var failed = cases.stream().filter(c -> c.outcome() == OnnxCheck.Outcome.FAILED).toList();
        assertEquals(List.of(), failed);
        return cases;
    }

    private void write(Map.Entry<String, byte[]> e) throws IOException {
        var to = folder.resolve(e.getKey()).normalize();
        assertTrue(to.startsWith(folder), e.getKey());
        Files.createDirectories(to.getParent());
        Files.write(to, e.getValue());
    }

    private static long passed(List<OnnxCheck.Case> cases) {
        return cases.stream().filter(c -> c.outcome() == OnnxCheck.Outcome.PASSED).count();
    }

    @Test
    void nodes() throws IOException {
        var cases = run("onnx-node-tests");
        assertEquals(1236, cases.size());
        assertEquals(1231, passed(cases));
    }

    @Test
    void operatorsAndLayersOfPyTorch() throws IOException {
        assertEquals(82, passed(run("onnx-pytorch-operator", "onnx-pytorch-converted")));
    }

    @Test
    void simpleModels() throws IOException {
        assertEquals(16, passed(run("onnx-simple")));
    }

    @Test
    void modelsOfBurn() throws IOException {
        assertEquals(328, passed(run("burn-onnx-models", "burn-onnx-ort-io")));
    }

    /// Networks of ImageNet's size, their weights made by nodes.
    @Test
    void lightModels() throws IOException {
        assertEquals(6, passed(run("onnx-light-models")));
    }

    @Test
    void modelsOfTract() throws IOException {
        assertEquals(7, passed(run("tract-onnx-cases")));
    }

    @Test
    void reasonsAreWritten() {
        OnnxCheck.excluded().forEach((name, why) -> assertTrue(why.length() > 20, name));
    }
}
