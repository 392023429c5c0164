package dev.ijen.text;

/// Cuts one word into tokens.
sealed interface Model permits Bpe, WordPiece, Unigram, WordLevel {
    /// Adds the tokens of a word.
    void tokens(String word, Sink to);

    Vocabulary vocabulary();

    /// Receives tokens with their place in the word.
    final class Sink {
        final IntList ids = new IntList(32);
        final IntList starts = new IntList(32);
        final IntList ends = new IntList(32);

        void add(int id, int start, int end) {
            ids.add(id);
            starts.add(start);
            ends.add(end);
        }

        /// Takes back all tokens from the `n`-th on.
        void drop(int n) {
            ids.drop(n);
            starts.drop(n);
            ends.drop(n);
        }

        void clear() {
            ids.clear();
            starts.clear();
            ends.clear();
        }
    }
}
