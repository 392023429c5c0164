package dev.ijen.cpu;

import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.cpu.x86.Scores;
import dev.ijen.cpu.x86.Target;
import java.util.stream.Stream;

/// [Columns] of F32 whose passes over whole vectors are machine code: the same bits. The first run is as fast as all others, which those of
/// the Vector API are not until the JVM has compiled them.
final class Columns32Code implements Columns {
    private static final Columns32 REST = Columns32.INSTANCE;
    /// For rows as wide as the strips of products.
    private static final Columns32Code INSTANCE = Stream.of(Target.values())
            .filter(t -> Micro32Code.of(true) instanceof Micro32Code m && 2 * t.lanes() == m.strip())
            .findFirst()
            .map(t -> of(new Scores(t)))
            .orElse(null);

    private final int lanes;
    private final MachineCode softmax;
    private final MachineCode gradient;
    private final MachineCode finish;
    private final MachineCode dot;
    private final MachineCode scale;
    private final MachineCode scaleRows;
    private final MachineCode hide;

    private Columns32Code(int lanes, MachineCode[] all) {
        this.lanes = lanes;
        softmax = all[0];
        gradient = all[1];
        finish = all[2];
        dot = all[3];
        scale = all[4];
        scaleRows = all[5];
        hide = all[6];
    }

    /// The best there is.
    ///
    /// @param code true if machine code may be used
    static Columns of(boolean code) {
        return code && INSTANCE != null ? INSTANCE : REST;
    }

    private static Columns32Code of(Scores s) {
        var all = new MachineCode[] {s.softmax(), s.gradient(), s.finish(), s.dot(), s.scale(), s.scaleRows(),
            s.hide()};
        return Stream.of(all).allMatch(c -> c != null) ? new Columns32Code(s.target().lanes(), all) : null;
    }

    @Override
    public void scale(long x, double factor, int n) {
        scale.run(x, n / lanes, 0, 0, 0, 0, Float.floatToRawIntBits((float) factor), 0, 0, 0, 0);
    }

    @Override
    public void hide(long s, int rows, int n) {
        hide.run(s, rows, n, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void softmax(long s, int rows, long max, long sum, long factor) {
        softmax.run(s, rows, max, sum, factor, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void start(long max, long sum) {
        REST.start(max, sum);
    }

    @Override
    public void finish(long max, long sum, long work) {
        finish.run(max, sum, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void logs(long lse, int n, long to) {
        REST.logs(lse, n, to);
    }

    @Override
    public void dot(long a, long b, int rows, long to) {
        dot.run(a, b, rows, to, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public void gradient(long s, long dp, int rows, long lse, long delta, double factor) {
        gradient.run(s, dp, rows, lse, delta, 0, Float.floatToRawIntBits((float) factor), 0, 0, 0, 0);
    }

    @Override
    public void sum(long x, long step, int parts, long to, int n) {
        REST.sum(x, step, parts, to, n);
    }

    @Override
    public void scaleRows(long x, long step, long factors, int rows, int d) {
        if (d % lanes == 0) {
            scaleRows.run(x, step, factors, 4, rows, d / lanes, 0, 0, 0, 0, 0);
        } else {
            REST.scaleRows(x, step, factors, rows, d);
        }
    }
}
