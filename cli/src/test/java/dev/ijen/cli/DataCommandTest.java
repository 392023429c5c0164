package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.synth.Digits;
import dev.ijen.format.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataCommandTest {
    @TempDir Path folder;

    private static Map<?, ?> part(Map<?, ?> summary, String name) {
        return (Map<?, ?>) ((Map<?, ?>) summary.get("parts")).get(name);
    }

    @Test
    void digitsAsIdx() {
        var out = folder.resolve("idx");
        var made = Cli.run("synth", "digits", "--count", 40, "--test", 20, "--out", out, "--json").ok().json();
        assertEquals(40L, made.get("examples"));
        var summary = Cli.run("data", "summary", out, "--json").ok().json();
        assertEquals("idx", summary.get("kind"));
        assertEquals(40L, part(summary, "train").get("size"));
        assertEquals(20L, part(summary, "test").get("size"));
        assertEquals(4L, ((Map<?, ?>) part(summary, "train").get("classes")).get("7"));
    }

    @Test
    void digitsAsImages() {
        var out = folder.resolve("png");
        Cli.run("synth", "digits", "--count", 20, "--format", "png", "--seed", 3, "--out", out).ok();
        assertArrayEquals(
                Digits.render(7, 3, 17),
                Images.read(out.resolve("7/000017.png"), 1).data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
        assertTrue(Cli.run("data", "summary", out).ok().out().contains("20 examples"));
    }

    @Test
    void pointsAsCsv() throws IOException {
        for (var kind : new String[] {"moons", "blobs", "spirals"}) {
            var out = folder.resolve(kind + ".csv");
            Cli.run("synth", kind, "--count", 60, "--out", out).ok();
            var lines = Files.readAllLines(out);
            assertEquals("x1,x2,class", lines.getFirst());
            assertEquals(61, lines.size());
            var summary = Cli.run("data", "summary", out, "--json").ok().json();
            assertEquals(60L, summary.get("size"));
        }
    }

    @Test
    void theSameSeedGivesTheSameFile() throws IOException {
        for (var name : new String[] {"a.csv", "b.csv"}) {
            Cli.run("synth", "moons", "--seed", 5, "--out", folder.resolve(name)).ok();
        }
        assertEquals(-1, Files.mismatch(folder.resolve("a.csv"), folder.resolve("b.csv")));
    }

    @Test
    void writesOverNothing() {
        var out = folder.resolve("a.csv");
        Cli.run("synth", "moons", "--out", out).ok();
        assertTrue(Cli.run("synth", "moons", "--out", out).block(1).contains("exists already"));
        assertTrue(Cli.run("synth", "moons", "--format", "png", "--out", out).block(2).contains("moons as png"));
    }

    @Test
    void missingFile() {
        assertTrue(Cli.run("data", "summary", folder.resolve("none")).block(4).contains("no such file"));
    }

    @Test
    void truncatedIdx() throws IOException {
        var out = folder.resolve("idx");
        Cli.run("synth", "digits", "--count", 40, "--out", out).ok();
        var images = out.resolve("train-images-idx3-ubyte.gz");
        var bytes = Files.readAllBytes(images);
        Files.write(images, Arrays.copyOf(bytes, bytes.length / 2));
        assertTrue(Cli.run("data", "summary", out).block(4).contains("train-images"));
    }

    @Test
    void raggedCsv() throws IOException {
        var file = Files.writeString(folder.resolve("ragged.csv"), "a,b,c\n1,2,3\n4,5\n");
        var block = Cli.run("data", "summary", file).block(4);
        assertTrue(block.contains("ragged.csv") && block.contains("3"), block);
    }

    @Test
    void whatIsNoData() throws IOException {
        assertTrue(
                Cli.run("data", "summary", Files.createDirectory(folder.resolve("empty"))).block(4).contains("empty"));
        assertTrue(
                Cli.run("data", "summary", Files.writeString(folder.resolve("x.bin"), "x")).block(4).contains("x.bin"));
    }
}
