package dev.ijen.text;

/// Pairs of tokens that merge: their rank (least first) and the token they become.
final class Merges {
    private final LongIntMap index;
    private final IntList ranks;
    private final IntList results;

    Merges(int expected) {
        index = new LongIntMap(expected);
        ranks = new IntList(expected);
        results = new IntList(expected);
    }

    /// Adds a pair; the last of equal pairs counts, as in other readers of these files.
    void add(int left, int right, int rank, int result) {
        long key = key(left, right);
        if (index.putIfAbsent(key, ranks.size())) {
            ranks.add(rank);
            results.add(result);
        } else {
            int at = index.get(key);
            ranks.array()[at] = rank;
            results.array()[at] = result;
        }
    }

    /// The number of the merge of two tokens, or -1.
    int find(int left, int right) {
        return index.get(key(left, right));
    }

    int rank(int merge) {
        return ranks.get(merge);
    }

    int result(int merge) {
        return results.get(merge);
    }

    int size() {
        return ranks.size();
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }
}
