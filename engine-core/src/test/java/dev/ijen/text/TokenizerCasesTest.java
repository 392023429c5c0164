package dev.ijen.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Json;
import dev.ijen.format.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Encodings that Hugging Face's libraries gave, for the vocabularies that are there.
class TokenizerCasesTest {
    @TempDir Path folder;

    @Test
    void gpt2FromJson() {
        var t = Tokenizer.load(SharedData.file("tokenizers/gpt2-tokenizer.json"));
        assertEquals(50_257, t.size());
        assertEquals(18, cases(t, "distilgpt2"));
    }

    @Test
    void gpt2FromVocabularyAndMerges() throws IOException {
        Files.copy(SharedData.file("tokenizers/gpt2-encoder.json"), folder.resolve("vocab.json"));
        Files.copy(SharedData.file("tokenizers/gpt2-vocab.bpe"), folder.resolve("merges.txt"));
        var t = Tokenizer.load(folder);
        assertEquals(18, cases(t, "distilgpt2"));
        longText(t, "tokenizers/swift-gpt2_encoded_tokens.json", false);
    }

    @Test
    void gpt2LongText() {
        longText(Tokenizer.load(SharedData.file("tokenizers/gpt2-tokenizer.json")),
                "tokenizers/swift-gpt2_encoded_tokens.json", false);
    }

    /// Whisper's English model has GPT-2's vocabulary and other special tokens.
    @Test
    void whisperEnglish() {
        var gpt2 = Tokenizer.load(SharedData.file("tokenizers/gpt2-tokenizer.json"));
        var p = gpt2.pipeline();
        var around = List.of(
                new Template.Part(new int[] {50_257, 50_362}, 0, 0), new Template.Part(null, 0, 0),
                new Template.Part(new int[] {50_256}, 0, 0));
        var added = List.of(
                special(50_256, "<|endoftext|>"), special(50_257, "<|startoftranscript|>"),
                special(50_362, "<|notimestamps|>"));
        var t = new Tokenizer(
                new Pipeline(added, null, p.preTokenizer(), p.model(), new Template(around, around), false,
                        p.decoder()),
                null, null);
        assertEquals(18, cases(t, "openai/whisper-tiny.en"));
    }

    private static AddedTokens.Added special(int id, String content) {
        return new AddedTokens.Added(id, content, true, false, false, false, false);
    }

    @Test
    void bertFromVocabulary() {
        var t = Tokenizer.load(SharedData.file("tokenizers/swift-bert-vocab.txt"));
        assertEquals(30_522, t.size());
        assertEquals(18, cases(t, "bert-base-uncased"));
        assertEquals(18, cases(t, "google-bert/bert-base-uncased"));
        longText(t, "tokenizers/swift-bert_uncased_encoded.json", true);
    }

    @Test
    void bertFromJson() {
        var t = Tokenizer.load(SharedData.file("tokenizers/minilm-bert-tokenizer.json"));
        assertEquals(18, cases(t.withPadding(null), "google-bert/bert-base-uncased"));
        longText(t.withPadding(null).withTruncation(null), "tokenizers/swift-bert_uncased_encoded.json", true);
        var e = t.encode("hello world");
        assertEquals(128, e.length());
        assertArrayEquals(new int[] {101, 7592, 2088, 102, 0, 0}, java.util.Arrays.copyOf(e.ids(), 6));
        assertEquals(4, java.util.Arrays.stream(e.attentionMask()).sum());
        assertEquals(126, java.util.Arrays.stream(e.specialTokensMask()).sum());
        var cut = t.encode("hello ".repeat(300));
        assertEquals(128, cut.length());
        assertEquals(102, cut.ids()[127]);
        var pair = t.withPadding(null).encode("hello", "world");
        assertArrayEquals(new int[] {101, 7592, 102, 2088, 102}, pair.ids());
        assertArrayEquals(new int[] {0, 0, 0, 1, 1}, pair.typeIds());
    }

    @Test
    void llama2() {
        var t = Tokenizer.load(SharedData.file("tokenizers/llama2c-tokenizer.bin"));
        assertEquals(32_000, t.size());
        assertEquals(18, cases(t, "coreml-projects/Llama-2-7b-chat-coreml"));
    }

    /// The story that llama2.c printed is its own tokens' text.
    @Test
    void stories() throws IOException {
        var t = Tokenizer.load(SharedData.file("models/tok512.bin"));
        assertEquals(512, t.size());
        String story = Files.readString(SharedData.file("models/stories260K-expected-greedy-200.txt")).strip();
        assertEquals(story, t.decode(t.encode(story).ids()));
    }

    /// As llama2.c's `run.c`: text that spells a symbol is text, and decodes to itself.
    @Test
    void textIsNoSymbol() {
        var t = Tokenizer.load(SharedData.file("models/tok512.bin"));
        int[] ids = t.encode("a<s>b</s>").ids();
        assertEquals(1, ids[0]);
        assertEquals(1, java.util.Arrays.stream(ids).filter(i -> i < 3).count(), java.util.Arrays.toString(ids));
        assertEquals("a<s>b</s>", t.decode(ids));
        assertArrayEquals(new int[] {1}, t.encode("").ids());
        assertEquals("", t.decode(1, 2));
    }

    /// The tiny file of swift-transformers: small letters, `\w+|[^\w\s]+`, merges that need one another.
    @Test
    void tiny() {
        var t = Tokenizer.load(SharedData.file("tokenizers/swift-tokenizer.json"));
        assertEquals(7, t.size());
        assertEquals(5, t.id("path"));
        assertArrayEquals(new int[] {6}, t.ids("_"));
        assertArrayEquals(new int[] {0, 2}, t.ids("<bos><eos>"));
    }

    @SuppressWarnings("unchecked")
    private static int cases(Tokenizer t, String model) {
        var all = (Map<String, Object>) Json.parse(SharedData.file("tokenizers/swift-tokenizer_tests.json"));
        int n = 0;
        for (var c : (List<Map<String, Object>>) all.get(model)) {
            String input = (String) c.get("input");
            var expected = (Map<String, Object>) c.get("encoded");
            var e = t.encode(input);
            assertArrayEquals(ints(expected.get("input_ids")), e.ids(), model + ": " + input);
            assertArrayEquals(ints(expected.get("attention_mask")), e.attentionMask(), model + ": " + input);
            if (expected.containsKey("token_type_ids")) {
                assertArrayEquals(ints(expected.get("token_type_ids")), e.typeIds(), model + ": " + input);
            }
            boolean cleaned = !model.contains("Llama");
            assertEquals(c.get("decoded_with_special"), shown(t.decode(e.ids(), false), cleaned), input);
            assertEquals(c.get("decoded_without_special"), shown(t.decode(e.ids()), cleaned), input);
            offsets(t, input);
            n++;
        }
        return n;
    }

    private static String shown(String decoded, boolean cleaned) {
        return cleaned ? Tokenizer.cleanUp(decoded) : decoded;
    }

    /// Both ways give the same numbers, and places ascend within the text.
    private static void offsets(Tokenizer t, String text) {
        var e = t.encode(text);
        int at = 0;
        var inner = new IntList(16);
        for (int i = 0; i < e.length(); i++) {
            if (e.specialTokensMask()[i] == 0) {
                inner.add(e.ids()[i]);
                assertTrue(e.starts()[i] >= 0 && e.ends()[i] <= text.length() && e.starts()[i] <= e.ends()[i]);
                assertTrue(e.ends()[i] >= at, text);
                at = e.ends()[i];
            }
        }
        assertArrayEquals(inner.toArray(), t.ids(text));
    }

    @SuppressWarnings("unchecked")
    private static void longText(Tokenizer t, String file, boolean bert) {
        var c = (Map<String, Object>) Json.parse(SharedData.file(file));
        String text = (String) c.get("text");
        int[] ids = t.encode(text).ids();
        assertArrayEquals(ints(c.get("token_ids")), ids);
        var tokens = (List<String>) c.get("bpe_tokens");
        int first = bert ? 1 : 0;
        for (int i = 0; i < tokens.size(); i++) {
            assertEquals(tokens.get(i), t.token(ids[i + first]));
        }
        String decoded = t.decode(ids, false);
        assertEquals(c.get("decoded_text"), bert ? Tokenizer.cleanUp(decoded) : decoded);
        offsets(t, text);
    }

    private static int[] ints(Object list) {
        return ((List<?>) list).stream().mapToInt(v -> (int) (long) (Long) v).toArray();
    }
}
