package dev.ijen.cpu;

import dev.ijen.spi.Philox;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Fold;
import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Half;
import dev.ijen.tensor.HostTensor;
import java.util.List;

/// A region by its definition: point by point, one value at a time, floats rounded after each step. Sums are kept in double.
final class NaiveRegion {
    private final Region region;
    private final List<HostTensor> in;
    private final double[] real;
    private final long[] whole;

    private NaiveRegion(Region region, List<HostTensor> in) {
        this.region = region;
        this.in = in;
        real = new double[region.body().size()];
        whole = new long[region.body().size()];
    }

    /// What an output holds after a run.
    ///
    /// @param values exact but for great I64
    /// @param stored false for elements that no store touches
    record Output(double[] values, boolean[] stored) {}

    /// What the stores leave.
    static Output[] run(Region region, List<HostTensor> in, int[] sizes) {
        var out = new double[sizes.length][];
        for (int i = 0; i < sizes.length; i++) {
            out[i] = new double[sizes[i]];
        }
        var run = new NaiveRegion(region, in);
        var seen = new boolean[sizes.length][];
        for (int i = 0; i < sizes.length; i++) {
            seen[i] = new boolean[sizes[i]];
        }
        var p = new int[region.space().length];
        for (int n = region.points(); n > 0; n--) {
            run.point(p);
            for (var s : region.stores()) {
                int at = index(s.stride(), s.offset(), p);
                double v = run.value(s.value());
                boolean first = !seen[s.output()][at];
                seen[s.output()][at] = true;
                double before = out[s.output()][at];
                out[s.output()][at] = s.fold() == null || first ? v : fold(s.fold(), before, v);
            }
            for (int a = p.length - 1; a >= 0 && ++p[a] == region.space()[a]; a--) {
                p[a] = 0;
            }
        }
        for (var s : region.stores()) {
            for (int i = 0; i < sizes[s.output()]; i++) {
                out[s.output()][i] = stored(s.stored(), out[s.output()][i]);
            }
        }
        var result = new Output[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            result[i] = new Output(out[i], seen[i]);
        }
        return result;
    }

    private static double fold(Fold f, double a, double b) {
        return switch (f) {
            case SUM -> a + b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
        };
    }

    private double value(int v) {
        return region.body().get(v).type().isFloat() ? real[v] : whole[v];
    }

    private static int index(int[] stride, int offset, int[] p) {
        int i = offset;
        for (int a = 0; a < p.length; a++) {
            i += stride[a] * p[a];
        }
        return i;
    }

    private void point(int[] p) {
        for (int i = 0; i < region.body().size(); i++) {
            switch (region.body().get(i)) {
                case Instr.Load l -> {
                    real[i] = in.get(l.input()).get(index(l.stride(), l.offset(), p));
                    whole[i] = l.stored().isFloat() ? 0 : in.get(l.input()).getLong(index(l.stride(), l.offset(), p));
                }
                case Instr.Imm m -> {
                    real[i] = m.type() == DType.F32 ? (float) m.real() : m.real();
                    whole[i] = m.whole();
                }
                case Instr.Index x -> whole[i] = index(x.stride(), x.offset(), p);
                case Instr.Random r -> {
                    var s = in.get(r.state());
                    int e = index(r.stride(), r.offset(), p);
                    whole[i] = Philox.bits(s.getLong(0), s.getLong(1), r.stream(), e);
                }
                case Instr.Unary u -> {
                    if (u.type().isFloat()) {
                        real[i] = round(u.type(), u.f().at(real[u.a()]));
                    } else {
                        long v = whole[u.a()];
                        whole[i] = cut(u.type(), switch (u.f()) {
                            case NEG -> -v;
                            case ABS -> Math.abs(v);
                            case SIGN -> Long.signum(v);
                            case RELU -> Math.max(v, 0);
                            case NOT -> v == 0 ? 1 : 0;
                            default -> throw new AssertionError(u);
                        });
                    }
                }
                case Instr.Binary b -> binary(i, b);
                case Instr.Select s -> {
                    real[i] = real[whole[s.c()] != 0 ? s.a() : s.b()];
                    whole[i] = whole[whole[s.c()] != 0 ? s.a() : s.b()];
                }
                case Instr.Cast c -> cast(i, c);
            }
        }
    }

    private void binary(int i, Instr.Binary b) {
        if (!b.of().isFloat()) {
            long x = whole[b.a()];
            long y = whole[b.b()];
            whole[i] = b.of() == DType.I64 ? b.f().at(x, y) : switch (b.f()) {
                case SHL -> (int) x << y;
                case SHR -> (int) x >>> y;
                default -> (int) b.f().at(x, y);
            };
        } else if (b.f().comparison()) {
            whole[i] = (long) b.f().at(real[b.a()], real[b.b()]);
        } else {
            real[i] = round(b.of(), b.f().at(real[b.a()], real[b.b()]));
        }
    }

    private void cast(int i, Instr.Cast c) {
        double x = c.from().isFloat() ? real[c.a()] : whole[c.a()];
        long w = !c.from().isFloat()
                ? whole[c.a()]
                : c.to() == DType.I64 ? (long) x : c.to() == DType.BOOL ? (x != 0 ? 1 : 0) : (int) x;
        real[i] = c.from() == DType.I64 && c.to() != DType.F64 ? stored(c.to(), (float) w) : stored(c.to(), x);
        whole[i] = switch (c.to()) {
            case I32 -> (int) w;
            case I8 -> (byte) w;
            case U8 -> w & 0xff;
            case BOOL -> w != 0 ? 1 : 0;
            case I64, F32, F64, F16, BF16 -> w;
        };
    }

    private static double round(DType t, double v) {
        return t == DType.F32 ? (float) v : v;
    }

    private static long cut(DType t, long v) {
        return t == DType.I32 ? (int) v : v;
    }

    /// A value of the compute type after it was stored.
    private static double stored(DType t, double v) {
        return switch (t) {
            case F32 -> (float) v;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) v));
            case BF16 -> Half.fromBf16(Half.toBf16((float) v));
            case I8 -> (byte) (long) v;
            case U8 -> (long) v & 0xff;
            case BOOL -> v != 0 ? 1 : 0;
            case I32 -> (int) (long) v;
            case F64, I64 -> v;
        };
    }
}
