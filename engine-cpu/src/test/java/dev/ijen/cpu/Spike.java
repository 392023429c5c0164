package dev.ijen.cpu;

import dev.ijen.spi.*;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.tensor.DType;
import java.lang.foreign.Arena;
import java.util.List;

final class Spike {
    static double time(Runnable r) {
        long t0 = System.nanoTime();
        r.run();
        double one = System.nanoTime() - t0;
        for (int i = 0; i < 3; i++) r.run();
        t0 = System.nanoTime();
        r.run();
        one = System.nanoTime() - t0;
        int reps = (int) Math.max(2, 5e7 / one);
        double[] v = new double[9];
        for (int k = 0; k < v.length; k++) {
            t0 = System.nanoTime();
            for (int i = 0; i < reps; i++) r.run();
            v[k] = (System.nanoTime() - t0) / (double) reps;
        }
        java.util.Arrays.sort(v);
        return v[2] / 1e3;
    }
    public static void main(String[] a) {
        Native nat = Native.load(true);
        int[][] cases = {{32, 64, 32, 64}, {32, 128, 16, 128}, {32, 256, 8, 256}, {32, 512, 4, 512}, {1, 64, 32, 64},
            {1, 128, 16, 128}, {1, 256, 8, 256}, {1, 512, 4, 512}};
        try (var pool = new ThreadPool(2); var pool1 = new ThreadPool(1); var arena = Arena.ofShared()) {
            for (int q = 0; q < cases.length; q++) {
                int[] c = cases[q];
                if (a.length > 0 && a[0].indexOf('0' + q) < 0) continue;
                var w = new Window(List.of(c[2], c[2]), List.of(c[2], c[2]), List.of(3, 3), List.of(1, 1),
                        List.of(1, 1), List.of(1, 1));
                System.out.printf("N %d C %d H %d K %d:", c[0], c[1], c[2], c[3]);
                long big = 4L * Math.max((long) c[0] * c[2] * c[2] * Math.max(c[1], c[3]), 9L * c[1] * c[3]) + 4096;
                long X = fill(arena, big), Y = fill(arena, big), W = fill(arena, big);
                for (var pass : ConvPass.values()) {
                    var conv = new Kernel.Conv(DType.F32, pass, w, c[0], c[1], c[3], 1);
                    var k = ConvKernel.of(conv, pool, nat);
                    long S = arena.allocate(k.scratchBytes() + 64, 64).address();
                    long[] in = pass == ConvPass.FORWARD ? new long[] {X, W}
                            : pass == ConvPass.INPUT_GRADIENT ? new long[] {Y, W} : new long[] {X, Y};
                    long[] out = {pass == ConvPass.FORWARD ? Y : pass == ConvPass.INPUT_GRADIENT ? X : W};
                    try (var b = k.bind(in, out, S, pool)) {
                        System.out.printf("  %s %s %.0f us", pass, k.getClass().getSimpleName(), time(b::run));
                    }
                    if (k instanceof Weighted wk) try (var b = wk.keep(in, out, S + wk.weightBytes(), S, pool)) {
                        b.refresh();
                        System.out.printf(" (kept %.0f refresh %.0f)", time(b::run), time(b::refresh));
                    }
                    fill(X, big);
                    fill(Y, big);
                    fill(W, big);
                }
                System.out.println();
                if (a.length > 1) {
                    var s = WinogradShape.of(new Kernel.Conv(DType.F32, ConvPass.FORWARD, w, c[0], c[1], c[3], 1));
                    var tiles = new WinogradTiles(s);
                    long V = arena.allocate(4L * 36 * s.tiles() * s.c(), 64).address(),
                            wk = arena.allocate(WinogradTiles.WORK, 64).address();
                    int ch = 64;
                    System.out.printf(
                            "   1T: input chunked %.0f us whole %.0f; output chunked %.0f whole %.0f; outGrad chunked %.0f whole %.0f%n",
                            time(() -> {
                                for (int t = 0; t + ch <= s.tiles(); t += ch) tiles.input(X, t, ch, V, t, ch, wk);
                            }),
                            time(() -> tiles.input(X, 0, s.tiles(), V, 0, s.tiles(), wk)),
                            time(() -> {
                                for (int t = 0; t + ch <= s.tiles(); t += ch) tiles.output(V, t, ch, t, ch, X, wk);
                            }),
                            time(() -> tiles.output(V, 0, s.tiles(), 0, s.tiles(), X, wk)),
                            time(() -> {
                                for (int t = 0; t + ch <= s.tiles(); t += ch)
                                    tiles.outputGradient(X, t, ch, V, t, ch, wk);
                            }),
                            time(() -> tiles.outputGradient(X, 0, s.tiles(), V, 0, s.tiles(), wk)));
                }
            }
        }
    }
    static long fill(Arena arena, long bytes) {
        long p = arena.allocate(bytes, 64).address();
        fill(p, bytes);
        return p;
    }
    static void fill(long p, long bytes) {
        for (long i = 0; i < bytes / 4; i++) Mem.f32(p + 4 * i, ((i * 7919) % 1000) * 1e-3f - 0.5f);
    }
}
