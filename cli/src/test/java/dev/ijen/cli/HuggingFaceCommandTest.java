package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.data.SeededRandom;
import dev.ijen.format.Json;
import dev.ijen.format.Safetensors;
import dev.ijen.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Folders in Hugging Face's layout on the command line. That their numbers are right is `HuggingFaceTest`'s matter.
final class HuggingFaceCommandTest {
    private static final int VOCABULARY = 272;
    private static final int C = 16;

    @TempDir Path folder;
    private Path gpt2;
    private Path bert;
    private Path texts;
    private final SeededRandom random = new SeededRandom(5);

    @BeforeEach
    void folders() throws IOException {
        var text = Files.writeString(folder.resolve("t.txt"),
                "the cat sat on the mat. a dog ran to the log. ".repeat(40));
        gpt2 = Files.createDirectory(folder.resolve("gpt2"));
        Cli.run("tokenizer", "train", text, "--vocab", VOCABULARY, "--out", gpt2.resolve("tokenizer.json")).ok();
        Files.writeString(gpt2.resolve("config.json"),
                Json.write(Map.of("model_type", "gpt2", "vocab_size", (long) size(), "n_positions",
                        32L, "n_embd", (long) C, "n_head", 2L, "n_layer", 1L)));
        var w = new LinkedHashMap<String, HostTensor>();
        put(w, "transformer.wte.weight", size(), C);
        put(w, "transformer.wpe.weight", 32, C);
        norm(w, "transformer.h.0.ln_1");
        norm(w, "transformer.h.0.ln_2");
        norm(w, "transformer.ln_f");
        for (var layer : new String[][] {{"attn.c_attn", "16", "48"}, {"attn.c_proj", "16", "16"},
            {"mlp.c_fc", "16", "64"}, {"mlp.c_proj", "64", "16"}}) {
            put(w, "transformer.h.0." + layer[0] + ".weight", Integer.parseInt(layer[1]), Integer.parseInt(layer[2]));
            put(w, "transformer.h.0." + layer[0] + ".bias", Integer.parseInt(layer[2]));
        }
        Safetensors.write(gpt2.resolve("model.safetensors"), w, Map.of());
        texts = Files.createDirectory(folder.resolve("texts"));
        Files.writeString(texts.resolve("cats.txt"), "the cat sat\na cat sat on the mat\n".repeat(20));
        Files.writeString(texts.resolve("dogs.txt"), "a dog ran\nthe dog ran to the log\n".repeat(20));
        bertFolder();
    }

    private int size() {
        return dev.ijen.text.Tokenizer.load(gpt2.resolve("tokenizer.json")).size();
    }

    private void bertFolder() throws IOException {
        bert = Files.createDirectory(folder.resolve("bert"));
        Files.copy(gpt2.resolve("tokenizer.json"), bert.resolve("tokenizer.json"));
        Files.writeString(bert.resolve("config.json"), """
                {"model_type": "bert", "architectures": ["BertModel"], "vocab_size": %d, "max_position_embeddings": 32, "hidden_size": 16,
                 "num_attention_heads": 2, "num_hidden_layers": 1, "intermediate_size": 32, "type_vocab_size": 2, "hidden_dropout_prob": 0}
                """.formatted(size()));
        var w = new LinkedHashMap<String, HostTensor>();
        put(w, "bert.embeddings.word_embeddings.weight", size(), C);
        put(w, "bert.embeddings.position_embeddings.weight", 32, C);
        put(w, "bert.embeddings.token_type_embeddings.weight", 2, C);
        norm(w, "bert.embeddings.LayerNorm");
        var p = "bert.encoder.layer.0.";
        for (var name : new String[] {"attention.self.query", "attention.self.key", "attention.self.value",
            "attention.output.dense"}) {
            linear(w, p + name, C, C);
        }
        norm(w, p + "attention.output.LayerNorm");
        linear(w, p + "intermediate.dense", 32, C);
        linear(w, p + "output.dense", C, 32);
        norm(w, p + "output.LayerNorm");
        linear(w, "bert.pooler.dense", C, C);
        Safetensors.write(bert.resolve("model.safetensors"), w, Map.of());
    }

    private void linear(Map<String, HostTensor> w, String name, int out, int in) {
        put(w, name + ".weight", out, in);
        put(w, name + ".bias", out);
    }

    private void norm(Map<String, HostTensor> w, String name) {
        var ones = new float[C];
        java.util.Arrays.fill(ones, 1);
        w.put(name + ".weight", HostTensor.of(ones, C));
        w.put(name + ".bias", HostTensor.of(new float[C], C));
    }

    private void put(Map<String, HostTensor> w, String name, int... dims) {
        int n = 1;
        for (int d : dims) {
            n *= d;
        }
        var f = new float[n];
        for (int i = 0; i < n; i++) {
            f[i] = (float) (random.nextDouble() - 0.5);
        }
        w.put(name, HostTensor.of(f, dims));
    }

    @Test
    void aFolderWritesIsShownAndConverted() {
        var first = Cli.run("generate", gpt2, "--prompt", "the cat", "--temperature", 0, "--max-tokens", 12, "--json",
                "--device", "cpu").ok().json();
        var again = Cli.run("generate", gpt2, "--prompt", "the cat", "--temperature", 0, "--max-tokens", 12, "--quiet",
                "--device", "cpu").ok();
        assertEquals(first.get("text"), again.out());
        assertFalse(again.out().isEmpty());
        var shown = Cli.run("inspect", gpt2, "--json").ok().json();
        long blocks = 2L * 2 * C + 16 * 48 + 48 + 16 * 16 + 16 + 16 * 64 + 64 + 64 * 16 + 16;
        assertEquals((long) size() * C + 32 * C + blocks + 2 * C, shown.get("parameters"));
        assertEquals("gpt2", shown.get("kind"));
        assertTrue(Cli.run("inspect", bert).ok().out().contains("bert, input I32[1, 32]"));
        var out = folder.resolve("w.npz");
        Cli.run("convert", gpt2, out).ok();
        assertTrue(dev.ijen.format.TensorFiles.read(out).containsKey("h.0.attn.c_attn.weight"));
        var block = Cli.run("generate", bert, "--device", "cpu").block(Exit.BAD_FILE);
        assertTrue(block.contains("bert"), block);
    }

    @Test
    void gpt2IsTrainedFurtherAndTheRunWritesAlone() throws IOException {
        var config = Files.writeString(folder.resolve("lm.yaml"), """
                name: lm
                task: {type: language-model, length: 16}
                data: {path: %s, tokenizer: %s}
                model:
                  layers:
                    - pretrained: %s
                optimizer: {lr: 0.01, frozen: ['0.positions.*']}
                training: {epochs: 30, batch_size: 4}
                """.formatted(folder.resolve("t.txt"), gpt2.resolve("tokenizer.json"), gpt2));
        var run = folder.resolve("run");
        var result = Cli.run("train", config, "--out", run, "--device", "cpu", "--json").ok().json();
        assertEquals("completed", result.get("outcome"));
        // it has learnt the text, and needs neither the folder nor the tokenizer's file any more
        Files.move(gpt2, folder.resolve("gone"));
        var text = Cli.run("generate", run, "--prompt", "the cat", "--temperature", 0, "--max-tokens", 6, "--quiet",
                "--device", "cpu").ok().out();
        assertTrue(text.startsWith(" sat on the"), text);
        var positions = Safetensors.read(run.resolve("checkpoints/last/model.safetensors")).get("0.positions.weight");
        assertTrue(java.util.Arrays.equals(positions.toFloatArray(),
                Safetensors.read(folder.resolve("gone/model.safetensors")).get("transformer.wpe.weight")
                        .toFloatArray()));
    }

    @Test
    void bertLearnsClassesWithAdapters() throws IOException {
        var config = Files.writeString(folder.resolve("classes.yaml"), """
                name: classes
                task: {length: 12}
                data: {kind: lines, path: %s, files: [cats.txt, dogs.txt], tokenizer: %s, test: 0.3}
                model:
                  layers:
                    - pretrained: %s
                    - output
                lora: {rank: 2, targets: ['*.qkv'], train: ['1.*']}
                optimizer: {lr: 0.03}
                training: {epochs: 6, batch_size: 8}
                """.formatted(texts, bert.resolve("tokenizer.json"), bert));
        var run = folder.resolve("run");
        var plan = Cli.run("train", config, "--dry-run", "--json", "--device", "cpu").ok().json();
        assertEquals(2L * (16 + 48) + 16 * 2 + 2, plan.get("trainable"));
        Cli.run("train", config, "--out", run, "--device", "cpu").ok();
        Files.move(bert, folder.resolve("gone"));
        var result = Cli.run("eval", run, "--json", "--device", "cpu").ok().json();
        assertEquals(1.0, result.get("accuracy"));
        var merged = folder.resolve("merged");
        Cli.run("export", run, "--merge", merged).ok();
        assertEquals(((Number) result.get("loss")).doubleValue(),
                ((Number) Cli.run("eval", merged, "--json", "--device", "cpu").ok().json().get("loss")).doubleValue(),
                1e-4);
    }
}
