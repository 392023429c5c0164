package dev.ijen.train;

import dev.ijen.data.text.Vocabulary;
import dev.ijen.format.FormatException;
import dev.ijen.format.Json;
import dev.ijen.text.Tokenizer;
import dev.ijen.text.Truncation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/// The tokens of a `tokenizer.json` as a vocabulary.
///
/// @param tokenizer that makes them
/// @param end token that ends a text, or -1
/// @param json the file's text, kept with a model; null where the tokenizer came from other files
record Subwords(Tokenizer tokenizer, int end, String json) implements Vocabulary {
    static Subwords of(Tokenizer tokenizer, int end) {
        return new Subwords(tokenizer, end, null);
    }

    /// Of a `tokenizer.json`, whose text a model can keep.
    static Subwords read(Path file) {
        try {
            return parse(file.toString(), Json.write(Json.parse(file.toString(), Files.readString(file))));
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    static Subwords parse(String source, String json) {
        var t = Tokenizer.parse(source, json);
        return new Subwords(t, t.id("<|endoftext|>"), json);
    }

    @Override
    public int size() {
        return tokenizer.size();
    }

    /// The tokens alone; for an empty text the one that texts begin with, if there is any.
    @Override
    public int[] encode(String text) {
        return text.isEmpty() && end >= 0 ? new int[] {end} : tokenizer.ids(text);
    }

    /// With special tokens around them, which stay where the text is cut.
    @Override
    public int[] encode(String text, int most) {
        return tokenizer.withPadding(null).withTruncation(Truncation.to(most)).encode(text).ids();
    }

    @Override
    public int padding() {
        return IntStream.of(tokenizer.id("[PAD]"), tokenizer.id("<pad>")).filter(id -> id >= 0).findFirst().orElse(0);
    }

    @Override
    public String decode(int[] ids) {
        return tokenizer.decode(ids);
    }

    @Override
    public boolean isEnd(int id) {
        return id == end;
    }

    @Override
    public List<String> symbols() {
        return IntStream.range(0, size()).mapToObj(tokenizer::token).toList();
    }
}
