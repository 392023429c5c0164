package dev.ijen.tensor;

/// What a mixed [Precision] does with the inputs of operations while a step is traced. Gradients follow by themselves: they are
/// operations, too, and the gradient of a cast is a cast back.
final class Mixed {
    private Mixed() {}

    /// Which types an operation's real inputs are given.
    private enum Inputs {
        /// F32 becomes the short type.
        SHORT,
        /// F32 becomes the short type, but for the fifth input: logarithms of sums.
        SHORT_BESIDE_SUMS,
        /// The short types become F32.
        WIDE,
        /// As they are.
        AS_GIVEN,
        /// As they are if all agree, else F32.
        WIDEST,
        /// That of the first.
        LIKE_FIRST
    }

    /// Every operation has its place here; one with a kernel of its own that is a product belongs to SHORT.
    private static Inputs inputs(Op op) {
        return switch (op) {
            case Contraction.MatMul m -> Inputs.SHORT;
            case Windowed.Conv c -> Inputs.SHORT;
            case Windowed.ConvInputGradient c -> Inputs.SHORT;
            case Windowed.ConvFilterGradient c -> Inputs.SHORT;
            case Attention.Out a -> Inputs.SHORT;
            case Attention.Lse a -> Inputs.SHORT;
            case Attention.InputGradient a -> Inputs.SHORT_BESIDE_SUMS;
            case Recurrence r -> Inputs.SHORT;
            case Windowed.MaxPool p -> Inputs.AS_GIVEN;
            case Windowed.MaxPoolGradient p -> Inputs.LIKE_FIRST;
            case Windowed.MaxPick p -> Inputs.LIKE_FIRST;
            case Windowed.SumPool p -> Inputs.AS_GIVEN;
            case Windowed.SumPoolGradient p -> Inputs.AS_GIVEN;
            case Rowwise r -> Inputs.WIDE;
            case Reduction.Reduce r -> r.fold() == Reduction.Fold.SUM ? Inputs.WIDE : Inputs.AS_GIVEN;
            case Reduction.CumSum c -> Inputs.WIDE;
            case Reduction.ArgReduce a -> Inputs.AS_GIVEN;
            case Reduction.ArgSort a -> Inputs.AS_GIVEN;
            case Indexing.Gather g -> Inputs.AS_GIVEN;
            case Indexing.ScatterAdd s -> Inputs.WIDE;
            case Indexing.ScatterSet s -> Inputs.AS_GIVEN;
            case Elementwise.Unary(var f) -> unary(f);
            case Elementwise.Binary(var f) -> f == BinaryFn.POW ? Inputs.WIDE : Inputs.AS_GIVEN;
            case Elementwise.Select s -> Inputs.AS_GIVEN;
            case Elementwise.Cast c -> Inputs.AS_GIVEN;
            case Movement.Concat c -> Inputs.WIDEST;
            case Movement m -> Inputs.AS_GIVEN;
            case Control c -> Inputs.AS_GIVEN;
            case Leaf l -> Inputs.AS_GIVEN;
        };
    }

    /// Functions whose results span many powers of two, or whose slope does, are F32.
    private static Inputs unary(UnaryFn f) {
        return switch (f) {
            case EXP, EXPM1, LOG, LOG1P, RECIP, SQRT, TAN, ASIN, ACOS, SINH, COSH -> Inputs.WIDE;
            case NEG, ABS, SIGN, FLOOR, CEIL, ROUND, NOT, SIN, COS, ATAN, TANH, SIGMOID, ERF, RELU -> Inputs.AS_GIVEN;
        };
    }

    /// The inputs as the policy in force wants them.
    static Tensor[] operands(Op op, Tensor[] in) {
        var low = Precision.current().operands();
        if (low == DType.F32) {
            return in;
        }
        return switch (inputs(op)) {
            case AS_GIVEN -> in;
            case SHORT -> cast(in, DType.F32, low);
            case SHORT_BESIDE_SUMS -> {
                var out = cast(in, DType.F32, low).clone();
                out[4] = in[4];
                yield out;
            }
            case WIDE -> cast(cast(in, DType.F16, DType.F32), DType.BF16, DType.F32);
            case WIDEST -> agree(in) ? in : cast(cast(in, DType.F16, DType.F32), DType.BF16, DType.F32);
            case LIKE_FIRST -> cast(in, in[1].dtype(), in[0].dtype());
        };
    }

    private static boolean agree(Tensor[] in) {
        for (var t : in) {
            if (t.dtype() != in[0].dtype()) {
                return false;
            }
        }
        return true;
    }

    private static Tensor[] cast(Tensor[] in, DType from, DType to) {
        var out = in.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] = in[i].dtype() == from ? in[i].cast(to) : in[i];
        }
        return out;
    }

    /// The type two operands meet in: the wider, but a parameter or state adapts to the short type it meets, so that a bias does
    /// not make its layer's output F32.
    static DType meet(Tensor a, Tensor b) {
        var low = Precision.current().operands();
        if (low != DType.F32 && (adapts(a, b, low) || adapts(b, a, low))) {
            return low;
        }
        return DType.promote(a.dtype(), b.dtype());
    }

    private static boolean adapts(Tensor a, Tensor to, DType low) {
        if (a.dtype() != DType.F32 || to.dtype() != low) {
            return false;
        }
        var x = a;
        while (x.op() instanceof Movement && x.arity() == 1) {
            x = x.input(0);
        }
        return x.op() instanceof Leaf.Read;
    }
}
