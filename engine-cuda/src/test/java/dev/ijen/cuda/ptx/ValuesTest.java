package dev.ijen.cuda.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.contract.RandomRegion;
import dev.ijen.plain.PlainRegion;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Fold;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Regions give what their definition says, and the same bits in any order of threads and blocks.
class ValuesTest {
    /// Small whole numbers, so that sums are exact.
    private static HostTensor whole(DType t, int n, Random random) {
        var x = HostTensor.zeros(t, Shape.of(n));
        for (int i = 0; i < n; i++) {
            x.set(i, t == DType.BOOL ? random.nextInt(2) : t == DType.U8 ? random.nextInt(10) : random.nextInt(-9, 10));
        }
        return x;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void randomRegions(int group) {
        for (int seed = group * 25; seed < group * 25 + 25; seed++) {
            var plan = RandomRegion.plan(seed);
            var launch = plan.launches().getFirst();
            var region = ((Kernel.Loop) launch.kernel()).region();
            var random = new Random(seed);
            var in = new ArrayList<HostTensor>();
            launch.in().forEach(r -> in.add(whole(r.dtype(), (int) r.count(), random)));
            var expected = new ArrayList<HostTensor>();
            launch.out().forEach(r -> expected.add(HostTensor.zeros(r.dtype(), Shape.of((int) r.count()))));
            check("seed " + seed, region, in, expected, seed % 4);
        }
    }

    private static void check(String what, Region region, List<HostTensor> in, List<HostTensor> expected, int shift) {
        PlainRegion.run(region, in, expected);
        var got = new ArrayList<HostTensor>();
        expected.forEach(t -> got.add(HostTensor.zeros(t.dtype(), t.shape())));
        EmulatedGpu.run(RegionCode.of(region, 2), in, got, shift);
        for (int o = 0; o < got.size(); o++) {
            close(what + ", output " + o + " of " + Canonical.text(region), expected.get(o), got.get(o));
        }
    }

    private static void close(String what, HostTensor expected, HostTensor got) {
        double scale = 1e-3;
        for (double v : expected.toDoubleArray()) {
            scale = Double.isFinite(v) ? Math.max(scale, Math.abs(v)) : scale;
        }
        double tolerance = switch (expected.dtype()) {
            case F64, F32 -> 1e-5; // either may come from F32, with a few roundings
            case F16 -> 2e-3;
            case BF16 -> 1e-2;
            case I32, I64, I8, U8, BOOL -> 0;
        };
        for (int i = 0; i < expected.shape().size(); i++) {
            int at = i;
            if (tolerance == 0) {
                assertEquals(expected.getLong(i), got.getLong(i), () -> what + "\nelement " + at);
            } else {
                assertEquals(expected.get(i), got.get(i), tolerance * scale, () -> what + "\nelement " + at);
            }
        }
    }

    /// Folds of all axes, alone and together, with and without shared results.
    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "37", "9001", "20000", "3 7", "700 3", "3 700", "3 704", "1500 33", "33 1500",
        "2 12000", "6000 2",
        "260 64", "9 10 11", "16 8 48", "32 64 4", "5 4 6 8"})
    void folds(String space) {
        var dims = Arrays.stream(space.split(" ")).mapToInt(Integer::parseInt).toArray();
        var random = new Random(5);
        for (var t : List.of(DType.F32, DType.F64, DType.I32, DType.I64, DType.BF16)) {
            var r = new Regions(dims);
            int x = r.load(t);
            int all = (1 << dims.length) - 1;
            var outs = new ArrayList<HostTensor>();
            for (int kept = 0; kept < all || kept == 0; kept++) {
                for (var f : Fold.values()) {
                    var to = f == Fold.SUM ? t.compute() : t;
                    r.fold(x, to, f, kept);
                    outs.add(HostTensor.zeros(to, Shape.of(Layout.size(dims, axes(kept)))));
                }
            }
            r.store(r.add(x, x), t);
            outs.add(HostTensor.zeros(t, Shape.of(r.region().points())));
            check(t + " " + space, r.region(), List.of(whole(t, r.region().points(), random)), outs, 0);
        }
    }

    private static int[] axes(int mask) {
        return java.util.stream.IntStream.range(0, 32).filter(i -> (mask >> i & 1) == 1).toArray();
    }

    /// Values where NaN and the signs of zeros matter.
    @Test
    void extremesTakeNaN() {
        for (int n : new int[] {9, 64, 1000}) {
            for (int at : new int[] {0, 5, n - 1}) {
                var r = new Regions(3, n);
                int x = r.load(DType.F32);
                r.fold(x, DType.F32, Fold.MAX, 1);
                r.fold(x, DType.F32, Fold.MIN, 1);
                r.fold(x, DType.F32, Fold.MAX, 2);
                var in = whole(DType.F32, 3 * n, new Random(1));
                in.set(n + at, Double.NaN);
                var outs = List.of(HostTensor.zeros(DType.F32, Shape.of(3)), HostTensor.zeros(DType.F32, Shape.of(3)),
                        HostTensor.zeros(DType.F32, Shape.of(n)));
                check("NaN at " + at, r.region(), List.of(in), outs, 0);
                assertTrue(Double.isNaN(outs.get(0).get(1)) && Double.isNaN(outs.get(2).get(at)));
            }
        }
    }

    /// A long sum of F32 has an error like a pairwise one, far below that of adding one after the other.
    @Test
    void longSumsAreAccurate() {
        double worst = 0;
        for (int[] dims : new int[][] {{60_000}, {20_000, 3}, {3, 20_000}}) {
            var r = new Regions(dims);
            int folded = dims.length == 1 ? 0 : dims[0] == 3 ? 1 : 2;
            r.fold(r.load(DType.F32), DType.F32, Fold.SUM, folded);
            var random = new Random(3);
            var x = HostTensor.zeros(DType.F32, Shape.of(r.region().points()));
            int results = Layout.size(dims, axes(folded));
            var exact = new double[results];
            var serial = new float[results];
            for (int i = 0; i < x.shape().size(); i++) {
                x.set(i, 0.1f + random.nextFloat());
                int k = folded == 0 ? 0 : folded == 1 ? i / dims[1] : i % 3;
                exact[k] += x.get(i);
                serial[k] += (float) x.get(i);
            }
            var y = HostTensor.zeros(DType.F32, Shape.of(results));
            EmulatedGpu.run(RegionCode.of(r.region(), 1), List.of(x), List.of(y), 0);
            for (int k = 0; k < results; k++) {
                assertEquals(exact[k], y.get(k), 2e-7 * exact[k]);
                worst = Math.max(worst, Math.abs(exact[k] - serial[k]) / exact[k]);
            }
        }
        assertTrue(worst > 1e-6, "adding one after the other is too good for this test to tell: " + worst);
    }

    /// Random bits are Philox's, whatever the shape of the view and the vectors.
    @Test
    void randomBits() {
        for (int offset : new int[] {0, 3, 4}) {
            for (int step : new int[] {1, 2, -1}) {
                for (int n : new int[] {10, 64, 75}) {
                    var r = new Regions(3, n);
                    var stride = new int[] {n * Math.abs(step), step};
                    int from = offset + (step < 0 ? n - 1 : 0);
                    int v = r.put(new Instr.Random(0, -77, stride, from));
                    r.store(v, DType.I32);
                    var state = HostTensor.of(new long[] {0x123456789ABCDEF0L, (1L << 40) + 5}, 2);
                    var y = HostTensor.zeros(DType.I32, Shape.of(3 * n));
                    check(n + " bits from " + from + " by " + step, r.region(), List.of(state), List.of(y), 0);
                }
            }
        }
    }

    /// Results take the place of inputs that are still read, with several folds beside them.
    @Test
    void inPlace() {
        for (var t : List.of(DType.F32, DType.F64, DType.I8, DType.BF16)) {
            for (int n : new int[] {40, 41}) {
                var r = new Regions(37, n);
                int a = r.load(t);
                int b = r.load(t);
                int sum = r.add(a, b);
                int top = r.put(new Instr.Binary(BinaryFn.MAX, t.compute(), r.sub(a, b), b));
                r.store(sum, t);
                r.store(top, t);
                for (int kept = 0; kept < 3; kept++) {
                    r.fold(a, t.compute(), Fold.SUM, kept);
                }
                var random = new Random(7);
                var in = List.of(whole(t, 37 * n, random), whole(t, 37 * n, random));
                var expected = new ArrayList<HostTensor>();
                for (var s : r.stores) {
                    int size = s.fold() == null ? 37 * n : s.output() == 2 ? 1 : s.output() == 3 ? 37 : n;
                    expected.add(HostTensor.zeros(s.stored(), Shape.of(size)));
                }
                PlainRegion.run(r.region(), in, expected);
                var out = new ArrayList<HostTensor>(in);
                expected.subList(2, 5).forEach(e -> out.add(HostTensor.zeros(e.dtype(), e.shape())));
                EmulatedGpu.run(RegionCode.of(r.region(), 1), in, out, 0);
                for (int o = 0; o < out.size(); o++) {
                    close(t + " output " + o, expected.get(o), out.get(o));
                }
            }
        }
    }

    /// Updates of parameters of all sizes in one launch, and in more where their addresses are too many for one.
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 120})
    void joined(int count) {
        var regions = new ArrayList<Region>();
        var in = new ArrayList<HostTensor>();
        var expected = new ArrayList<HostTensor>();
        var random = new Random(11);
        for (int k = 0; k < count; k++) {
            int n = count > 10 ? 1 + random.nextInt(40) : new int[] {1, 3000, 64, 5001, 4096, 3, 12}[k];
            n = count == 3 ? new int[] {4, 7, 1}[k] : n; // no longer than a vector, or a little
            var r = new Regions(n);
            int p = r.load(DType.F32);
            int g = r.load(DType.BF16);
            int rate = r.load(DType.F32, new int[1], 0);
            r.store(r.sub(p, r.mul(rate, g)), DType.F32);
            r.store(g, DType.BF16);
            regions.add(r.region());
            var mine = List.of(whole(DType.F32, n, random), whole(DType.BF16, n, random), whole(DType.F32, 1, random));
            var out = List.of(HostTensor.zeros(DType.F32, Shape.of(n)), HostTensor.zeros(DType.BF16, Shape.of(n)));
            PlainRegion.run(r.region(), mine, out);
            in.addAll(mine);
            expected.addAll(out);
        }
        var code = RegionCode.ofAll(regions, 3, 2);
        assertEquals(count > 100 ? 2 : 1, code.launches().size());
        for (int shift : new int[] {0, 1}) {
            var got = new ArrayList<HostTensor>();
            expected.forEach(t -> got.add(HostTensor.zeros(t.dtype(), t.shape())));
            EmulatedGpu.run(code, in, got, shift);
            for (int o = 0; o < got.size(); o++) {
                close("output " + o, expected.get(o), got.get(o));
            }
        }
    }

    /// Broadcasts, transposes, steps and offsets along rows that are read in vectors where that goes.
    @Test
    void views() {
        int[][] strides = {{40, 1}, {0, 1}, {1, 0}, {1, 40}, {80, 2}, {40, -1}, {44, 1}, {41, 1}, {0, 0}};
        for (var s : strides) {
            for (int offset : new int[] {0, 1, 4}) {
                var r = new Regions(24, 40);
                int first = offset + (s[1] < 0 ? 39 : 0);
                int a = r.load(DType.F32, s, first);
                int b = r.load(DType.F16);
                int i = r.put(new Instr.Index(s, first));
                int f = r.put(new Instr.Cast(DType.I32, DType.F32, i));
                int v = r.add(r.mul(a, b), f);
                r.stores.add(new Store(v, 0, DType.F32, new int[] {48, 1}, 8, null));
                r.stores.add(new Store(v, 1, DType.F16, new int[] {1, 24}, 0, null));
                var random = new Random(2);
                int reach = 1 + offset + 23 * s[0] + 39 * Math.abs(s[1]);
                var in = List.of(whole(DType.F32, reach, random), whole(DType.F16, 24 * 40, random));
                var region = r.region();
                var expected = List.of(HostTensor.zeros(DType.F32, Shape.of(8 + 24 * 48)),
                        HostTensor.zeros(DType.F16, Shape.of(24 * 40)));
                PlainRegion.run(region, in, expected);
                // elements between the rows stay: they are an input of the same name
                var all = new ArrayList<HostTensor>(in);
                var y = HostTensor.zeros(DType.F32, Shape.of(8 + 24 * 48));
                all.add(y);
                var z = HostTensor.zeros(DType.F16, Shape.of(24 * 40));
                EmulatedGpu.run(RegionCode.of(region, 1), all, List.of(y, z), 0);
                close(Arrays.toString(s) + "+" + offset, expected.get(0), y);
                close(Arrays.toString(s) + "+" + offset, expected.get(1), z);
            }
        }
    }
}
