package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.format.Json;
import dev.ijen.train.config.ConfigReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whoever has the run directory can tell what made the weights, and make them again.
class ProvenanceTest {
    @TempDir Path dir;

    private Map<?, ?> run(Path csv, String... sets) {
        var c = ConfigReader.parse("test.yaml", """
                name: flats
                data: {kind: csv, target: price, task: regression}
                model: {layers: [linear: 4, relu, dropout: 0.1, output]}
                training: {epochs: 2, batch_size: 8, log_every: 2}
                """, List.of(sets)).withDataPath(csv.toString());
        try (var t = Trainer.of(c, TrainOptions.defaults().withDevice(Device.cpu()).withOut(dir.resolve("run")))) {
            var path = t.fit().run();
            var env = (Map<?, ?>) Json.parse(path.resolve("env.json"));
            return Map.of("path", path, "env", env, "sha256", env.get("sha256"));
        }
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void theSameCommandMakesTheSameWeightsAndTheCardSaysWhich() throws IOException, NoSuchAlgorithmException {
        var rows = new StringBuilder("size,rooms,price\n");
        for (int i = 0; i < 60; i++) {
            rows.append(30 + i).append(',').append(1 + i % 4).append(',').append(1000 + 17 * i % 300).append('\n');
        }
        var csv = Files.writeString(dir.resolve("flats.csv"), rows);
        var one = run(csv);
        var two = run(csv);
        var hashes = (Map<?, ?>) one.get("sha256");
        assertEquals(hashes, two.get("sha256"));
        assertNotEquals(hashes.get("weights"), ((Map<?, ?>) run(csv, "seed=1").get("sha256")).get("weights"));

        // each hash is that of the thing it names
        var path = (Path) one.get("path");
        var last = Files.readAllBytes(path.resolve("checkpoints/last/model.safetensors"));
        assertEquals(sha256(last), ((Map<?, ?>) hashes.get("weights")).get("last"));
        assertEquals(sha256(Files.readAllBytes(csv)), ((Map<?, ?>) hashes.get("data")).get("flats.csv"));
        assertEquals(sha256(Files.readAllBytes(path.resolve("config.yaml"))), hashes.get("config"));
        assertEquals(2, ((Map<?, ?>) hashes.get("code")).size());
        ((Map<?, ?>) hashes.get("code")).values()
                .forEach(h -> assertTrue(h.toString().matches("[0-9a-f]{64}"), hashes.toString()));

        var card = Files.readString(path.resolve("model-card.md"));
        for (var hash : Pattern.compile("[0-9a-f]{64}").matcher(hashes.toString()).results().toList()) {
            assertTrue(card.contains(hash.group()), hash.group() + " in " + card);
        }
        assertTrue(card.contains("| test |") && card.contains("It was trained on only "), card);

        var log = Files.readAllLines(path.resolve("train.log"), StandardCharsets.UTF_8);
        assertTrue(log.size() > 5);
        var line = Pattern
                .compile("time=\\S+ level=(info|warning) event=\\w+( \\w+=([-+.:/\\w]+|\"([^\"\\\\]|\\\\.)*\"))*");
        log.forEach(l -> assertTrue(line.matcher(l).matches(), l));
    }
}
