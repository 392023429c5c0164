package dev.ijen.generate;

import java.util.Arrays;

/// Tokens in the order of their logits, the greatest first and of equal ones the first; only as many as asked for are put in order.
final class Likeliest {
    /// The logit's order, then the token.
    private final long[] keys;
    private int sorted;

    Likeliest(float[] logits) {
        keys = new long[logits.length];
        for (int i = 0; i < keys.length; i++) {
            int bits = Float.floatToIntBits(-logits[i]);
            keys[i] = (long) (bits ^ bits >> 31 & 0x7fffffff) << 32 | i;
        }
    }

    /// The token at a place of the order.
    int get(int place) {
        if (place >= sorted) {
            int to = Math.min(keys.length, Math.max(place + 1, Math.max(64, 4 * sorted)));
            select(sorted, keys.length, to);
            Arrays.sort(keys, sorted, to);
            sorted = to;
        }
        return (int) keys[place];
    }

    /// Brings what is smallest from `from` on to the places before `to` (Hoare's quickselect).
    private void select(int from, int end, int to) {
        int low = from;
        int high = end - 1;
        while (low < high && to < end) {
            long pivot = keys[low + high >>> 1];
            int i = low;
            int j = high;
            while (i <= j) {
                while (keys[i] < pivot) {
                    i++;
                }
                while (keys[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    long k = keys[i];
                    keys[i++] = keys[j];
                    keys[j--] = k;
                }
            }
            if (to - 1 <= j) {
                high = j;
            } else if (to - 1 >= i) {
                low = i;
            } else {
                return;
            }
        }
    }
}
