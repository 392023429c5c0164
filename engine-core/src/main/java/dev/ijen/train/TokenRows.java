package dev.ijen.train;

import dev.ijen.data.text.Marked;
import dev.ijen.data.text.Masking;
import dev.ijen.data.text.Vocabulary;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import java.util.List;

/// Texts as rows of tokens, I32 [length].
public sealed interface TokenRows extends Preprocessor {
    /// Symbols.
    Vocabulary vocabulary();

    /// Most tokens of a text.
    int length();

    @Override
    default Shape shape() {
        return Shape.of(length());
    }

    @Override
    default DType dtype() {
        return DType.I32;
    }

    /// Texts to go on with, or with classes.
    ///
    /// @param vocabulary symbols
    /// @param length tokens of an example
    /// @param classNames by index
    record Tokens(Vocabulary vocabulary, int length, List<String> classNames) implements TokenRows {
        /// Copies the list.
        public Tokens {
            classNames = List.copyOf(classNames);
        }
    }

    /// A text with hidden tokens, whose symbols are told.
    ///
    /// @param vocabulary symbols, the mask before all others
    /// @param length tokens of an example
    /// @param share of tokens hidden
    /// @param counts how often each symbol stands in the training part
    record Masked(Marked vocabulary, int length, double share, List<Long> counts) implements TokenRows {
        /// Copies the list.
        public Masked {
            counts = List.copyOf(counts);
        }

        /// What is hidden, and how.
        Masking masking() {
            return new Masking(share, vocabulary.id(Marked.MASK), vocabulary.marks().size(), vocabulary.size());
        }

        /// Probability of each symbol in the training part, with one more of each, so that none is impossible.
        double[] chances() {
            double sum = counts.stream().mapToLong(Long::longValue).sum() + counts.size();
            return counts.stream().mapToDouble(c -> (c + 1) / sum).toArray();
        }

        /// A symbol as it is read.
        String name(int id) {
            return vocabulary.shown(new int[] {id});
        }
    }

    /// A text and the beginning of its answer, as one row [length + answer].
    ///
    /// @param vocabulary symbols of both; before all others those that fill up, begin and end
    /// @param length most tokens of a text
    /// @param answer most tokens of an answer, its end included
    record Pairs(Marked vocabulary, int length, int answer) implements TokenRows {
        @Override
        public Shape shape() {
            return Shape.of(length + answer);
        }
    }
}
