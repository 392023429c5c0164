package dev.ijen.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The lines of an image that the taps of a convolution in steps connect: pixels that are read, one step after the other, and the pixels of the result
/// to which they are added. Of a forward convolution a line is a line of outputs, and what a tap reads lies the stride apart; of the gradient of an
/// input, it is those inputs of a line that see the same taps, and these lie the stride apart.
///
/// Sums begin with a tap that reaches all of a line, so that nothing needs to be set to 0 before. Where there is none, or no tap at all, the line is cleared.
///
/// @param taps of each list
/// @param lists for each, of runs of lines: the first pixel that is read, the first of the result, how many
/// @param begun lists whose runs begin sums; those behind them add to them
/// @param cleared runs of the result that no list begins: the first pixel, how many
/// @param readStep pixels between those that are read
/// @param writeStep pixels between those of the result
/// @param pixelBytes of the result
record StridedLines(int[] taps, int[][] lists, int begun, int[] cleared, int readStep, int writeStep, int pixelBytes) {
    /// Numbers of a run in a list.
    static final int EACH = 3;

    /// What a tap gives a line: pixels `from` to `to` of it, the first of them made of pixel `read`.
    private record Reach(int tap, int read, int from, int to) {}

    static StridedLines of(ConvShape s, boolean forward) {
        var begin = new ArrayList<List<Integer>>();
        var add = new ArrayList<List<Integer>>();
        for (int t = 0; t < s.taps(); t++) {
            begin.add(new ArrayList<>());
            add.add(new ArrayList<>());
        }
        var cleared = new ArrayList<Integer>();
        int[] result = forward ? s.out() : s.in();
        int phases = forward ? 1 : s.stride()[2];
        for (int d = 0; d < result[0]; d++) {
            for (int h = 0; h < result[1]; h++) {
                for (int phase = 0; phase < Math.min(phases, result[2]); phase++) {
                    int count = Math.ceilDiv(result[2] - phase, phases);
                    int first = (d * result[1] + h) * result[2] + phase;
                    var reaches = forward ? outputs(s, d, h, count) : inputs(s, d, h, phase, count);
                    boolean begun = false;
                    for (var r : reaches) {
                        boolean whole = !begun && r.from == 0 && r.to == count;
                        begun |= whole;
                        var list = whole ? begin : add;
                        list.get(r.tap).addAll(List.of(r.read, first + r.from * phases, r.to - r.from));
                    }
                    if (!begun) {
                        cleared.addAll(List.of(first, count));
                    }
                }
            }
        }
        return of(begin, add, cleared, forward ? s.stride()[2] : 1, phases, Float.BYTES * (forward ? s.k() : s.c()));
    }

    private static StridedLines of(
            List<List<Integer>> begin, List<List<Integer>> add, List<Integer> cleared, int readStep, int writeStep,
            int pixelBytes) {
        var taps = new ArrayList<Integer>();
        var lists = new ArrayList<int[]>();
        int begun = 0;
        for (var all : List.of(begin, add)) {
            begun = lists.size();
            for (int t = 0; t < all.size(); t++) {
                if (!all.get(t).isEmpty()) {
                    taps.add(t);
                    lists.add(ints(all.get(t)));
                }
            }
        }
        return new StridedLines(
                ints(taps), lists.toArray(int[][]::new), begun, ints(cleared), readStep, writeStep, pixelBytes);
    }

    private static int[] ints(List<Integer> l) {
        return l.stream().mapToInt(Integer::intValue).toArray();
    }

    /// What reaches the line (d, p) of outputs.
    private static List<Reach> outputs(ConvShape s, int d, int p, int count) {
        var all = new ArrayList<Reach>();
        for (int t = 0; t < s.taps(); t++) {
            int[] tap = tap(s, t);
            int z = d * s.stride()[0] + tap[0];
            int y = p * s.stride()[1] + tap[1];
            int from = Math.clamp(Math.ceilDiv(-tap[2], s.stride()[2]), 0, count);
            int to = Math.clamp(Math.ceilDiv(s.in()[2] - tap[2], s.stride()[2]), from, count);
            if (inside(s.in(), z, y) && from < to) {
                int read = (z * s.in()[1] + y) * s.in()[2] + from * s.stride()[2] + tap[2];
                all.add(new Reach(t, read, from, to));
            }
        }
        return all;
    }

    /// What reaches the inputs `phase`, `phase` + stride, … of the line (d, h).
    private static List<Reach> inputs(ConvShape s, int d, int h, int phase, int count) {
        var all = new ArrayList<Reach>();
        for (int t = 0; t < s.taps(); t++) {
            int[] tap = tap(s, t);
            int z = d - tap[0];
            int y = h - tap[1];
            int x = phase - tap[2];
            if (z % s.stride()[0] != 0 || y % s.stride()[1] != 0 || x % s.stride()[2] != 0) {
                continue;
            }
            int first = x / s.stride()[2]; // the output that reads the first of them
            int from = Math.clamp(-first, 0, count);
            int to = Math.clamp(s.out()[2] - first, from, count);
            if (inside(s.out(), z / s.stride()[0], y / s.stride()[1]) && from < to) {
                int line = z / s.stride()[0] * s.out()[1] + y / s.stride()[1];
                all.add(new Reach(t, line * s.out()[2] + first + from, from, to));
            }
        }
        return all;
    }

    /// Pixels of the longest run.
    int most() {
        int most = 0;
        for (int[] list : lists) {
            for (int i = 2; i < list.length; i += EACH) {
                most = Math.max(most, list[i]);
            }
        }
        return most;
    }

    /// Where a tap reads, beside the first output's first input.
    private static int[] tap(ConvShape s, int t) {
        int[] at = {t / s.size()[2] / s.size()[1], t / s.size()[2] % s.size()[1], t % s.size()[2]};
        for (int i = 0; i < at.length; i++) {
            at[i] = at[i] * s.dilation()[i] - s.pad()[i];
        }
        return at;
    }

    private static boolean inside(int[] extent, int d, int h) {
        return d >= 0 && d < extent[0] && h >= 0 && h < extent[1];
    }

    /// Sets `bytes` of each pixel that no list begins to 0, in the image at `image`.
    void clear(long image, long bytes) {
        for (int i = 0; i < cleared.length; i += 2) {
            for (int p = 0; p < cleared[i + 1]; p++) {
                Mem.zero(image + (cleared[i] + (long) p * writeStep) * pixelBytes, bytes);
            }
        }
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof StridedLines l && Arrays.equals(taps, l.taps) && Arrays.deepEquals(lists, l.lists)
                && begun == l.begun && Arrays.equals(cleared, l.cleared) && readStep == l.readStep
                && writeStep == l.writeStep && pixelBytes == l.pixelBytes;
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(lists);
    }
}
