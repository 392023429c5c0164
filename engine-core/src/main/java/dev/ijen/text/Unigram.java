package dev.ijen.text;

import java.nio.charset.StandardCharsets;

/// The most likely cut under independent tokens (Kudo 2018), found by Viterbi's algorithm. A character that no token
/// covers costs ten more than the rarest token; neighbouring ones become one unknown token, or bytes.
final class Unigram implements Model {
    private static final double UNKNOWN_PENALTY = 10;
    private final Vocabulary vocabulary;
    private final double[] scores;
    private final int unknown;
    private final int[] bytes;
    private final double unknownScore;
    private final Trie trie;

    /// @param unknown number of the unknown token, or -1: unknown characters are left out
    /// @param bytes numbers of `<0x00>` to `<0xFF>`, or null
    Unigram(Vocabulary vocabulary, double[] scores, int unknown, int[] bytes) {
        this.vocabulary = vocabulary;
        this.scores = scores;
        this.unknown = unknown;
        this.bytes = bytes;
        this.trie = new Trie(vocabulary.size() * 3);
        vocabulary.ids().forEach(trie::add);
        double least = Double.POSITIVE_INFINITY;
        for (double s : scores) {
            least = Math.min(least, s);
        }
        this.unknownScore = least - UNKNOWN_PENALTY;
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void tokens(String word, Sink to) {
        int n = word.length();
        var score = new double[n + 1];
        var from = new int[n + 1];
        var token = new int[n + 1];
        java.util.Arrays.fill(from, -1);
        for (int at = 0; at < n; at += Character.charCount(word.codePointAt(at))) {
            int char1 = Character.charCount(word.codePointAt(at));
            boolean single = false;
            int node = Trie.ROOT;
            for (int i = at; i < n; i++) {
                node = trie.step(node, word.charAt(i));
                if (node < 0) {
                    break;
                }
                int id = trie.end(node);
                if (id >= 0) {
                    offer(score, from, token, at, i + 1, id, score[at] + scores[id]);
                    single |= i + 1 - at == char1;
                }
            }
            if (!single) {
                offer(score, from, token, at, at + char1, -1, score[at] + unknownScore);
            }
        }
        var path = new IntList(16);
        for (int end = n; end > 0; end = from[end]) {
            path.add(end);
        }
        for (int k = path.size() - 1; k >= 0; k--) {
            int end = path.get(k);
            int start = from[end];
            if (token[end] >= 0) {
                to.add(token[end], start, end);
                continue;
            }
            while (k > 0 && token[path.get(k - 1)] < 0) {
                end = path.get(--k);
            }
            unknown(word, start, end, to);
        }
    }

    private static void offer(double[] score, int[] from, int[] token, int at, int end, int id, double s) {
        if (from[end] < 0 || s > score[end]) {
            from[end] = at;
            token[end] = id;
            score[end] = s;
        }
    }

    private void unknown(String word, int start, int end, Sink to) {
        if (bytes != null) {
            for (byte b : word.substring(start, end).getBytes(StandardCharsets.UTF_8)) {
                to.add(bytes[b & 0xff], start, end);
            }
        } else if (unknown >= 0) {
            to.add(unknown, start, end);
        }
    }
}
