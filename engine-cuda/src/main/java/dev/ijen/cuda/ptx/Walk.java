package dev.ijen.cuda.ptx;

import java.util.HashMap;
import java.util.Map;

/// One counter that runs over some axes in row-major order. Indices are made from it by divisions by constants, and by fewer
/// of them where an access walks neighbouring axes as one.
final class Walk {
    private final Asm asm;
    private final int[] axes;
    private final int[] extent;
    private final int[] unit;
    private final String counter;
    private final Map<Integer, String> quotients = new HashMap<>();
    private final Map<String, String> indices = new HashMap<>();

    /// @param space extents of all axes
    /// @param axes those the counter runs over
    /// @param lanes so many elements of the last axis of the space are one step
    Walk(Asm asm, int[] space, int[] axes, int lanes, String counter) {
        this.asm = asm;
        this.axes = axes;
        this.counter = counter;
        extent = new int[axes.length];
        unit = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            unit[i] = axes[i] == space.length - 1 ? lanes : 1;
            extent[i] = space[axes[i]] / unit[i];
        }
    }

    /// Σ stride · coordinate over these axes in a 32-bit register, or null if it is 0 everywhere.
    String index(int[] stride) {
        var s = new int[axes.length];
        var key = new StringBuilder();
        for (int i = 0; i < s.length; i++) {
            s[i] = extent[i] == 1 ? 0 : stride[axes[i]] * unit[i];
            key.append(s[i]).append(' ');
        }
        // not computeIfAbsent: null is a value
        if (!indices.containsKey(key.toString())) {
            indices.put(key.toString(), sum(s));
        }
        return indices.get(key.toString());
    }

    private String sum(int[] s) {
        String sum = null;
        for (int b = s.length - 1; b >= 0;) {
            int a = b;
            int size = extent[b];
            while (a > 0 && (s[a - 1] == s[b] * size || extent[a - 1] == 1) && s[b] != 0) {
                a--;
                size *= extent[a];
            }
            if (s[b] != 0) {
                String run = run(a, b, size);
                String by = Integer.toString(s[b]);
                if (sum != null) {
                    sum = asm.b32("mad.lo.s32", run, by, sum);
                } else {
                    sum = s[b] == 1 ? run : asm.b32("mul.lo.s32", run, by);
                }
            }
            b = a - 1;
        }
        return sum;
    }

    /// Position within axes a … b, whose extents multiply to `size`.
    private String run(int a, int b, int size) {
        String q = quotient(b);
        if (a == 0) {
            return q;
        }
        return asm.b32("mad.lo.s32", quotient(a - 1), Integer.toString(-size), q);
    }

    /// The counter without what axes after `i` contribute.
    private String quotient(int i) {
        int d = 1;
        for (int j = i + 1; j < extent.length; j++) {
            d *= extent[j];
        }
        int by = d;
        return by == 1 ? counter : quotients.computeIfAbsent(by, x -> divide(asm, counter, x));
    }

    /// n / d for 0 ≤ n < 2³¹ by a multiplication: with ℓ = ⌈log₂ d⌉ and m = ⌊2³¹⁺ˡ / d⌋ + 1 it is ⌊m · n / 2³¹⁺ˡ⌋ (Granlund and
    /// Montgomery, "Division by invariant integers using multiplication", PLDI 1994).
    static String divide(Asm asm, String n, int d) {
        if (d == 1) {
            return n;
        }
        int l = 32 - Integer.numberOfLeadingZeros(d - 1);
        if (Integer.bitCount(d) == 1) {
            return asm.b32("shr.u32", n, Integer.toString(l));
        }
        long m = (1L << 31 + l) / d + 1;
        String high = asm.b32("mul.hi.u32", n, Long.toString(m));
        return l == 1 ? high : asm.b32("shr.u32", high, Integer.toString(l - 1));
    }
}
