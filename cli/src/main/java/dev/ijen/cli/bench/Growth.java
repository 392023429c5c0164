package dev.ijen.cli.bench;

import dev.ijen.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// How the time of a training step grows with batch, width and depth, for an MLP and a GPT.
public final class Growth {
    private final Supplier<Engine> opening;
    private final ToDoubleFunction<Runnable> clock;
    private final Consumer<String> progress;

    /// @param opening a fresh engine for each size
    /// @param clock seconds of one call
    /// @param progress told what is measured now
    public Growth(Supplier<Engine> opening, ToDoubleFunction<Runnable> clock, Consumer<String> progress) {
        this.opening = opening;
        this.clock = clock;
        this.progress = progress;
    }

    /// Step times over one size, the others fixed.
    ///
    /// @param network and its fixed sizes
    /// @param what grows
    /// @param power with which the work grows where all else is small
    public record Line(String network, String what, double power, List<Point> points) {
        /// The power of the size with which the time grows from one point to the next.
        public double slope(int i) {
            var a = points.get(i - 1);
            var b = points.get(i);
            return Math.log(b.seconds / a.seconds) / Math.log((double) b.size / a.size);
        }
    }

    /// One measurement.
    ///
    /// @param flops of the step
    public record Point(int size, double seconds, double flops) {}

    /// Measures everything.
    ///
    /// @param most the greatest sizes are these parts of the usual ones, 1 for all
    public List<Line> run(int most) {
        return List.of(
                line("MLP, 4 × 512", "batch", 1, new int[] {16, 32, 64, 128, 256, 512, 1024}, most,
                        b -> mlp(b, 512, 4)),
                line("MLP, batch 128, 4 layers", "width", 2, new int[] {64, 128, 256, 512, 1024, 2048}, most,
                        w -> mlp(128, w, 4)),
                line("MLP, batch 128, width 512", "depth", 1, new int[] {1, 2, 4, 8, 16, 32}, most,
                        d -> mlp(128, 512, d)),
                line("GPT, 2 × 128, 64 tokens", "batch", 1, new int[] {1, 2, 4, 8, 16, 32}, most,
                        b -> new Size(b, 128, 2, true)),
                line("GPT, batch 4, 2 layers, 64 tokens", "width", 2, new int[] {32, 64, 128, 256, 512}, most,
                        w -> new Size(4, w, 2, true)),
                line("GPT, batch 4, width 128, 64 tokens", "depth", 1, new int[] {1, 2, 4, 8, 16}, most,
                        d -> new Size(4, 128, d, true)));
    }

    private static Size mlp(int batch, int width, int depth) {
        return new Size(batch, width, depth, false);
    }

    private record Size(int batch, int width, int depth, boolean gpt) {
        Network on(Engine engine) {
            if (gpt) {
                return Network.gpt(engine, batch, new Sequences.Gpt(65, 64, width, width / 32, depth), 1e-3);
            }
            var widths = IntStream.rangeClosed(0, depth + 1).map(i -> i <= depth ? width : 10).toArray();
            return Network.mlp(engine, batch, widths);
        }
    }

    private Line line(
            String network, String what, double power, int[] sizes, int most,
            java.util.function.IntFunction<Size> of) {
        var points = new ArrayList<Point>();
        progress.accept(network);
        point(of.apply(sizes[0]), sizes[0]); // for the JVM, which compiles what runs often
        for (int i = 0; i < Math.max(2, sizes.length / most); i++) {
            progress.accept(network + ": " + what + " " + sizes[i]);
            points.add(point(of.apply(sizes[i]), sizes[i]));
        }
        return new Line(network, what, power, List.copyOf(points));
    }

    private Point point(Size s, int size) {
        try (var engine = opening.get()) {
            var w = Workload.training(engine, "growth", s.on(engine), s.batch);
            double seconds = clock.applyAsDouble(() -> {
                w.step().run();
                engine.synchronize();
            });
            return new Point(size, seconds, w.flops());
        }
    }
}
