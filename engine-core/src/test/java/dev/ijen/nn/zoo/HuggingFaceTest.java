package dev.ijen.nn.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.SeededRandom;
import dev.ijen.format.FormatException;
import dev.ijen.format.Safetensors;
import dev.ijen.generate.Generator;
import dev.ijen.generate.Sampling;
import dev.ijen.nn.Module;
import dev.ijen.nn.OnEngine;
import dev.ijen.tensor.HostTensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Checkpoints in Hugging Face's layout against what an implementation in PyTorch gave in float64. `make_reference.py` beside the
/// checkpoints made both, from the papers' formulas and PyTorch's own attention and encoder layers.
class HuggingFaceTest extends OnEngine {
    @TempDir Path temp;

    static Path folder(String name) {
        try {
            return Path.of(HuggingFaceTest.class.getResource("hf/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, HostTensor> expected(String name) {
        return Safetensors.read(folder(name).resolve("expected.safetensors"));
    }

    private static void close(HostTensor expected, HostTensor got, double tolerance) {
        assertEquals(expected.shape(), got.shape());
        double worst = 0;
        for (int i = 0; i < expected.shape().size(); i++) {
            worst = Math.max(worst, Math.abs(expected.get(i) - got.get(i)));
        }
        assertTrue(worst <= tolerance, "differs by " + worst);
    }

    @Test
    void gpt2GivesTheReferencesLogitsAndText() {
        var ref = expected("gpt2");
        var model = (Decoder) HuggingFace.open(folder("gpt2")).model(engine);
        try (var step = engine.inference(model::apply); var generator = Generator.of(engine, model)) {
            close(ref.get("logits"), step.run(ref.get("ids")).get(0), 1e-5);
            int[] greedy = ref.get("greedy").toIntArray();
            int[] prompt = Arrays.copyOf(greedy, 3);
            // token by token, from the memory of keys and values
            assertArrayEquals(Arrays.copyOfRange(greedy, 3, greedy.length),
                    generator.generate(prompt, greedy.length - 3, Sampling.of(0), new SeededRandom(0), id -> true));
        } finally {
            Module.close(model);
        }
    }

    @Test
    void bertGivesTheReferencesFeaturesAndLogitsWhereTextsAreOfDifferentLengths() {
        var ref = expected("bert");
        var model = (Bert) HuggingFace.open(folder("bert")).model(engine);
        try (var step = engine.inferenceProgram(in -> {
            var hidden = model.apply(in.get(0), in.get(1), in.get(2));
            return java.util.List.of(hidden, model.pooled(hidden), model.masked(hidden));
        }); var plain = engine.inference(model::apply)) {
            var y = step.run(ref.get("ids"), ref.get("types"), ref.get("lengths"));
            var lengths = ref.get("lengths").toIntArray();
            close(ref.get("hidden"), blank(lengths, y.get(0)), 1e-5);
            close(ref.get("pooled"), y.get(1), 1e-5);
            close(ref.get("logits"), blank(lengths, y.get(2)), 1e-5);
            // lengths are known by the padding; all of one text differs from the reference, whose later tokens are of a second
            var alone = blank(lengths, plain.run(ref.get("ids")).get(0));
            var type0 = blank(lengths,
                    step.run(ref.get("ids"), HostTensor.of(new int[27], 3, 9), ref.get("lengths")).get(0));
            assertArrayEquals(type0.toFloatArray(), alone.toFloatArray());
        } finally {
            Module.close(model);
        }
    }

    /// Sets what is behind a sequence's end to 0: it means nothing.
    private static HostTensor blank(int[] lengths, HostTensor t) {
        int steps = t.shape().dim(1);
        int width = t.shape().dim(2);
        for (int i = 0; i < t.shape().size(); i++) {
            if (i / width % steps >= lengths[i / width / steps]) {
                t.set(i, 0);
            }
        }
        return t;
    }

    @Test
    void whatIsMissingOrOfAnotherKindIsNamed() throws IOException {
        var e = assertThrows(FormatException.class, () -> HuggingFace.open(temp));
        assertTrue(e.getMessage().contains("config.json"), e.getMessage());
        Files.writeString(temp.resolve("config.json"), "{\"model_type\": \"t5\"}");
        e = assertThrows(FormatException.class, () -> HuggingFace.open(temp));
        assertTrue(e.getMessage().contains("t5") && e.getMessage().contains("gpt2 or bert"), e.getMessage());
        Files.writeString(temp.resolve("config.json"),
                Files.readString(folder("gpt2").resolve("config.json")).replace("\"n_embd\": 24", "\"n_embd\": 30"));
        e = assertThrows(FormatException.class, () -> HuggingFace.open(temp).model(engine));
        assertTrue(e.getMessage().contains("no weights"), e.getMessage());
        Files.copy(folder("gpt2").resolve("model.safetensors"), temp.resolve("model.safetensors"));
        e = assertThrows(FormatException.class, () -> HuggingFace.open(temp).model(engine));
        assertTrue(
                e.getMessage().contains("'wte.weight'") && e.getMessage().contains("[280, 24]")
                        && e.getMessage().contains("[280, 30]"),
                e.getMessage());
    }
}
