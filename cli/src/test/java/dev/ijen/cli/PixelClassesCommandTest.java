package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Images;
import dev.ijen.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `ijen predict` with a network that labels pixels, as small as it can be.
class PixelClassesCommandTest {
    @TempDir Path folder;

    private Path trained() {
        var run = folder.resolve("run");
        Cli.run("train", "--preset", "unet", "--device", "cpu", "--out", run, "--quiet", "--max-steps", 2, "--set",
                "data.count=40", "--set", "data.height=16", "--set", "data.width=16", "--set",
                "training.batch_size=8", "--set", "model.layers.0={unet: {width: 4, levels: 1}}").ok();
        return run;
    }

    private Path picture(String name) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        var gray = new byte[20 * 30];
        for (int i = 0; i < gray.length; i++) {
            gray[i] = (byte) (i % 30 < 15 ? 20 : 200);
        }
        Images.writePng(file, HostTensor.ofBytes(gray, 20, 30, 1));
        return file;
    }

    @Test
    void eachPixelsClassIsDrawn() throws IOException {
        var run = trained();
        var a = picture("a.png");
        var to = folder.resolve("new/classes.png");
        var told = Cli.run("predict", run, a, "--device", "cpu", "--out", to, "--json").ok().json();
        assertEquals(to.toString(), told.get("picture"));
        var colors = Map.of("background", "#000000", "disc", "#800000", "square", "#008000", "triangle", "#808000");
        assertEquals(colors, told.get("colors"));
        var plain = Cli.run("predict", run, a, "--device", "cpu", "--json").ok().json();
        assertEquals(plain.get("class"), told.get("class"));
        var drawn = Images.read(to, 3);
        assertEquals(List.of(20, 30), List.of(drawn.shape().dim(0), drawn.shape().dim(1)));
        // the picture has the pixels of each class that were told, but for those that a size of 20 x 30 does not hold alike
        var shares = (Map<?, ?>) told.get("probabilities");
        var seen = new TreeMap<String, Double>();
        for (int i = 0; i < 20 * 30; i++) {
            var c = "#%02x%02x%02x".formatted((int) drawn.get(3L * i), (int) drawn.get(3L * i + 1),
                    (int) drawn.get(3L * i + 2));
            assertTrue(colors.containsValue(c), c);
            seen.merge(c, 1 / 600.0, Double::sum);
        }
        colors.forEach((name, c) -> assertEquals((double) shares.get(name), seen.getOrDefault(c, 0.0), 0.1, name));
        var b = picture("b.png");
        var each = folder.resolve("each");
        var lines = Cli.run("predict", run, a, b, "--device", "cpu", "--out", each).ok().out().lines().toList();
        assertEquals(2, lines.size());
        assertTrue(lines.get(1).endsWith("b-classes.png"), lines.get(1));
        for (var name : List.of("a-classes.png", "b-classes.png")) {
            assertEquals(30, Images.probe(each.resolve(name)).width());
        }
    }

    @Test
    void nothingIsWrittenOver() throws IOException {
        var run = trained();
        var a = picture("a.png");
        var before = Files.readAllBytes(a);
        var over = Cli.run("predict", run, a, "--out", folder.resolve("x/../a.png")).block(Exit.USAGE);
        assertTrue(over.contains("would write over a picture"), over);
        assertArrayEquals(before, Files.readAllBytes(a));
        var each = folder.resolve("each");
        var twice = Cli.run("predict", run, a, picture("other/a.png"), "--out", each).block(Exit.USAGE);
        assertTrue(twice.contains("would write over a picture"), twice);
        assertTrue(Cli.run("predict", run, a, picture("b.png"), "--out", folder.resolve("one.png")).block(Exit.USAGE)
                .contains("a folder for several pictures"));
        assertTrue(Cli.run("predict", run, a, "--out", run.resolve("config.yaml")).block(Exit.USAGE)
                .contains("a name that ends with .png"));
        assertFalse(Files.exists(each));
        var gone = folder.resolve("gone.png");
        Cli.run("predict", run, a, gone, "--device", "cpu", "--out", each).block(Exit.BAD_FILE);
        assertFalse(Files.exists(each));
    }

    @Test
    void othersTellNoClassesOfPixels() throws IOException {
        var run = folder.resolve("digits");
        Cli.run("train", "--preset", "digits", "--device", "cpu", "--out", run, "--quiet", "--max-steps", 2, "--set",
                "data.count=60", "--set", "training.batch_size=8").ok();
        var out = folder.resolve("out.png");
        var wrong = Cli.run("predict", run, picture("a.png"), "--device", "cpu", "--out", out).block(Exit.FAILED);
        assertTrue(wrong.contains("tells no classes of pixels") && wrong.contains("digits"), wrong);
        assertTrue(
                Cli.run("predict", run, "--text", "a", "--out", out).block(Exit.USAGE).contains("--out does not fit"));
        assertFalse(Files.exists(out));
    }
}
