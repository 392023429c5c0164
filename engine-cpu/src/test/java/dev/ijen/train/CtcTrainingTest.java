package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.ConfigReader;
import dev.ijen.train.config.TrainConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Strings of tones: three symbols of two speakers, four recordings each, of which the first is held out.
class CtcTrainingTest {
    @TempDir Path dir;
    private Path data;

    @BeforeEach
    void write() throws IOException {
        data = Files.createDirectory(dir.resolve("tones"));
        for (int symbol = 0; symbol < 3; symbol++) {
            for (int speaker = 0; speaker < 2; speaker++) {
                for (int i = 0; i < 4; i++) {
                    wav(data.resolve(symbol + "_s" + speaker + "_" + i + ".wav"), 8000,
                            tone(symbol, 0.2 + 0.1 * speaker, 1200 + 100 * i));
                }
            }
        }
    }

    private static short[] tone(int symbol, double loud, int samples) {
        var s = new short[samples];
        for (int i = 0; i < samples; i++) {
            s[i] = (short) (32767 * loud * Math.sin(2 * Math.PI * i * (400 + 900 * symbol) / 8000));
        }
        return s;
    }

    private static void wav(Path file, int rate, short[] samples) throws IOException {
        var b = ByteBuffer.allocate(44 + 2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        b.put("RIFF".getBytes(StandardCharsets.ISO_8859_1)).putInt(36 + 2 * samples.length);
        b.put("WAVEfmt ".getBytes(StandardCharsets.ISO_8859_1)).putInt(16).putShort((short) 1).putShort((short) 1);
        b.putInt(rate).putInt(2 * rate).putShort((short) 2).putShort((short) 16);
        b.put("data".getBytes(StandardCharsets.ISO_8859_1)).putInt(2 * samples.length);
        for (short s : samples) {
            b.putShort(s);
        }
        Files.write(file, b.array());
    }

    private TrainConfig config(String... changes) {
        var yaml = """
            name: tones
            task: {type: ctc, ctc: {least: 1, most: 3, gap: 0.05}}
            data: {kind: audio, path: %s, test_files: '_0\\.wav$', count: 192, validation: 0.34, test: 0.3, frames: 80, mels: 12}
            model:
              layers:
                - conv: {out: 8, size: 3, stride: 2}
                - batchnorm
                - relu
                - steps
                - gru: {hidden: 16, bidirectional: true}
                - output
            optimizer: {lr: 1e-2, clip_norm: 5}
            training: {epochs: 18, batch_size: 16, checkpoint_every: 7, gap_warning: 0}
            """
                .formatted(data);
        for (int i = 0; i < changes.length; i += 2) {
            assertTrue(yaml.contains(changes[i]), changes[i]);
            yaml = yaml.replace(changes[i], changes[i + 1]);
        }
        return ConfigReader.parse("test", yaml, List.of());
    }

    private TrainOptions options(String out) {
        return TrainOptions.defaults().withDevice(Device.cpu()).withOut(dir.resolve(out));
    }

    private TrainResult fit(TrainConfig config, String out) {
        try (var t = Trainer.of(config, options(out))) {
            assertEquals("6 of 24 recordings to test", t.data().description().replaceAll(
                    ".* (\\d+) recordings to train on, (\\d+) to validate, (\\d+) to test.*",
                    "$3 of 24 recordings to test"));
            return t.fit();
        }
    }

    @Test
    void stringsOfTonesAreReadAndARunGoesOnToTheSameBits() throws IOException {
        var whole = fit(config(), "whole");
        assertTrue(whole.test().metric("label_error") <= 0.05, whole.toText());
        assertTrue(whole.test().metric("beam_label_error") <= 0.05, whole.toText());
        assertEquals(58, whole.test().examples());
        try (var model = Trained.load(whole.run(), options("unused"))) {
            assertEquals(whole.test().loss(), model.evaluate((Path) null).loss(), 1e-6);
            assertEquals(58, model.evaluate(copy()).examples());
            said(model);
        }
        resumes();
    }

    /// Three epochs, interrupted in the middle of the second.
    private void resumes() throws IOException {
        var config = config("epochs: 18", "epochs: 3");
        var whole = fit(config, "three");
        var cut = fit(config.withMaxSteps(17), "cut");
        var yaml = cut.run().resolve("config.yaml");
        Files.writeString(yaml, Files.readString(yaml).replace("max_steps: 17", "max_steps: 0"));
        TrainResult resumed;
        try (var t = Trainer.resume(cut.run(), options("unused"))) {
            resumed = t.fit();
        }
        assertEquals(whole.steps(), resumed.steps());
        assertArrayEquals(
                Files.readAllBytes(whole.run().resolve("checkpoints/last/optimizer.safetensors").toRealPath()),
                Files.readAllBytes(resumed.run().resolve("checkpoints/last/optimizer.safetensors").toRealPath()));
    }

    /// 2, 0, 1: each 0.175 s, 0.05 s of silence between them, as long as what was learnt from.
    private void said(Trained model) throws IOException {
        var sound = new short[3 * 1400 + 2 * 400];
        int at = 0;
        for (int symbol : new int[] {2, 0, 1}) {
            System.arraycopy(tone(symbol, 0.25, 1400), 0, sound, at, 1400);
            at += 1800;
        }
        var file = dir.resolve("said.wav");
        wav(file, 8000, sound);
        var p = model.predict(List.of(file)).getFirst();
        assertEquals("2 0 1", p.text());
        for (int i = 0; i < 3; i++) {
            var h = p.heard().get(i);
            // a network in both directions may say a symbol somewhat before or behind it
            assertEquals(0.225 * i + 0.0875, (h.begin() + h.end()) / 2, 0.15, h.toString());
        }
        assertEquals("2 0 1", p.toMap().get("text"));
        var other = dir.resolve("other.wav");
        wav(other, 16000, sound);
        var e = assertThrows(FormatException.class, () -> model.predict(List.of(other)));
        assertTrue(e.getMessage().contains("16000 samples a second"), e.getMessage());
    }

    private Path copy() throws IOException {
        var to = Files.createDirectory(dir.resolve("copy"));
        try (var files = Files.list(data)) {
            for (var f : files.toList()) {
                Files.copy(f, to.resolve(f.getFileName()));
            }
        }
        return to;
    }

    @Test
    void whatDoesNotFitIsRefused() {
        refused(ConfigException.class, "speaker_pattern", "gap: 0.05", "gap: 0.05, speaker_pattern: 'x(y)z'");
        refused(ConfigException.class, "least", "least: 1", "least: 9");
        refused(IjenException.class, "data.frames", "frames: 80", "frames: 10");
        refused(FormatException.class, "nothing to train on", "'_0\\.wav$'", "'wav'");
        // the network's steps are too few for three symbols and the blanks between them
        refused(IjenException.class, "at least 6 steps", "stride: 2", "stride: 20");
    }

    private void refused(Class<? extends IjenException> type, String part, String... changes) {
        var e = assertThrows(type, () -> {
            try (var t = Trainer.of(config(changes), options("refused"))) {
                t.plan();
            }
        });
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }
}
