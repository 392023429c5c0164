package dev.ijen.contract;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/// One row of the op table: an operation, the inputs and element types it is tried with, how exact it must be, and whether
/// it has a gradient. The tests take everything they know about an operation from its row.
final class OpCase {
    static final Set<DType> REAL = EnumSet.of(DType.F32, DType.F64, DType.F16, DType.BF16);
    static final Set<DType> INTS = EnumSet.of(DType.I32, DType.I64, DType.I8, DType.U8);
    static final Set<DType> NUMBERS = union(REAL, INTS);
    static final Set<DType> ALL = union(NUMBERS, EnumSet.of(DType.BOOL));

    private final String name;
    private final Function<Tensor[], Tensor> fn;
    private final List<List<In>> variants = new ArrayList<>();
    private final List<List<In>> large = new ArrayList<>();
    private Set<DType> types = REAL;
    private double low = -2;
    private double high = 2;
    private double ulps = 8;
    private boolean differentiable;
    private boolean smooth;

    private OpCase(String name, Function<Tensor[], Tensor> fn) {
        this.name = name;
        this.fn = fn;
    }

    /// A row.
    ///
    /// @param name the method's name, and after a stroke which of several rows it is
    static OpCase of(String name, Function<Tensor[], Tensor> fn) {
        return new OpCase(name, fn);
    }

    /// Tried with these types; real ones unless said otherwise.
    OpCase types(Set<DType> t) {
        types = t;
        return this;
    }

    /// Numbers are drawn from [low, high].
    OpCase range(double from, double to) {
        low = from;
        high = to;
        return this;
    }

    /// Error allowed, in units of the type's last place, of the expected number or of 1, whichever is greater.
    OpCase ulps(double n) {
        ulps = n;
        return this;
    }

    /// Has a gradient, which agrees with differences wherever numbers are drawn.
    OpCase differentiable() {
        differentiable = true;
        return this;
    }

    /// Has second derivatives that are not all zero by construction, and they agree too.
    OpCase smooth() {
        smooth = true;
        return differentiable();
    }

    /// One more set of inputs.
    OpCase on(In... in) {
        variants.add(List.of(in));
        return this;
    }

    /// One more set of inputs for each shape.
    OpCase each(int[]... shapes) {
        for (var s : shapes) {
            on(In.of(s));
        }
        return this;
    }

    /// Inputs large enough to be shared among threads.
    OpCase large(In... in) {
        large.add(List.of(in));
        return this;
    }

    String name() {
        return name;
    }

    Set<DType> types() {
        return types;
    }

    boolean isDifferentiable() {
        return differentiable;
    }

    boolean isSmooth() {
        return smooth;
    }

    List<List<In>> variants() {
        return variants;
    }

    List<List<In>> large() {
        return large;
    }

    /// Inputs for one variant; always the same numbers.
    List<Value> draw(List<In> variant, DType type) {
        var random = new Random(name.hashCode() * 31L + variant.hashCode());
        return variant.stream().map(i -> i.draw(type, low, high, random)).toList();
    }

    Tensor apply(List<Tensor> in) {
        return fn.apply(in.toArray(Tensor[]::new));
    }

    /// Which inputs of a variant have gradients.
    static List<Integer> real(List<In> variant, DType type) {
        return IntStream.range(0, variant.size())
                .filter(i -> variant.get(i).dtype(type).isFloat())
                .boxed()
                .toList();
    }

    /// The error allowed for results of a type when the row is tried with `tried`: the coarser of the two counts.
    double tolerance(DType result, DType tried) {
        return ulps * Math.max(unit(result), tried.isFloat() ? unit(tried) : 0);
    }

    static double unit(DType t) {
        return switch (t) {
            case F64 -> 0x1p-52;
            case F32 -> 0x1p-23;
            case F16 -> 0x1p-10;
            case BF16 -> 0x1p-7;
            case I32, I64, I8, U8, BOOL -> 0;
        };
    }

    private static Set<DType> union(Set<DType> a, Set<DType> b) {
        var u = EnumSet.copyOf(a);
        u.addAll(b);
        return u;
    }

    @Override
    public String toString() {
        return name;
    }
}
