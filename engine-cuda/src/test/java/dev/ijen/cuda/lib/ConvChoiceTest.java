package dev.ijen.cuda.lib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.kernels.emulator.Emulator.Kind;
import dev.ijen.kernels.emulator.Emulator.What;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which of the fake cuDNN's algorithms is taken. Forward it recommends 6, 1, 0, which take 1, 0.25, 0.5 s; for the input's gradient 1 and 0
/// (0.5 and 0.25 s, 0 not deterministic); for the filter's 0, 1, 3 (1, 0.5, 0.25 s, only 1 deterministic).
final class ConvChoiceTest {
    /// A first run and three timed ones.
    private static final int RUNS = 4;

    @TempDir Path temporary;

    private Options options(boolean deterministic) {
        return new Options(deterministic, false, temporary.resolve("cache"));
    }

    private static int chosen(Dnn dnn, ConvPass pass) {
        try (var kernel = dnn.offer(Lab.launch(Convs.FIRST.of(DType.F32, pass))).orElseThrow()) {
            return ((Convolution) kernel).algorithm().number();
        }
    }

    /// The algorithms for all passes in a fresh process, as far as cuDNN knows.
    private List<Integer> chosen(Options options, long trials) {
        try (var lab = new Lab(); var dnn = Dnn.open(lab.gpu, lab.stream, options)) {
            var all = List.of(
                    chosen(dnn, ConvPass.FORWARD),
                    chosen(dnn, ConvPass.INPUT_GRADIENT),
                    chosen(dnn, ConvPass.FILTER_GRADIENT));
            assertEquals(RUNS * trials, lab.emulator.get(What.LIBRARY_CALLS));
            return all;
        }
    }

    private Path file() throws IOException {
        try (var files = Files.list(temporary.resolve("cache/cudnn"))) {
            var all = files.toList();
            assertEquals(1, all.size(), all::toString);
            return all.getFirst();
        }
    }

    @Test
    void theFastestIsTakenAndRemembered() throws IOException {
        assertEquals(List.of(1, 0, 3), chosen(options(false), 8));
        var lines = Files.readAllLines(file());
        assertEquals("ijen cudnn choices 1 | Emulated device 0 | cuDNN 90500 | driver 12060", lines.getFirst());
        assertTrue(lines.contains(
                "FORWARD F32 x[2, 8, 9, 7] w[12, 8, 3, 3] pad[1, 1] stride[1, 1] dilation[1, 1] groups 1 = 1 3"),
                lines::toString);
        assertEquals(4, lines.size());
        assertEquals(List.of(1, 0, 3), chosen(options(false), 0));
    }

    @Test
    void deterministicModeTakesDeterministicOnes() {
        assertEquals(List.of(1, 0, 3), chosen(options(false), 8));
        assertEquals(List.of(1, 1, 1), chosen(options(true), 5)); // what was remembered does not count
        assertEquals(List.of(1, 1, 1), chosen(options(true), 0));
        assertEquals(List.of(1, 0, 3), chosen(options(false), 0));
    }

    @Test
    void tf32HasChoicesOfItsOwn() {
        chosen(options(false), 8);
        chosen(new Options(false, true, temporary.resolve("cache")), 8);
    }

    @Test
    void damagedFilesAreMeasuredAgain() throws IOException {
        chosen(options(false), 8);
        var file = file();
        var good = Files.readString(file);
        for (var bad : List.of(
                "",
                "\0\1\2",
                good.replace("cuDNN 90500", "cuDNN 8907"),
                good.replaceAll(" = .*", " = 99 3"), // no such algorithm
                good.replaceAll(" = .*", " = 1 3 7"),
                good.replaceAll(" = .*", ""),
                good.replaceAll(" = .*", " = -1 3"),
                "x".repeat(2 << 20))) {
            Files.write(file, bad.getBytes(StandardCharsets.ISO_8859_1));
            assertEquals(List.of(1, 0, 3), chosen(options(false), 8), bad.length() > 999 ? "long" : bad);
        }
        Files.writeString(file, good.substring(0, good.length() - 3)); // the last line is cut off
        assertEquals(List.of(1, 0, 3), chosen(options(false), 3));
        assertEquals(List.of(1, 0, 3), chosen(options(false), 0));
    }

    @Test
    void anUnwritableCacheCostsNothingElse() throws IOException {
        Files.writeString(temporary.resolve("cache"), "a file where a folder should be");
        assertEquals(List.of(1, 0, 3), chosen(options(false), 8));
        assertEquals(List.of(1, 0, 3), chosen(options(false), 8));
    }

    @Test
    void algorithmsThatFailAreNotTaken() {
        try (var lab = new Lab(); var dnn = Dnn.open(lab.gpu, lab.stream, options(false))) {
            lab.emulator.fail(Kind.LIBRARY, RUNS + 2, 3000); // in the second algorithm's second run
            assertEquals(0, chosen(dnn, ConvPass.FORWARD));
        }
    }

    @Test
    void ifNoneWorksItIsNotOffered() {
        try (var lab = new Lab(); var dnn = Dnn.open(lab.gpu, lab.stream, options(true))) {
            lab.emulator.fail(Kind.LIBRARY, 1, 3000);
            var c = Convs.FIRST.of(DType.F32, ConvPass.FILTER_GRADIENT); // one deterministic algorithm
            assertFalse(dnn.offer(Lab.launch(c)).isPresent());
            assertFalse(Files.exists(temporary.resolve("cache")));
            assertTrue(dnn.offer(Lab.launch(c)).map(k -> {
                k.close();
                return k;
            }).isPresent());
        }
    }

    @Test
    void withoutMemoryForTrialsTheRecommendedIsTaken() {
        try (var lab = new Lab(); var dnn = Dnn.open(lab.gpu, lab.stream, options(false))) {
            lab.emulator.fail(Kind.ALLOCATION, 3, 2);
            assertEquals(6, chosen(dnn, ConvPass.FORWARD));
            assertEquals(0, lab.emulator.get(What.LIBRARY_CALLS));
            assertFalse(Files.exists(temporary.resolve("cache"))); // there may be more memory next time
            assertEquals(1, chosen(dnn, ConvPass.FORWARD));
        }
    }

    @Test
    void workspacesThatDoNotFitAreLeftOut() {
        var c = Convs.FIRST.of(DType.F32, ConvPass.FORWARD);
        long arrays = 4L * (Convs.x(c) + Convs.w(c) + Convs.y(c));
        try (var lab = new Lab(); var dnn = Dnn.open(lab.gpu, lab.stream, options(false))) {
            lab.emulator.set(What.LIMIT, arrays + 8000); // algorithms 1 and 6 want more than all of it
            assertEquals(0, chosen(dnn, ConvPass.FORWARD));
            assertFalse(Files.exists(temporary.resolve("cache")));
        }
    }

    @Test
    void theFileStaysSmall() throws IOException {
        var choices = Choices.of(temporary, "GPU", 90500, 13000);
        choices.put("first", new Choices.Choice(1, 2));
        var file = temporary.resolve("cudnn");
        Path written;
        try (var files = Files.list(file)) {
            written = files.findFirst().orElseThrow();
        }
        var text = new StringBuilder(Files.readString(written));
        for (int i = 0; i < 5000; i++) {
            text.append("key ").append(i).append(" = 1 2\n");
        }
        Files.writeString(written, text);
        Choices.of(temporary, "GPU", 90500, 13000).put("last", new Choices.Choice(3, 0));
        assertEquals(4097, Files.readAllLines(written).size());
        var again = Choices.of(temporary, "GPU", 90500, 13000);
        assertEquals(new Choices.Choice(3, 0), again.get("last").orElseThrow());
        assertFalse(again.get("first").isPresent()); // the oldest goes
    }
}
