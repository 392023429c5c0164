package dev.ijen.text;

import java.nio.charset.StandardCharsets;
import java.util.PriorityQueue;

/// Byte-pair encoding (Sennrich et al. 2016): a word starts as characters, and the pair of neighbours that was learnt
/// first is merged, leftmost first, until no pair is left that was learnt.
final class Bpe implements Model {
    /// Words up to this length look through all pairs at each merge; longer ones keep a queue.
    private static final int SHORT = 64;

    private final Vocabulary vocabulary;
    private final Merges merges;
    private final Options options;
    private final int[] latin; // numbers of the tokens of one character below 512, or -1

    /// What a vocabulary's file may ask for besides merges.
    ///
    /// @param unknown number of the unknown token, or -1: unknown characters are left out
    /// @param fuseUnknown whether neighbouring unknown characters become one token
    /// @param bytes numbers of `<0x00>` to `<0xFF>` for unknown characters, or null
    /// @param prefix of characters that continue a word
    /// @param suffix of the character that ends a word
    /// @param wholeFirst whether a word that is a token is not cut
    record Options(
            int unknown, boolean fuseUnknown, int[] bytes, String prefix, String suffix, boolean wholeFirst) {
        static final Options NONE = new Options(-1, false, null, "", "", false);
    }

    Bpe(Vocabulary vocabulary, Merges merges, Options options) {
        this.vocabulary = vocabulary;
        this.merges = merges;
        this.options = options;
        this.latin = new int[512];
        for (int c = 0; c < latin.length; c++) {
            latin[c] = vocabulary.id(String.valueOf((char) c));
        }
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
        if (options.wholeFirst()) {
            int id = vocabulary.id(word);
            if (id >= 0) {
                to.add(id, 0, n);
                return;
            }
        }
        var ids = new int[n * (options.bytes() == null ? 1 : 3)];
        var ends = new int[ids.length];
        int count = characters(word, ids, ends);
        if (count <= SHORT) {
            count = mergeShort(ids, ends, count);
        } else {
            count = mergeLong(ids, ends, count);
        }
        int start = 0;
        for (int i = 0; i < count; i++) {
            int from = start;
            if (i > 0 && ends[i] == ends[i - 1]) {
                from = i == 0 ? 0 : startOf(ends, i); // several bytes of one character
            }
            to.add(ids[i], from, ends[i]);
            start = ends[i];
        }
    }

    private static int startOf(int[] ends, int i) {
        int k = i;
        while (k > 0 && ends[k - 1] == ends[i]) {
            k--;
        }
        return k == 0 ? 0 : ends[k - 1];
    }

    private int characters(String word, int[] ids, int[] ends) {
        int n = word.length();
        int count = 0;
        boolean unknownBefore = false;
        boolean plain = options.prefix().isEmpty() && options.suffix().isEmpty();
        for (int i = 0; i < n;) {
            int c = word.codePointAt(i);
            int end = i + Character.charCount(c);
            int id;
            if (plain && c < latin.length) {
                id = latin[c];
            } else {
                id = vocabulary.id((i > 0 ? options.prefix() : "") + word.substring(i, end)
                        + (end == n ? options.suffix() : ""));
            }
            if (id >= 0) {
                ids[count] = id;
                ends[count++] = end;
                unknownBefore = false;
            } else if (options.bytes() != null) {
                for (byte b : word.substring(i, end).getBytes(StandardCharsets.UTF_8)) {
                    ids[count] = options.bytes()[b & 0xff];
                    ends[count++] = end;
                }
                unknownBefore = false;
            } else if (options.unknown() >= 0) {
                if (unknownBefore && options.fuseUnknown()) {
                    ends[count - 1] = end;
                } else {
                    ids[count] = options.unknown();
                    ends[count++] = end;
                }
                unknownBefore = true;
            }
            i = end;
        }
        return count;
    }

    private int mergeShort(int[] ids, int[] ends, int count) {
        while (count > 1) {
            int best = -1;
            int least = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < count; i++) {
                int m = merges.find(ids[i], ids[i + 1]);
                if (m >= 0 && merges.rank(m) < least) {
                    least = merges.rank(m);
                    best = i;
                }
            }
            if (best < 0) {
                break;
            }
            ids[best] = merges.result(merges.find(ids[best], ids[best + 1]));
            ends[best] = ends[best + 1];
            int left = count - best - 2;
            System.arraycopy(ids, best + 2, ids, best + 1, left);
            System.arraycopy(ends, best + 2, ends, best + 1, left);
            count--;
        }
        return count;
    }

    private record Candidate(int rank, int left, int leftId, int rightId) implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate o) {
            return rank != o.rank ? Integer.compare(rank, o.rank) : Integer.compare(left, o.left);
        }
    }

    private int mergeLong(int[] ids, int[] ends, int count) {
        var next = new int[count];
        var before = new int[count];
        for (int i = 0; i < count; i++) {
            next[i] = i + 1 < count ? i + 1 : -1;
            before[i] = i - 1;
        }
        var queue = new PriorityQueue<Candidate>();
        for (int i = 0; i + 1 < count; i++) {
            offer(queue, ids, i, i + 1);
        }
        for (var c = queue.poll(); c != null; c = queue.poll()) {
            int right = ids[c.left] == c.leftId ? next[c.left] : -1;
            if (right < 0 || ids[right] != c.rightId) {
                continue; // one of them has been merged meanwhile
            }
            ids[c.left] = merges.result(merges.find(c.leftId, c.rightId));
            ends[c.left] = ends[right];
            ids[right] = -1;
            next[c.left] = next[right];
            if (next[right] >= 0) {
                before[next[right]] = c.left;
                offer(queue, ids, c.left, next[right]);
            }
            if (before[c.left] >= 0) {
                offer(queue, ids, before[c.left], c.left);
            }
        }
        int kept = 0;
        for (int i = 0; i >= 0; i = next[i]) {
            ids[kept] = ids[i];
            ends[kept++] = ends[i];
        }
        return kept;
    }

    private void offer(PriorityQueue<Candidate> queue, int[] ids, int left, int right) {
        int m = merges.find(ids[left], ids[right]);
        if (m >= 0) {
            queue.add(new Candidate(merges.rank(m), left, ids[left], ids[right]));
        }
    }
}
