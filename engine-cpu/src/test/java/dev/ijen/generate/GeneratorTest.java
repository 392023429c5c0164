package dev.ijen.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.SeededRandom;
import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.nn.Module;
import dev.ijen.nn.zoo.Decoder;
import dev.ijen.nn.zoo.DecoderSpec;
import dev.ijen.tensor.HostTensor;
import dev.ijen.train.TextModel;
import dev.ijen.train.TrainOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest {
    private static final int SYMBOLS = 11;

    /// @param llama else as GPT-2
    private static Decoder decoder(Engine engine, boolean llama) {
        return Decoder.of(engine, new DecoderSpec(SYMBOLS, 12, 16, 2, 4, llama ? 2 : 4, 24, llama,
                llama ? OptionalDouble.of(10_000) : OptionalDouble.empty(), 0, !llama));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFutureTokenLeavesLogitsBitEqual(boolean llama) {
        try (var engine = Engine.open(Device.cpu())) {
            var model = decoder(engine, llama);
            var step = engine.inference(model::apply);
            int[] ids = {1, 5, 2, 10, 0, 7};
            var before = step.run(HostTensor.of(ids, 1, 6)).get(0).toFloatArray();
            ids[4] = 9;
            var after = step.run(HostTensor.of(ids, 1, 6)).get(0).toFloatArray();
            assertArrayEquals(Arrays.copyOf(before, 4 * SYMBOLS), Arrays.copyOf(after, 4 * SYMBOLS));
            assertTrue(!Arrays.equals(before, after));
            step.close();
            Module.close(model);
            assertEquals(1, engine.memory().buffers(), "only the generator's");
        }
    }

    /// Token by token with a memory of keys and values, the likeliest token is that of the whole text.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void memoryChangesNothing(boolean llama) {
        try (var engine = Engine.open(Device.cpu())) {
            var model = decoder(engine, llama);
            var step = engine.inference(model::apply);
            try (var generator = Generator.of(engine, model)) {
                var made = generator.generate(new int[] {3, 1}, 8, Sampling.GREEDY, new SeededRandom(0), id -> true);
                var all = new int[] {3, 1, 0, 0, 0, 0, 0, 0, 0, 0};
                System.arraycopy(made, 0, all, 2, 8);
                var logits = step.run(HostTensor.of(all, 1, 10)).get(0).toFloatArray();
                for (int i = 0; i < 8; i++) {
                    int from = (i + 1) * SYMBOLS;
                    int best = from;
                    for (int c = from; c < from + SYMBOLS; c++) {
                        best = logits[c] > logits[best] ? c : best;
                    }
                    assertEquals(best - from, made[i], "token " + i);
                }
            }
        }
    }

    @Test
    void oneBeamIsGreedyAndLongTextsGoOn() {
        try (var engine = Engine.open(Device.cpu())) {
            var model = decoder(engine, true);
            try (var plain = Generator.of(engine, model); var one = Generator.of(engine, model, 1);
                    var many = Generator.of(engine, model, 3)) {
                int[] prompt = {4};
                var greedy = plain.generate(prompt, 6, Sampling.GREEDY, new SeededRandom(0), id -> true);
                assertArrayEquals(greedy, one.beam(prompt, 6, -1));
                assertEquals(6, many.beam(prompt, 6, -1).length);
                // longer than what the decoder looks at
                assertEquals(30,
                        plain.generate(prompt, 30, Sampling.of(1), new SeededRandom(0), id -> true).length);
            }
        }
    }

    /// The real weights of a model of another program write what they write there, letter by letter.
    @Test
    void stories260K() throws IOException {
        var models = Path.of(System.getProperty("ijen.shared", "../../shared")).resolve("data/models");
        Assumptions.assumeTrue(Files.exists(models.resolve("stories260K.bin")), "no data at " + models);
        try (var model = TextModel.load(models.resolve("stories260K.bin"), models.resolve("tok512.bin"),
                TrainOptions.defaults().withDevice(Device.cpu()))) {
            var shown = new StringBuilder();
            var written = model.write("", new TextModel.Request(Sampling.GREEDY, 0, 200, 0), shown::append,
                    () -> false);
            var expected = Files.readString(models.resolve("stories260K-expected-greedy-200.txt"));
            assertEquals(expected, written.text());
            assertEquals(expected, shown.toString());
            assertTrue(written.speed() > 0);
            // with a prompt: its own text is not repeated
            var more = model.write("Once upon a time", new TextModel.Request(Sampling.GREEDY, 0, 5, 0), s -> {},
                    () -> false);
            assertTrue(expected.startsWith("Once upon a time" + more.text()), more.text());
        }
    }
}
