package dev.ijen.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtException;
import dev.ijen.format.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// What we export gives onnxruntime the outputs it gives us: the models that `OnnxExportTest` keeps with `-Dijen.onnx.keep=DIR`.
class OnnxRuntimeTest {
    private static final double TOLERANCE = 1e-5;

    @Test
    void exportsAgree() throws IOException, OrtException {
        var folder = System.getProperty("ijen.onnx.keep");
        assumeTrue(folder != null, "needs -Dijen.onnx.keep=DIR with exported models");
        int n = 0;
        double most = 0;
        try (var all = Files.list(Path.of(folder))) {
            for (var of : all.sorted().toList()) {
                double d = difference(of);
                System.out.printf(Locale.ROOT, "%-32s %.1e%n", of.getFileName(), d);
                most = Math.max(most, d);
                n++;
            }
        }
        System.out.printf(Locale.ROOT, "%d models, greatest difference %.1e%n", n, most);
        assertTrue(n >= 20, n + " models");
        assertTrue(most <= TOLERANCE, "greatest difference " + most);
    }

    /// Of values, where they are above 1 relative.
    private static double difference(Path folder) throws IOException, OrtException {
        var io = Npz.read(folder.resolve("io.npz"));
        var want = io.get("out_0").toFloatArray();
        try (var session = new OnnxRuntime(Files.readAllBytes(folder.resolve("model.onnx")), 2)) {
            session.set(io.get("in_0"));
            var got = session.run().getFirst();
            assertEquals(want.length, got.length, folder.toString());
            double most = 0;
            for (int i = 0; i < want.length; i++) {
                most = Math.max(most, Math.abs(want[i] - got[i]) / Math.max(1, Math.abs(want[i])));
            }
            return most;
        }
    }
}
