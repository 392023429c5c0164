package dev.ijen.data.text;

import dev.ijen.text.Tokenizer;
import java.util.List;
import java.util.stream.IntStream;

/// A tokenizer as a vocabulary whose texts begin and end with symbols.
///
/// @param begin the symbol every text begins with, which the tokenizer puts there
/// @param end the symbol a text ends with
public record Tokens(Tokenizer tokenizer, int begin, int end) implements Vocabulary {
    /// Of Llama, whose symbols 0, 1 and 2 are unknown, begin and end.
    public static Tokens llama(Tokenizer tokenizer) {
        return new Tokens(tokenizer, 1, 2);
    }

    @Override
    public int size() {
        return tokenizer.size();
    }

    @Override
    public boolean isEnd(int id) {
        return id == begin || id == end;
    }

    /// With the symbol of a beginning.
    @Override
    public int[] encode(String text) {
        return tokenizer.encode(text).ids();
    }

    /// Without symbols that begin or end a text.
    @Override
    public String decode(int[] ids) {
        return tokenizer.decode(ids);
    }

    @Override
    public List<String> symbols() {
        return IntStream.range(0, size()).mapToObj(tokenizer::token).toList();
    }
}
