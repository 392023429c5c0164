package dev.ijen.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorFilesTest {
    @TempDir Path folder;

    @Test
    void sharded() throws IOException {
        Safetensors.write(folder.resolve("a.safetensors"), Map.of("x", HostTensor.of(new float[] {1, 2}, 2)), Map.of());
        Safetensors.write(folder.resolve("b.safetensors"), Map.of("y", HostTensor.of(new int[] {3}, 1)), Map.of());
        var index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, """
                {"metadata": {"total_size": 12}, "weight_map": {"x": "a.safetensors", "y": "b.safetensors"}}
                """);
        var all = TensorFiles.read(index);
        assertEquals(List.of("x", "y"), List.copyOf(all.keySet()));
        assertArrayEquals(new float[] {1, 2}, all.get("x").toFloatArray());
        assertEquals(3, all.get("y").item());
        assertEquals(
                List.of("x F32[2] 8", "y I32[1] 4"),
                TensorFiles.list(index).stream().map(e -> e.name() + " " + e.dtype() + e.shape() + " " + e.bytes())
                        .toList());
        assertEquals(
                List.of("x F32[2] 8"),
                TensorFiles.list(folder.resolve("a.safetensors")).stream()
                        .map(e -> e.name() + " " + e.dtype() + e.shape() + " " + e.bytes()).toList());
        try (var in = ShardedSafetensors.open(index)) {
            assertTrue(in.get("x").data().isMapped());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../a.safetensors", "/etc/passwd", "a.safetensors/../a.safetensors", "", ".hidden"})
    void indexStaysInItsFolder(String file) throws IOException {
        var index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, Json.write(Map.of("weight_map", Map.of("x", file))));
        assertThrows(FormatException.class, () -> TensorFiles.read(index));
    }

    @Test
    void renames() {
        var t = HostTensor.of(new float[] {1}, 1);
        assertEquals(
                java.util.Set.of("0.weight", "1.bias"),
                TensorFiles.renamed(
                        Map.of("module.fc0.weight", t, "module.fc1.bias", t), List.of("^module\\.=", "^fc(\\d+)=$1"))
                        .keySet());
        assertThrows(
                IjenException.class, () -> TensorFiles.renamed(Map.of("a", t, "b", t), List.of("[ab]=c")));
        assertThrows(IjenException.class, () -> TensorFiles.renamed(Map.of("a", t), List.of("[=c")));
        assertThrows(IjenException.class, () -> TensorFiles.renamed(Map.of("a", t), List.of("a=$7")));
    }
}
