package dev.ijen.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.cpu.x86.ConvTile;
import dev.ijen.cpu.x86.DepthTile;
import dev.ijen.cpu.x86.PaddedRows;
import dev.ijen.cpu.x86.Target;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Convolutions in machine code give the bits of the same sums in Java, on every target that the processor has.
class ConvCodeTest {
    /// Outputs of convolutions: sums over rows of the window, then what lies along a row, beginning with a number of the channel, and what follows.
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.ijen.cpu.Targets#here")
    void convolutions(Target target) {
        var steps = List.<ConvTile.Step>of(
                new ConvTile.Step.MulChannel(), new ConvTile.Step.Add(), new ConvTile.Step.Clip(-0.5f, 0.75f),
                new ConvTile.Step.AddChannel());
        int step = target == Target.AVX512 ? 5 : target.lanes(); // channels that fill no vector only there
        for (int k = step; k <= ConvTile.MOST * target.lanes(); k += step) {
            for (int inner : new int[] {1, 6, 15}) {
                int rows = 1 + inner % 3;
                var together = new ConvTile(target, k, 20, 1, 0);
                var apart = new ConvTile(target, k, 20, 3, 28);
                for (int n = 1; n <= together.outputs(); n++) {
                    convolution(together, n, inner, rows, List.of());
                    convolution(together, n, inner, rows, steps);
                    convolution(apart, n, inner, rows, List.of(new ConvTile.Step.Clip(0, Float.POSITIVE_INFINITY)));
                }
            }
        }
    }

    /// Two lines, windows 5 numbers apart, rows 75, lines 600 in x and one output more than their own in y.
    private static void convolution(ConvTile tile, int n, int inner, int rows, List<ConvTile.Step> steps) {
        var random = new SplittableRandom(6);
        int k = tile.channels();
        int groups = 1 + n % 2;
        long line = (long) n * groups;
        try (var arena = Arena.ofConfined()) {
            var x = numbers(arena, random, 4096);
            var w = numbers(arena, random, 3 * 3 * 15 * tile.whole() + 1);
            var y = arena.allocate(4 * (2 * line + 1) * k, 64);
            var more = numbers(arena, random, (int) (2 * line + 1) * k);
            // only these may be read
            var bias = numbers(arena, random, k);
            var scale = numbers(arena, random, k);
            var block = arena.allocate(ConvTile.BLOCK, 8);
            long[] values = {bias.address(), y.address(), 4L * k, groups, 2, 2400 - 20 * line, 4L * k, 0,
                scale.address(), more.address() - y.address(), 0, bias.address()};
            MemorySegment.copy(values, 0, block, JAVA_LONG, 0, values.length);
            y.asSlice(4L * line * k, 4L * k).fill((byte) 1);
            var lane = new int[k]; // the first of each channel; what two outputs share has the same weights twice
            for (int i = tile.whole() - 1; i >= 0; i--) {
                lane[Math.max(0, tile.channel(i))] = tile.channel(i) < 0 ? lane[0] : i;
            }
            for (int i = 0; i < tile.whole(); i++) {
                for (long p = 0; p < (long) rows * tile.columns() * inner; p++) {
                    float v = tile.channel(i) < 0 ? 0
                            : w.getAtIndex(JAVA_FLOAT, p * tile.whole() + lane[tile.channel(i)]);
                    w.setAtIndex(JAVA_FLOAT, p * tile.whole() + i, v);
                }
            }
            tile.of(n, steps).run(x.address(), 0, 300, w.address(), inner, rows, block.address(), 0, 0, 0, 0);
            for (int i = 0; i < (2 * line + 1) * k; i++) {
                long at = i / k < line ? i / k * 5L : 600 + (i / k - line - 1) * 5L;
                if (i / k == line) {
                    assertEquals(0x01010101, y.getAtIndex(JAVA_INT, i), "between the lines");
                    continue;
                }
                float v = bias.getAtIndex(JAVA_FLOAT, i % k);
                for (int p = 0; p < rows * tile.columns() * inner; p++) {
                    int column = p / inner % tile.columns();
                    long from = at + p / inner / tile.columns() * 75L + column * 7L + p % inner;
                    v = Math.fma(x.getAtIndex(JAVA_FLOAT, from),
                            w.getAtIndex(JAVA_FLOAT, (long) p * tile.whole() + lane[i % k]), v);
                }
                for (var s : steps) {
                    v = switch (s) {
                        case ConvTile.Step.AddChannel _ -> v + bias.getAtIndex(JAVA_FLOAT, i % k);
                        case ConvTile.Step.MulChannel _ -> v * scale.getAtIndex(JAVA_FLOAT, i % k);
                        case ConvTile.Step.Add _ -> v + more.getAtIndex(JAVA_FLOAT, i);
                        case ConvTile.Step.Clip(float low, float high) -> Math.min(Math.max(v, low), high);
                    };
                }
                assertEquals(v, y.getAtIndex(JAVA_FLOAT, i), tile + " " + n + " " + inner);
            }
        }
    }

    /// Each channel by itself: lines whose windows reach beyond the image on both sides, fewer rows than a window has, and what follows.
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.ijen.cpu.Targets#here")
    void channelsAlone(Target target) {
        var steps = List.<ConvTile.Step>of(
                new ConvTile.Step.MulChannel(), new ConvTile.Step.Add(), new ConvTile.Step.Clip(-0.5f, 0.75f),
                new ConvTile.Step.AddChannel());
        for (int columns : new int[] {1, 2, 7, 23, 60}) {
            for (int size : new int[] {1, 3, 5, DepthTile.MOST}) {
                for (int stride = 1; stride <= 2; stride++) {
                    for (int dilation = 1; dilation <= 2; dilation++) {
                        int pad = size / 2 * dilation;
                        int out = (columns + 2 * pad - dilation * (size - 1) - 1) / stride + 1;
                        var tile = new DepthTile(target, 2 * target.lanes(), columns, out, size, stride, pad, dilation);
                        channelsAlone(tile, 3, List.of());
                        channelsAlone(tile, 2, steps);
                    }
                }
            }
        }
    }

    /// Two lines of outputs, two rows of the image and one of y apart.
    private static void channelsAlone(DepthTile tile, int rows, List<ConvTile.Step> steps) {
        var random = new SplittableRandom(8);
        int c = tile.channels();
        int row = tile.in() * c;
        int line = tile.out() * c;
        try (var arena = Arena.ofConfined()) {
            // only these may be read
            var x = numbers(arena, random, (rows + 2) * row);
            var w = numbers(arena, random, rows * tile.size() * c);
            var bias = numbers(arena, random, c);
            var scale = numbers(arena, random, c);
            var more = numbers(arena, random, 2 * line);
            var y = arena.allocate(8L * line, 64);
            var block = arena.allocate(DepthTile.BLOCK, 8);
            long[] values = {bias.address(), y.address(), 8L * row, 4L * line, 0, 0, 0, 0, scale.address(),
                more.address() - y.address(), 0, bias.address()};
            MemorySegment.copy(values, 0, block, JAVA_LONG, 0, values.length);
            tile.of(steps).run(x.address(), 0, 4L * row, w.address(), rows, 2, block.address(), 0, 0, 0, 0);
            for (int i = 0; i < 2 * line; i++) {
                int q = i % line / c;
                float v = bias.getAtIndex(JAVA_FLOAT, i % c);
                for (int p = 0; p < rows * tile.size(); p++) {
                    int column = q * tile.stride() - tile.pad() + p % tile.size() * tile.dilation();
                    if (column >= 0 && column < tile.in()) {
                        long at = (long) (i / line * 2 + p / tile.size()) * row + (long) column * c + i % c;
                        v = Math.fma(x.getAtIndex(JAVA_FLOAT, at), w.getAtIndex(JAVA_FLOAT, (long) p * c + i % c), v);
                    }
                }
                for (var s : steps) {
                    v = switch (s) {
                        case ConvTile.Step.AddChannel _ -> v + bias.getAtIndex(JAVA_FLOAT, i % c);
                        case ConvTile.Step.MulChannel _ -> v * scale.getAtIndex(JAVA_FLOAT, i % c);
                        case ConvTile.Step.Add _ -> v + more.getAtIndex(JAVA_FLOAT, i);
                        case ConvTile.Step.Clip(float low, float high) -> Math.min(Math.max(v, low), high);
                    };
                }
                assertEquals(v, y.getAtIndex(JAVA_FLOAT, i), tile + " " + rows + " at " + i);
            }
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("dev.ijen.cpu.Targets#here")
    void paddedRows(Target target) {
        var copy = PaddedRows.of(target);
        var random = new SplittableRandom(9);
        for (int numbers : new int[] {1, 7, 16, 33, 64}) {
            for (int left : new int[] {0, 3, 16, 21}) {
                for (int right : new int[] {0, 5, 32, 35}) {
                    try (var arena = Arena.ofConfined()) {
                        int wide = left + numbers + right;
                        var from = numbers(arena, random, 3 * numbers + 4);
                        var to = arena.allocate(4L * 3 * (wide + 2), 64).fill((byte) 1);
                        copy.run(from.address(), 4L * numbers + 8, to.address(), 4L * wide + 8, 3, numbers, left,
                                right);
                        for (int i = 0; i < 3 * (wide + 2); i++) {
                            int at = i % (wide + 2) - left;
                            if (at >= numbers + right) {
                                assertEquals(0x01010101, to.getAtIndex(JAVA_INT, i), "between the rows");
                                continue;
                            }
                            float want = at < 0 || at >= numbers ? 0
                                    : from.getAtIndex(JAVA_FLOAT, (long) i / (wide + 2) * (numbers + 2) + at);
                            assertEquals(want, to.getAtIndex(JAVA_FLOAT, i), numbers + " " + left + " " + right);
                        }
                    }
                }
            }
        }
    }

    private static MemorySegment numbers(Arena arena, SplittableRandom random, int n) {
        var m = arena.allocate(4L * n, 64);
        for (int i = 0; i < n; i++) {
            m.setAtIndex(JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
        }
        return m;
    }
}
