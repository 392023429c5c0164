package dev.ijen.text;

import java.util.Arrays;

/// The tokens of words seen before: an open hash table over the words' characters, bounded; a full one is emptied.
final class WordCache {
    static final int LONGEST = 40;
    private static final int SLOTS = 1 << 17;
    private static final int MOST = SLOTS / 2;

    private final int[] hashes = new int[SLOTS];
    private final int[] at = new int[SLOTS]; // place in `chars`, or -1
    private final int[] lengths = new int[SLOTS];
    private final int[] tokens = new int[SLOTS]; // the token itself if there is one, else its place in `ids`
    private final int[] counts = new int[SLOTS];
    private char[] chars = new char[1 << 16];
    private int charsUsed;
    private final IntList ids = new IntList(1 << 12);
    private int size;

    WordCache() {
        Arrays.fill(at, -1);
    }

    static int hash(char[] text, int from, int to) {
        int h = to - from;
        for (int i = from; i < to; i++) {
            h = (h ^ text[i]) * 0x01000193;
            h ^= h >>> 15;
        }
        return h ^ h >>> 13;
    }

    /// The slot of a word: with it, or free for it.
    int slot(int hash, char[] text, int from, int to) {
        int n = to - from;
        int i = hash & SLOTS - 1;
        while (at[i] >= 0) {
            if (hashes[i] == hash && lengths[i] == n && same(at[i], text, from, n)) {
                return i;
            }
            i = i + 1 & SLOTS - 1;
        }
        return i;
    }

    private boolean same(int place, char[] text, int from, int n) {
        for (int i = 0; i < n; i++) {
            if (chars[place + i] != text[from + i]) {
                return false;
            }
        }
        return true;
    }

    /// Adds the tokens of the word in a slot.
    ///
    /// @return whether the slot held a word
    boolean emit(int slot, IntList to) {
        if (at[slot] < 0) {
            return false;
        }
        int n = counts[slot];
        if (n == 1) {
            to.add(tokens[slot]);
        } else {
            to.addAll(ids.array(), tokens[slot], n);
        }
        return true;
    }

    /// Keeps a word in a free slot.
    void put(int slot, int hash, char[] text, int from, int to, IntList word) {
        if (size == MOST) {
            Arrays.fill(at, -1);
            ids.clear();
            charsUsed = 0;
            size = 0;
            slot = slot(hash, text, from, to);
        }
        int n = to - from;
        if (charsUsed + n > chars.length) {
            chars = Arrays.copyOf(chars, chars.length * 2);
        }
        System.arraycopy(text, from, chars, charsUsed, n);
        hashes[slot] = hash;
        at[slot] = charsUsed;
        lengths[slot] = n;
        counts[slot] = word.size();
        if (word.size() == 1) {
            tokens[slot] = word.get(0);
        } else {
            tokens[slot] = ids.size();
            ids.addAll(word.array(), 0, word.size());
        }
        charsUsed += n;
        size++;
    }
}
