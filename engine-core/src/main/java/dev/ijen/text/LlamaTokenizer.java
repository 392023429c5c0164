package dev.ijen.text;

import dev.ijen.format.FormatException;
import dev.ijen.text.AddedTokens.Added;
import dev.ijen.text.Template.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// llama2.c's `tokenizer.bin`: `int32` longest token, then for each token `float32` score, `int32` length and bytes
/// (<https://github.com/karpathy/llama2.c>). Tokens 0, 1 and 2 are unknown, begin and end. Any two tokens whose
/// concatenation is a token merge, the best score first; characters that are no token become bytes. Text is text: what
/// spells `<s>` does not become the begin, as in llama2.c's `run.c`.
final class LlamaTokenizer {
    private static final long MAX_BYTES = 64L << 20;

    private LlamaTokenizer() {}

    static Tokenizer read(Path file) {
        var tokens = new ArrayList<String>();
        var scores = new ArrayList<Float>();
        ByteBuffer in = bytes(file);
        int longest = in.remaining() < 4 ? -1 : in.getInt();
        if (longest < 1 || longest > 1 << 16) {
            throw broken(file, 0, "a longest token of " + longest + " bytes", "1 to 65536");
        }
        while (in.hasRemaining()) {
            int at = in.position();
            if (in.remaining() < 8) {
                throw broken(file, at, in.remaining() + " bytes", "a score and a length");
            }
            float score = in.getFloat();
            int n = in.getInt();
            if (n < 0 || n > in.remaining() || n > longest || Float.isNaN(score)) {
                throw broken(file, at, "a token of " + n + " bytes, score " + score,
                        "at most " + Math.min(longest, in.remaining()) + " bytes");
            }
            var b = new byte[n];
            in.get(b);
            tokens.add(text(b));
            scores.add(score);
        }
        if (tokens.size() < 3 + 256) {
            throw broken(file, in.position(), tokens.size() + " tokens", "at least 259: three special ones and bytes");
        }
        name(tokens, 0, "<unk>");
        name(tokens, 1, "<s>");
        name(tokens, 2, "</s>");
        return tokenizer(file, tokens, scores);
    }

    private static String text(byte[] b) {
        return new String(b, StandardCharsets.UTF_8);
    }

    /// llama2.c pads these with line ends.
    private static void name(List<String> tokens, int id, String name) {
        if (tokens.get(id).strip().equals(name)) {
            tokens.set(id, name);
        }
    }

    private static Tokenizer tokenizer(Path file, List<String> tokens, List<Float> scores) {
        var v = Vocabulary.of(tokens);
        int[] bytes = ModelSpecs.byteTokens(v);
        if (bytes == null) {
            throw broken(file, 4, "no tokens <0x00> to <0xFF>", "all of them", "use a tokenizer.bin of llama2.c");
        }
        var order = IntStream.range(259, tokens.size()).boxed()
                .sorted((a, b) -> Float.compare(scores.get(b), scores.get(a))).toList();
        var merges = new Merges(tokens.size() * 4);
        int rank = -1;
        float before = Float.NaN;
        for (int id : order) {
            if (scores.get(id) != before) {
                rank++; // equal scores: the leftmost pair first
                before = scores.get(id);
            }
            String t = tokens.get(id);
            if (v.id(t) != id) {
                continue; // the first of equal tokens counts
            }
            for (int i = 1; i < t.length(); i++) {
                int left = v.id(t.substring(0, i));
                int right = left < 0 ? -1 : v.id(t.substring(i));
                if (right >= 0) {
                    merges.add(left, right, rank, id);
                }
            }
        }
        var added = new ArrayList<Added>();
        for (int id = 0; id < 3; id++) {
            added.add(Added.symbol(id, tokens.get(id)));
        }
        var begin = new Part(new int[] {1}, 0, 0);
        var template = new Template(
                List.of(begin, new Part(null, 0, 0)),
                List.of(begin, new Part(null, 0, 0), begin, new Part(null, 1, 1)));
        var decoder = new Decoder.All(List.of(
                new Decoder.ByteFallback(), new Decoder.Fuse(), new Decoder.Strip(' ', 1, 0)));
        var model = new Bpe(v, merges, new Bpe.Options(0, false, bytes, "", "", false));
        return new Tokenizer(
                new Pipeline(added, new Normalizer.Prepend(" "), null, model, template, false, decoder), null, null);
    }

    private static ByteBuffer bytes(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw FormatException.unsupported(
                        file, "size", Files.size(file) + " bytes", "at most " + MAX_BYTES,
                        "check that it is the right file");
            }
            return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    private static FormatException broken(Path file, int at, String got, String expected) {
        return broken(file, at, got, expected, "check that it is llama2.c's tokenizer.bin, and fetch it again");
    }

    private static FormatException broken(Path file, int at, String got, String expected, String fix) {
        return FormatException.damaged(file, "offset " + at, got, expected, fix);
    }
}
