package dev.ijen.text;

import java.util.Arrays;

/// Hash table from `long` to `int` with open addressing: the table of merges and the edges of tries. Values are not
/// negative; keys are not -1.
final class LongIntMap {
    private long[] keys;
    private int[] values;
    private int size;
    private int mask;

    LongIntMap(int expected) {
        int n = Integer.highestOneBit(Math.max(8, expected)) * 4;
        keys = new long[n];
        values = new int[n];
        Arrays.fill(keys, -1);
        mask = n - 1;
    }

    private int slot(long key) {
        long h = key * 0x9E3779B97F4A7C15L;
        int i = (int) (h >>> 32) & mask;
        while (keys[i] != key && keys[i] != -1) {
            i = i + 1 & mask;
        }
        return i;
    }

    /// The value of a key, or -1.
    int get(long key) {
        int i = slot(key);
        return keys[i] == key ? values[i] : -1;
    }

    /// Adds a key unless it is there.
    ///
    /// @return whether it was new
    boolean putIfAbsent(long key, int value) {
        int i = slot(key);
        if (keys[i] == key) {
            return false;
        }
        keys[i] = key;
        values[i] = value;
        if (++size * 2 > keys.length) {
            grow();
        }
        return true;
    }

    private void grow() {
        long[] old = keys;
        int[] oldValues = values;
        keys = new long[old.length * 2];
        values = new int[keys.length];
        mask = keys.length - 1;
        Arrays.fill(keys, -1);
        for (int j = 0; j < old.length; j++) {
            if (old[j] != -1) {
                int i = slot(old[j]);
                keys[i] = old[j];
                values[i] = oldValues[j];
            }
        }
    }
}
