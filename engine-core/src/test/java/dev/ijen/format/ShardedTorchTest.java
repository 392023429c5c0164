package dev.ijen.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two shards that PyTorch wrote, and indexes that lie. `make.py` beside them made them.
class ShardedTorchTest {
    private static final String FIRST = "pytorch_model-00001-of-00002.bin";
    private static final String SECOND = "pytorch_model-00002-of-00002.bin";

    @TempDir Path temp;
    private Path folder;

    @BeforeEach
    void shards() throws IOException, URISyntaxException {
        folder = Files.createDirectory(temp.resolve("model"));
        var from = Path.of(ShardedTorchTest.class.getResource("sharded-torch").toURI());
        for (var name : List.of(FIRST, SECOND, "pytorch_model.bin.index.json")) {
            Files.copy(from.resolve(name), folder.resolve(name));
        }
    }

    private Path index() {
        return folder.resolve("pytorch_model.bin.index.json");
    }

    private FormatException refused(Map<String, ?> weightMap) throws IOException {
        Files.writeString(index(), Json.write(Map.of("weight_map", weightMap)));
        return assertThrows(FormatException.class, () -> ShardedTorch.read(index()));
    }

    /// In the index's order; the transposed tensor is laid out.
    @Test
    void bothShards() {
        var all = ShardedTorch.read(index());
        assertEquals(List.of("wte.weight", "h.0.weight", "ln.bias", "steps"), List.copyOf(all.keySet()));
        assertEquals(Shape.of(4, 3), all.get("wte.weight").shape());
        assertEquals(1.375f, all.get("wte.weight").toFloatArray()[11]);
        assertEquals(Shape.of(2, 3), all.get("h.0.weight").shape());
        assertArrayEquals(new float[] {0, 2, 4, 1, 3, 5}, all.get("h.0.weight").toFloatArray());
        assertEquals(DType.F16, all.get("ln.bias").dtype());
        assertArrayEquals(new double[] {1.5, -2, 0.25}, all.get("ln.bias").toDoubleArray());
        assertArrayEquals(new long[] {7, -9}, all.get("steps").toLongArray());
    }

    /// What the index does not name is not there; a shard may be named by as many tensors as it has.
    @Test
    void theIndexDecides() throws IOException {
        Files.writeString(index(), Json.write(Map.of("weight_map", Map.of("steps", SECOND))));
        assertEquals(List.of("steps"), List.copyOf(ShardedTorch.read(index()).keySet()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../outside.bin", "/etc/passwd", "model/../outside.bin", "..", "", ".hidden", "a\\b", "a/b.bin"})
    void staysInItsFolder(String file) throws IOException {
        Files.copy(folder.resolve(FIRST), temp.resolve("outside.bin"));
        var e = refused(Map.of("wte.weight", file));
        assertTrue(e.getMessage().contains("the plain name of a file beside the index"), e.getMessage());
    }

    @Test
    void missingShard() throws IOException {
        Files.delete(folder.resolve(SECOND));
        var e = assertThrows(FormatException.class, () -> ShardedTorch.read(index()));
        assertTrue(e.getMessage().contains(SECOND), e.getMessage());
    }

    /// The tensor is in another shard, or in none.
    @ParameterizedTest
    @ValueSource(strings = {"steps", "nowhere"})
    void tensorNotInItsShard(String name) throws IOException {
        var e = refused(Map.of(name, FIRST));
        assertTrue(e.getMessage().contains("no such tensor in " + FIRST), e.getMessage());
    }

    /// One tensor in two shards: which one is meant can't be told.
    @Test
    void nameTwice() throws IOException {
        Files.writeString(index(), """
                {"weight_map": {"steps": "%s", "steps": "%s"}}""".formatted(SECOND, FIRST));
        assertThrows(FormatException.class, () -> ShardedTorch.read(index()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "{\"weight_map\": []}", "{\"weight_map\": {\"steps\": 1}}",
        "{\"weight_map\": {\"steps\": null}}",
        "{\"weight_map\""})
    void noIndex(String text) throws IOException {
        Files.writeString(index(), text);
        assertThrows(FormatException.class, () -> ShardedTorch.read(index()));
    }

    /// A shard that is something else.
    @Test
    void damagedShard() throws IOException {
        Files.writeString(folder.resolve(SECOND), "no archive");
        assertThrows(FormatException.class, () -> ShardedTorch.read(index()));
    }
}
