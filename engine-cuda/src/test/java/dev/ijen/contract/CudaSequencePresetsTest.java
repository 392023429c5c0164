package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;
import dev.ijen.train.TrainEvent;
import dev.ijen.train.TrainOptions;
import dev.ijen.train.Trainer;
import dev.ijen.train.config.Presets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Presets of texts, series and sounds, shrunken, take two steps on CUDA with the CPU's losses.
class CudaSequencePresetsTest {
    static final Set<String> NAMES = Set.of(
            "char-gpt", "gpt2-124m", "bert-mlm", "translate", "lstm-forecast", "text-sentiment", "ctc-digits",
            "spoken-digits");

    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.backward();

    @TempDir Path dir;

    private Path text() throws IOException {
        var file = dir.resolve("text.txt");
        Files.writeString(file, "a rose is a rose is a rose\n".repeat(12));
        return file;
    }

    private Path series() throws IOException {
        var csv = new StringBuilder("date,a,OT\n");
        for (int i = 0; i < 80; i++) {
            csv.append(i).append("h,").append(Math.sin(i / 3.0)).append(',').append(Math.cos(i / 5.0)).append('\n');
        }
        var file = dir.resolve("series.csv");
        Files.writeString(file, csv.toString());
        return file;
    }

    private Path lines() throws IOException {
        for (var name : List.of("neg", "pos")) {
            Files.writeString(dir.resolve("rt-polarity." + name + ".txt"),
                    ("this is a " + name + " thing\n").repeat(20));
        }
        return dir;
    }

    /// Two digits of one speaker, four times each: 16-bit WAV files of 8000 samples a second.
    private Path tones() throws IOException {
        var folder = Files.createDirectories(dir.resolve("tones"));
        for (int digit = 0; digit < 2; digit++) {
            var b = ByteBuffer.allocate(44 + 2 * 1600).order(ByteOrder.LITTLE_ENDIAN);
            b.put("RIFF".getBytes(StandardCharsets.ISO_8859_1)).putInt(36 + 2 * 1600);
            b.put("WAVEfmt ".getBytes(StandardCharsets.ISO_8859_1)).putInt(16).putShort((short) 1).putShort((short) 1);
            b.putInt(8000).putInt(16000).putShort((short) 2).putShort((short) 16);
            b.put("data".getBytes(StandardCharsets.ISO_8859_1)).putInt(2 * 1600);
            for (int i = 0; i < 1600; i++) {
                b.putShort((short) (9000 * Math.sin(i * (0.3 + digit))));
            }
            for (int k = 0; k < 4; k++) {
                Files.write(folder.resolve(digit + "_a_" + k + ".wav"), b.array());
            }
        }
        return folder;
    }

    private Path pairs() throws IOException {
        var file = dir.resolve("pairs.tsv");
        var lines = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            lines.append("a").append(i).append('\t').append(i).append('\n');
        }
        Files.writeString(file, lines.toString());
        return file;
    }

    private List<Double> losses(String preset, Path data, Device device, List<String> sets) {
        var all = new ArrayList<Double>();
        var changed = new ArrayList<>(sets);
        changed.addAll(List.of("training.max_steps=2", "training.log_every=1", "training.batch_size=4",
                "training.eval_batch_size=4", "data.validation=0", "data.test=0"));
        var options = TrainOptions.defaults().withDevice(device)
                .withEngine(EngineOptions.defaults().withNativeLibraries(false)).withOut(dir.resolve("run-" + device))
                .withListener(e -> {
                    if (e instanceof TrainEvent.Step s && s.logged()) {
                        all.add(s.loss());
                    }
                });
        try (var t = Trainer.of(Presets.load(preset, changed).withDataPath(data.toString()), options)) {
            t.fit();
        }
        return all;
    }

    private DynamicTest preset(String name, Path data, String... sets) {
        return dynamicTest(name, () -> {
            var expected = losses(name, data, Device.cpu(), List.of(sets));
            var got = losses(name, data, Device.cuda(0), List.of(sets));
            assertEquals(2, expected.size());
            for (int i = 0; i < 2; i++) {
                assertEquals(expected.get(i), got.get(i), 1e-5 * expected.getFirst(), "step " + i);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> lossesAreThoseOfTheCpu() throws IOException {
        var decoder = "model.layers=[{decoder: {dim: 8, layers: 1, heads: 2, %s}}]";
        var all = List.of(
                preset("char-gpt", text(), "task.length=8", decoder.formatted("rotary: true, dropout: 0.05")),
                preset("gpt2-124m", text(), "task.length=8", decoder.formatted("dropout: 0.1")),
                preset("bert-mlm", text(), "task.length=8", "task.stride=4", "task.symbols=262",
                        "model.layers=[{encoder: {dim: 8, layers: 1, heads: 2, rotary: true, dropout: 0.05}}]"),
                preset("translate", pairs(), "task.length=5", "task.answer=4",
                        "model.layers=[{translator: {dim: 8, layers: 1, heads: 2, rotary: true, dropout: 0.05}}]"),
                preset("lstm-forecast", series(), "task.length=8", "task.horizon=3",
                        "model.layers=[{reshape: [2, 8]}, {lstm: {hidden: 4, sequences: false}}, {dropout: 0.2}, output]"),
                preset("text-sentiment", lines(), "task.length=6",
                        "model.layers=[{embedding-bag: {count: 20, dim: 4}}, {dropout: 0.5}, output]"),
                preset("ctc-digits", tones(), "task.ctc.least=1", "task.ctc.most=2", "data.count=20", "data.frames=48",
                        "data.mels=8", "data.test_files=''",
                        "model.layers=[{conv: {out: 2, stride: 2}}, batchnorm, relu, steps, {gru: {hidden: 4, bidirectional: true}}, output]"),
                preset("spoken-digits", tones(), "data.frames=16", "data.mels=8", "data.test_files=''",
                        "model.layers=[{conv: {out: 2, size: 3}}, batchnorm, relu, {maxpool: 2}, flatten, {dropout: 0.4}, output]"));
        assertEquals(NAMES, all.stream().map(DynamicTest::getDisplayName).collect(Collectors.toSet()));
        return all.stream();
    }
}
