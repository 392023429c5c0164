package dev.ijen.text;

/// Words as paths of UTF-16 units; a node carries the number of the word that ends in it.
final class Trie {
    static final int ROOT = 0;
    private final LongIntMap edges;
    private final IntList ends = new IntList(1024);

    Trie(int expected) {
        edges = new LongIntMap(expected);
        ends.add(-1);
    }

    /// Adds a word; the first of equal words counts.
    void add(String word, int id) {
        int node = ROOT;
        for (int i = 0; i < word.length(); i++) {
            int next = step(node, word.charAt(i));
            if (next < 0) {
                next = ends.size();
                ends.add(-1);
                edges.putIfAbsent((long) node << 16 | word.charAt(i), next);
            }
            node = next;
        }
        if (ends.get(node) < 0) {
            ends.array()[node] = id;
        }
    }

    /// The node behind `node` by `c`, or -1.
    int step(int node, char c) {
        return edges.get((long) node << 16 | c);
    }

    /// The node that a text leads to, or -1.
    int walk(String text) {
        int node = ROOT;
        for (int i = 0; i < text.length() && node >= 0; i++) {
            node = step(node, text.charAt(i));
        }
        return node;
    }

    /// The word that ends in a node, or -1.
    int end(int node) {
        return ends.get(node);
    }
}
