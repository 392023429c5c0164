package dev.ijen.plain;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.ijen.spi.Philox;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.UnaryFn;
import java.util.List;

/// Runs a region point by point.
public final class PlainRegion {
    private final Region region;
    private final List<HostTensor> in;
    private final List<HostTensor> out;
    private final double[] real;
    private final long[] whole;

    private PlainRegion(Region region, List<HostTensor> in, List<HostTensor> out) {
        this.region = region;
        this.in = in;
        this.out = out;
        this.real = new double[region.body().size()];
        this.whole = new long[region.body().size()];
    }

    /// Computes the outputs, which may be inputs if each element is read at the point at which it is written.
    public static void run(Region region, List<HostTensor> in, List<HostTensor> out) {
        var r = new PlainRegion(region, in, out);
        for (var s : region.stores()) {
            if (s.fold() != null) {
                r.neutral(s);
            }
        }
        var point = new int[region.space().length];
        for (int n = region.points(); n > 0; n--) {
            r.at(point);
            for (int a = point.length - 1; a >= 0 && ++point[a] == region.space()[a]; a--) {
                point[a] = 0;
            }
        }
    }

    private void neutral(Region.Store s) {
        var o = out.get(s.output());
        for (int i = 0; i < o.shape().size(); i++) {
            switch (s.fold()) {
                case SUM -> put(o, i, 0, 0);
                case MAX -> put(o, i, Double.NEGATIVE_INFINITY, least(o.dtype()));
                case MIN -> put(o, i, Double.POSITIVE_INFINITY, -1 - least(o.dtype()));
            }
        }
    }

    private static long least(DType t) {
        return switch (t) {
            case I8 -> Byte.MIN_VALUE;
            case I32 -> Integer.MIN_VALUE;
            case I64 -> Long.MIN_VALUE;
            case U8, BOOL -> 0;
            case F16, BF16, F32, F64 -> 0;
        };
    }

    static void put(HostTensor t, int i, double real, long whole) {
        if (t.dtype().isFloat()) {
            t.set(i, real);
        } else if (t.dtype() == DType.I64) {
            t.data().set(JAVA_LONG_UNALIGNED, i * 8L, whole);
        } else {
            t.set(i, (int) whole);
        }
    }

    private void at(int[] point) {
        var body = region.body();
        for (int i = 0; i < body.size(); i++) {
            value(i, body.get(i), point);
        }
        for (var s : region.stores()) {
            var o = out.get(s.output());
            int to = index(s.stride(), s.offset(), point);
            double r = real[s.value()];
            long w = whole[s.value()];
            if (s.fold() != null) {
                var f = switch (s.fold()) {
                    case SUM -> BinaryFn.ADD;
                    case MAX -> BinaryFn.MAX;
                    case MIN -> BinaryFn.MIN;
                };
                if (o.dtype().isFloat()) {
                    r = f.at(o.get(to), r);
                } else {
                    w = f.at(o.getLong(to), w);
                }
            }
            put(o, to, r, w);
        }
    }

    private static int index(int[] stride, int offset, int[] point) {
        int i = offset;
        for (int a = 0; a < point.length; a++) {
            i += stride[a] * point[a];
        }
        return i;
    }

    private void value(int i, Instr instr, int[] point) {
        switch (instr) {
            case Instr.Load l -> {
                var t = in.get(l.input());
                int from = index(l.stride(), l.offset(), point);
                if (l.stored().isFloat()) {
                    real[i] = t.get(from);
                } else {
                    whole[i] = t.getLong(from);
                }
            }
            case Instr.Imm m -> {
                real[i] = m.real();
                whole[i] = m.whole();
            }
            case Instr.Index x -> whole[i] = index(x.stride(), x.offset(), point);
            case Instr.Random r -> {
                var state = in.get(r.state());
                whole[i] = Philox.bits(
                        state.getLong(0), state.getLong(1), r.stream(), index(r.stride(), r.offset(), point));
            }
            case Instr.Unary u -> unary(i, u);
            case Instr.Binary b -> binary(i, b);
            case Instr.Select s -> {
                int from = whole[s.c()] != 0 ? s.a() : s.b();
                real[i] = real[from];
                whole[i] = whole[from];
            }
            case Instr.Cast c -> cast(i, c);
        }
        round(i, instr.type());
    }

    private void round(int i, DType type) {
        if (type == DType.F32) {
            real[i] = (float) real[i];
        } else if (type == DType.I32) {
            whole[i] = (int) whole[i];
        }
    }

    private void unary(int i, Instr.Unary u) {
        if (u.type().isFloat()) {
            real[i] = u.f().at(real[u.a()]);
            return;
        }
        long a = whole[u.a()];
        whole[i] = switch (u.f()) {
            case NEG -> -a;
            case ABS -> Math.abs(a);
            case SIGN -> Long.signum(a);
            case RELU -> Math.max(a, 0);
            case NOT -> a == 0 ? 1 : 0;
            case FLOOR, CEIL, ROUND, SQRT, RECIP, EXP, EXPM1, LOG, LOG1P, SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH,
                    TANH,
                    SIGMOID, ERF -> throw new IllegalArgumentException(UnaryFn.class + " " + u);
        };
    }

    private void binary(int i, Instr.Binary b) {
        if (b.of().isFloat()) {
            double v = b.f().at(real[b.a()], real[b.b()]);
            real[i] = v;
            whole[i] = b.f().comparison() ? (long) v : 0;
        } else if (b.of() == DType.I32 && b.f().bitwise()) {
            int x = (int) whole[b.a()];
            int y = (int) whole[b.b()];
            whole[i] = switch (b.f()) {
                case SHL -> x << y;
                case SHR -> x >>> y;
                default -> b.f().at(x, (long) y);
            };
        } else {
            whole[i] = b.f().at(whole[b.a()], whole[b.b()]);
        }
    }

    private void cast(int i, Instr.Cast c) {
        boolean fromReal = c.from().isFloat();
        double r = fromReal ? real[c.a()] : whole[c.a()];
        long w = fromReal ? (c.to() == DType.I64 ? (long) r : (int) r) : whole[c.a()];
        switch (c.to()) {
            case F64, F32 -> real[i] = r;
            case F16, BF16 -> real[i] = HostTensor.of(c.to(), new double[] {r}).get(0);
            case I64, I32 -> whole[i] = w;
            case I8 -> whole[i] = (byte) w;
            case U8 -> whole[i] = w & 0xff;
            case BOOL -> whole[i] = (fromReal ? r != 0 : w != 0) ? 1 : 0;
        }
    }
}
