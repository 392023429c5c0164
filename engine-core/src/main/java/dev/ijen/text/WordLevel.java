package dev.ijen.text;

/// A word is a token.
///
/// @param unknown number of the token for all other words, or -1: they are left out
record WordLevel(Vocabulary vocabulary, int unknown) implements Model {
    @Override
    public void tokens(String word, Sink to) {
        int id = vocabulary.id(word);
        if (id < 0) {
            id = unknown;
        }
        if (id >= 0) {
            to.add(id, 0, word.length());
        }
    }
}
