package dev.ijen.text;

/// The longest token first, then the longest of those that continue a word (Wu et al. 2016, as in BERT).
final class WordPiece implements Model {
    private final Vocabulary vocabulary;
    private final int unknown;
    private final int mostChars;
    private final Trie trie;
    private final int inside;

    /// @param prefix of tokens that continue a word
    /// @param mostChars longer words are unknown
    WordPiece(Vocabulary vocabulary, int unknown, String prefix, int mostChars) {
        this.vocabulary = vocabulary;
        this.unknown = unknown;
        this.mostChars = mostChars;
        this.trie = new Trie(vocabulary.size() * 3);
        vocabulary.ids().forEach(trie::add);
        this.inside = trie.walk(prefix);
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void tokens(String word, Sink to) {
        int n = word.length();
        if (n == 0) {
            return;
        }
        if (n > mostChars && word.codePointCount(0, n) > mostChars) {
            to.add(unknown, 0, n);
            return;
        }
        int before = to.ids.size();
        int at = 0;
        while (at < n) {
            int node = at == 0 ? Trie.ROOT : inside;
            int best = -1;
            int end = at;
            for (int i = at; i < n && node >= 0; i++) {
                node = trie.step(node, word.charAt(i));
                if (node >= 0 && trie.end(node) >= 0) {
                    best = trie.end(node);
                    end = i + 1;
                }
            }
            if (best < 0) {
                to.drop(before);
                to.add(unknown, 0, n);
                return;
            }
            to.add(best, at, end);
            at = end;
        }
    }
}
