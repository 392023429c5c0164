package dev.ijen.text;

import java.util.Arrays;

/// An encoded text.
///
/// @param ids tokens' numbers
/// @param typeIds which of a pair of texts each token belongs to (0 or 1)
/// @param attentionMask 0 for padding, 1 for all others
/// @param specialTokensMask 1 for tokens that stand for no text
/// @param starts first UTF-16 unit of the text of each token; 0 for special tokens
/// @param ends behind the last one
@SuppressWarnings("ArrayRecordComponent") // the arrays are the caller's own
public record Encoding(
        int[] ids, int[] typeIds, int[] attentionMask, int[] specialTokensMask, int[] starts, int[] ends) {
    /// Tokens of one text, all of them of it.
    static Encoding plain(int[] ids, int[] starts, int[] ends, int type) {
        var types = new int[ids.length];
        Arrays.fill(types, type);
        var ones = new int[ids.length];
        Arrays.fill(ones, 1);
        return new Encoding(ids, types, ones, new int[ids.length], starts, ends);
    }

    /// How many tokens.
    public int length() {
        return ids.length;
    }

    Encoding slice(int a, int b) {
        return new Encoding(
                Arrays.copyOfRange(ids, a, b),
                Arrays.copyOfRange(typeIds, a, b),
                Arrays.copyOfRange(attentionMask, a, b),
                Arrays.copyOfRange(specialTokensMask, a, b),
                Arrays.copyOfRange(starts, a, b),
                Arrays.copyOfRange(ends, a, b));
    }

    Encoding typed(int type) {
        var types = new int[ids.length];
        Arrays.fill(types, type);
        return new Encoding(ids, types, attentionMask, specialTokensMask, starts, ends);
    }

    Encoding join(Encoding o) {
        return new Encoding(
                join(ids, o.ids), join(typeIds, o.typeIds), join(attentionMask, o.attentionMask),
                join(specialTokensMask, o.specialTokensMask), join(starts, o.starts), join(ends, o.ends));
    }

    private static int[] join(int[] a, int[] b) {
        var all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    static Encoding special(int id, int type, int attention, int n) {
        var ids = new int[n];
        Arrays.fill(ids, id);
        var types = new int[n];
        Arrays.fill(types, type);
        var mask = new int[n];
        Arrays.fill(mask, attention);
        var ones = new int[n];
        Arrays.fill(ones, 1);
        return new Encoding(ids, types, mask, ones, new int[n], new int[n]);
    }
}
