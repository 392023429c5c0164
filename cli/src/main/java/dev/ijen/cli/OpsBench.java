package dev.ijen.cli;

import dev.ijen.engine.Engine;
import dev.ijen.engine.LibrarySpeed;
import dev.ijen.engine.State;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.BinaryOperator;
import java.util.function.DoubleSupplier;

/// How fast single operations are. Operands and results stay on the device, so that copying them is not measured. Products are
/// compared with what the backend's library does alone, operations that only move memory with copying as much.
final class OpsBench {
    private static final String SUITE = "ops";
    /// An operation and what it is compared with take turns: whatever else the machine does meets both.
    private static final int ROUNDS = 5;
    private static final double ROUND_SECONDS = 0.16;
    private static final int MILLION = 1 << 20;

    private final Engine engine;
    private final List<Measurement> all = new ArrayList<>();
    private final LibrarySpeed library;
    private final int threads;

    OpsBench(Engine engine) {
        this.engine = engine;
        boolean bundled = engine.info().details().getOrDefault("native library", "none").startsWith("oneDNN");
        library = bundled ? ServiceLoader.load(LibrarySpeed.class).stream().map(ServiceLoader.Provider::get)
                .filter(l -> !l.library().isEmpty()).findFirst().orElse(null) : null;
        threads = Integer.parseInt(engine.info().details().getOrDefault("threads", "1"));
    }

    List<Measurement> run() {
        for (int n : new int[] {64, 256, 512, 1024}) {
            matmul("matmul %d³".formatted(n), n, n, n);
        }
        matmul("matmul 64×784 · 784×512", 64, 512, 784);
        flops(
                "conv 32×64×56², 3×3",
                2.0 * 32 * 64 * 56 * 56 * 64 * 9,
                Shape.of(32, 64, 56, 56),
                Shape.of(64, 64, 3, 3),
                (x, w) -> x.conv2d(w, 1, 1));
        flops(
                "conv 64×1×28², 3×3 to 32",
                2.0 * 64 * 28 * 28 * 32 * 9,
                Shape.of(64, 1, 28, 28),
                Shape.of(32, 1, 3, 3),
                (x, w) -> x.conv2d(w, 1, 1));
        var vector = Shape.of(MILLION);
        moved("add, 1 M", 12.0 * MILLION, vector, Tensor::add);
        moved("relu, 1 M", 8.0 * MILLION, vector, (x, _) -> x.relu());
        bytes("exp, 1 M", 8.0 * MILLION, vector, (x, _) -> x.exp());
        bytes("gelu, 1 M", 8.0 * MILLION, vector, (x, _) -> x.gelu());
        bytes("fused x·y + gelu(x), 1 M", 12.0 * MILLION, vector, (x, y) -> x.mul(y).add(x.gelu()));
        moved("sum, 1 M", 4.0 * MILLION, vector, (x, _) -> x.sum());
        bytes("softmax 2048×512", 8.0 * MILLION, Shape.of(2048, 512), (x, _) -> x.softmax(-1));
        return all;
    }

    private void flops(String name, double work, Shape a, Shape b, BinaryOperator<Tensor> f) {
        double seconds = timed(a, b, f, null).seconds;
        all.add(Measurement.of(SUITE, name, work / seconds * 1e-9, "GFLOP/s"));
    }

    private void matmul(String name, int m, int n, int k) {
        double work = 2.0 * m * n * k;
        var timed = timed(Shape.of(m, k), Shape.of(k, n), Tensor::matmul,
                library == null ? null : () -> library.matmulSeconds(m, n, k, threads, ROUND_SECONDS));
        var line = Measurement.of(SUITE, name, work / timed.seconds * 1e-9, "GFLOP/s");
        boolean compared = library != null && !Double.isNaN(timed.share);
        all.add(compared ? line.besides(library.library(), line.value() / timed.share, 0.95) : line);
    }

    /// What does so little for each number that memory is all it waits for.
    private void moved(String name, double moved, Shape shape, BinaryOperator<Tensor> f) {
        boolean cpu = engine.info().backend().equals("cpu");
        var timed = timed(shape, shape, f, cpu ? () -> moved / CopySpeed.bytes((long) moved, threads) : null);
        var line = Measurement.of(SUITE, name, moved / timed.seconds * 1e-9, "GB/s");
        all.add(cpu ? line.besides("copying", line.value() / timed.share, 0.9) : line);
    }

    private void bytes(String name, double moved, Shape shape, BinaryOperator<Tensor> f) {
        double seconds = timed(shape, shape, f, null).seconds;
        all.add(Measurement.of(SUITE, name, moved / seconds * 1e-9, "GB/s"));
    }

    /// @param seconds of one run
    /// @param share of the yardstick's speed that was reached; NaN for none
    private record Timed(double seconds, double share) {}

    /// @param yardstick gives the seconds it takes for the same, or null for none
    private Timed timed(Shape a, Shape b, BinaryOperator<Tensor> f, DoubleSupplier yardstick) {
        try (var x = random("x", a);
                var y = random("y", b);
                var to = engine.zeros("result", DType.F32, f.apply(x.get(), y.get()).shape());
                var step = engine.program(_ -> {
                    to.set(f.apply(x.get(), y.get()));
                    return List.of();
                })) {
            Runnable work = () -> {
                step.run();
                engine.synchronize();
            };
            Clock.warmUp(work);
            var seconds = new double[ROUNDS];
            var share = new double[ROUNDS];
            for (int r = 0; r < ROUNDS; r++) {
                seconds[r] = Clock.median(work, ROUND_SECONDS);
                share[r] = yardstick == null ? Double.NaN : yardstick.getAsDouble() / seconds[r];
            }
            return new Timed(Clock.median(seconds), Clock.median(share));
        }
    }

    private State random(String name, Shape shape) {
        var r = engine.hostRandom();
        var values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = r.nextFloat() - 0.5f;
        }
        return engine.state(name, new HostTensor(DType.F32, shape, java.lang.foreign.MemorySegment.ofArray(values)));
    }
}
