package dev.ijen.contract;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.WindowSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Convolutions, pools and products of random geometry, with their gradients. A module with a backend extends this class.
public abstract class GeometryContract {
    private static final int GROUP = 15;

    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    /// The device under test.
    protected abstract Device device();

    /// How it is opened.
    protected EngineOptions options() {
        return EngineOptions.defaults();
    }

    private interface Seeded {
        void run(Engine engine, long seed);
    }

    private Stream<DynamicTest> seeds(int groups, Seeded test) {
        var engine = engines.open(device(), options());
        return LongStream.range(0, groups).mapToObj(g -> dynamicTest("seeds from " + g * GROUP, () -> {
            for (long seed = g * GROUP; seed < (g + 1) * GROUP; seed++) {
                test.run(engine, seed);
            }
        }));
    }

    /// A window over `rank` axes of extents `in`; at least one window fits.
    private static WindowSpec window(Random r, int[] in, boolean pool) {
        int rank = in.length;
        var size = new ArrayList<Integer>();
        var stride = new ArrayList<Integer>();
        var low = new ArrayList<Integer>();
        var high = new ArrayList<Integer>();
        var dilation = new ArrayList<Integer>();
        for (int i = 0; i < rank; i++) {
            int s = 1 + r.nextInt(4);
            int d = s == 1 || r.nextInt(3) > 0 ? 1 : 1 + r.nextInt(2);
            int reach = (s - 1) * d + 1;
            // a window that pools must not lie wholly in the padding
            int most = pool && d > 1 ? 0 : reach - 1;
            int before = r.nextInt(most + 1);
            int after = r.nextInt(most + 1);
            if (in[i] + before + after < reach) {
                s = 1;
                d = 1;
                before = 0;
                after = 0;
            }
            size.add(s);
            dilation.add(d);
            low.add(before);
            high.add(after);
            stride.add(1 + r.nextInt(3));
        }
        return new WindowSpec(size, stride, low, high, dilation);
    }

    private static int[] extents(Random r, int rank) {
        return IntStream.range(0, rank).map(i -> 1 + r.nextInt(rank == 1 ? 40 : rank == 2 ? 14 : 6)).toArray();
    }

    private static int[] join(int a, int b, int[] rest) {
        return IntStream.concat(IntStream.of(a, b), Arrays.stream(rest)).toArray();
    }

    private static void check(Engine engine, String what, DType type, Function<List<Tensor>, Tensor> f,
            int[]... shapes) {
        var random = new Random(what.hashCode());
        var in = new ArrayList<Value>();
        for (var s : shapes) {
            in.add(new In(type, type == DType.U8 ? 0 : type.isFloat() ? -1 : -9, type.isFloat() ? 1 : 9, Shape.of(s))
                    .draw(type, 0, 0, random));
        }
        Function<List<Tensor>, List<Tensor>> program = t -> {
            var y = f.apply(t);
            var results = new ArrayList<Tensor>();
            results.add(y);
            if (type.isFloat()) {
                results.addAll(Gradient.of(Graphs.weights(y.dtype(), y.shape(), 9).mul(y).sum(), t));
            }
            return results;
        };
        var expected = OpContract.expected(program, in);
        var actual = OpContract.run(engine, program, in);
        for (int i = 0; i < expected.size(); i++) {
            var e = expected.get(i);
            Close.check(what + " of " + type + ", result " + i, e, actual.get(i), 40 * OpCase.unit(type),
                    Close.scale(e));
        }
    }

    private static DType type(Random r) {
        return switch (r.nextInt(6)) {
            case 0 -> DType.F64;
            case 1 -> DType.F16;
            case 2 -> DType.BF16;
            default -> DType.F32;
        };
    }

    @TestFactory
    Stream<DynamicTest> convolutions() {
        return seeds(10, (engine, seed) -> {
            var r = new Random(seed);
            int groups = r.nextInt(3) == 0 ? 2 + r.nextInt(3) : 1;
            boolean depthwise = groups > 1 && r.nextBoolean();
            int c = groups * (depthwise ? 1 : 1 + r.nextInt(r.nextInt(4) == 0 ? 20 : 5));
            int k = groups * (depthwise ? 1 + r.nextInt(2) : 1 + r.nextInt(r.nextInt(4) == 0 ? 20 : 5));
            var in = extents(r, 1 + r.nextInt(3));
            var w = window(r, in, false);
            var size = w.size().stream().mapToInt(i -> i).toArray();
            int n = 1 + r.nextInt(4);
            check(engine,
                    "conv " + Arrays.toString(in) + " n " + n + " c " + c + " k " + k + " groups " + groups + " " + w,
                    type(r),
                    t -> t.get(0).conv(t.get(1), w, groups), join(n, c, in), join(k, c / groups, size));
        });
    }

    @TestFactory
    Stream<DynamicTest> pools() {
        return seeds(6, (engine, seed) -> {
            var r = new Random(seed + 1000);
            var in = extents(r, 1 + r.nextInt(3));
            var w = window(r, in, true);
            int n = 1 + r.nextInt(3);
            int c = 1 + r.nextInt(20);
            var what = Arrays.toString(in) + " n " + n + " c " + c + " " + w;
            check(engine, "max pool " + what, type(r), t -> t.getFirst().maxPool(w), join(n, c, in));
            check(engine, "mean pool " + what, type(r), t -> t.getFirst().avgPool(w, seed % 2 == 0), join(n, c, in));
        });
    }

    @TestFactory
    Stream<DynamicTest> products() {
        return seeds(10, (engine, seed) -> {
            var r = new Random(seed + 2000);
            int m = 1 + r.nextInt(r.nextInt(3) == 0 ? 150 : 20);
            int n = 1 + r.nextInt(r.nextInt(3) == 0 ? 150 : 20);
            int k = 1 + r.nextInt(r.nextInt(3) == 0 ? 300 : 20);
            int[] batch = IntStream.range(0, r.nextInt(3)).map(i -> 1 + r.nextInt(3)).toArray();
            boolean ta = r.nextBoolean();
            boolean tb = r.nextBoolean();
            var type = r.nextInt(4) == 0 ? List.of(DType.I32, DType.I64, DType.I8, DType.U8).get(r.nextInt(4))
                    : type(r);
            var a = IntStream.concat(Arrays.stream(batch), ta ? IntStream.of(k, m) : IntStream.of(m, k)).toArray();
            var b = IntStream.concat(Arrays.stream(batch), tb ? IntStream.of(n, k) : IntStream.of(k, n)).toArray();
            check(engine,
                    "matmul " + Arrays.toString(a) + (ta ? "ᵀ" : "") + " · " + Arrays.toString(b) + (tb ? "ᵀ" : ""),
                    type,
                    t -> Contraction.MatMul.of(t.get(0), ta, t.get(1), tb), a, b);
        });
    }
}
