package dev.ijen.tensor;

/// Elementwise operations. Two operands are broadcast to a common shape (NumPy's rule) and promoted to a common type
/// ([DType#promote]); a number takes the tensor's type, unless that is whole and cannot hold it: then I32 or I64 if the number
/// is whole, else F32.
public sealed interface MathOps permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    private Tensor unary(UnaryFn f) {
        return Tensor.of(new Elementwise.Unary(f), self());
    }

    private Tensor real() {
        return self().dtype().isFloat() ? self() : cast(DType.F32);
    }

    private Tensor binary(BinaryFn f, Tensor o) {
        var a = self();
        var type = a.dtype() == o.dtype() ? a.dtype() : Mixed.meet(a, o);
        var s = a.shape().equals(o.shape())
                ? a.shape()
                : Shape.broadcast(f.name().toLowerCase(java.util.Locale.ROOT), a.shape(), o.shape());
        return Tensor.of(new Elementwise.Binary(f), a.cast(type).broadcast(s), o.cast(type).broadcast(s));
    }

    private Tensor number(double v) {
        var t = self().dtype();
        boolean whole = v == Math.rint(v) && Math.abs(v) < 0x1p53;
        if (t == DType.F16 || t == DType.BF16) {
            // arithmetic is done in F32: 1/9 need not be a short number
            return Tensor.of(new Leaf.Const(t, (float) v, 0, self().shape()));
        }
        var type = t.isFloat() ? t : !whole ? DType.F32 : holds(t, v) ? t : v == (int) v ? DType.I32 : DType.I64;
        return Tensor.full(type, v, type == t ? self().shape() : Shape.scalar());
    }

    private static boolean holds(DType t, double whole) {
        return switch (t) {
            case I64 -> true;
            case I32 -> whole == (int) whole;
            case I8 -> whole == (byte) whole;
            case U8 -> whole == ((int) whole & 0xff);
            case BOOL, F32, F64, F16, BF16 -> false;
        };
    }

    /// −x.
    default Tensor neg() {
        return unary(UnaryFn.NEG);
    }

    /// |x|.
    default Tensor abs() {
        return unary(UnaryFn.ABS);
    }

    /// −1, 0 or 1.
    default Tensor sign() {
        return unary(UnaryFn.SIGN);
    }

    /// ⌊x⌋.
    default Tensor floor() {
        return unary(UnaryFn.FLOOR);
    }

    /// ⌈x⌉.
    default Tensor ceil() {
        return unary(UnaryFn.CEIL);
    }

    /// Nearest whole number, ties to even.
    default Tensor round() {
        return unary(UnaryFn.ROUND);
    }

    /// √x.
    default Tensor sqrt() {
        return real().unaryOf(UnaryFn.SQRT);
    }

    /// 1 / √x.
    default Tensor rsqrt() {
        return sqrt().reciprocal();
    }

    /// 1 / x.
    default Tensor reciprocal() {
        return real().unaryOf(UnaryFn.RECIP);
    }

    /// x².
    default Tensor square() {
        return mul(self());
    }

    /// eˣ.
    default Tensor exp() {
        return real().unaryOf(UnaryFn.EXP);
    }

    /// eˣ − 1, accurate near 0.
    default Tensor expm1() {
        return real().unaryOf(UnaryFn.EXPM1);
    }

    /// ln x.
    default Tensor log() {
        return real().unaryOf(UnaryFn.LOG);
    }

    /// ln(1 + x), accurate near 0.
    default Tensor log1p() {
        return real().unaryOf(UnaryFn.LOG1P);
    }

    /// Sine of radians.
    default Tensor sin() {
        return real().unaryOf(UnaryFn.SIN);
    }

    /// Cosine of radians.
    default Tensor cos() {
        return real().unaryOf(UnaryFn.COS);
    }

    /// Tangent of radians.
    default Tensor tan() {
        return real().unaryOf(UnaryFn.TAN);
    }

    /// Inverse sine.
    default Tensor asin() {
        return real().unaryOf(UnaryFn.ASIN);
    }

    /// Inverse cosine.
    default Tensor acos() {
        return real().unaryOf(UnaryFn.ACOS);
    }

    /// Inverse tangent.
    default Tensor atan() {
        return real().unaryOf(UnaryFn.ATAN);
    }

    /// Hyperbolic sine.
    default Tensor sinh() {
        return real().unaryOf(UnaryFn.SINH);
    }

    /// Hyperbolic cosine.
    default Tensor cosh() {
        return real().unaryOf(UnaryFn.COSH);
    }

    /// Hyperbolic tangent.
    default Tensor tanh() {
        return real().unaryOf(UnaryFn.TANH);
    }

    /// 1 / (1 + e⁻ˣ).
    default Tensor sigmoid() {
        return real().unaryOf(UnaryFn.SIGMOID);
    }

    /// Error function.
    default Tensor erf() {
        return real().unaryOf(UnaryFn.ERF);
    }

    /// max(x, 0).
    default Tensor relu() {
        return unary(UnaryFn.RELU);
    }

    /// True where x is 0 or false.
    default Tensor not() {
        return self().dtype().isFloat() ? eq(0) : cast(DType.BOOL).unaryOf(UnaryFn.NOT);
    }

    /// The function, without conversion of the input's type.
    ///
    /// @throws ShapeException if it does not take that type
    default Tensor unaryOf(UnaryFn f) {
        return unary(f);
    }

    /// a + b.
    default Tensor add(Tensor o) {
        return binary(BinaryFn.ADD, o);
    }

    /// a + v.
    default Tensor add(double v) {
        return add(number(v));
    }

    /// a − b.
    default Tensor sub(Tensor o) {
        return binary(BinaryFn.SUB, o);
    }

    /// a − v.
    default Tensor sub(double v) {
        return sub(number(v));
    }

    /// v − a.
    default Tensor rsub(double v) {
        return number(v).sub(self());
    }

    /// a · b.
    default Tensor mul(Tensor o) {
        return binary(BinaryFn.MUL, o);
    }

    /// a · v.
    default Tensor mul(double v) {
        return mul(number(v));
    }

    /// a / b; whole numbers are divided as F32. For whole quotients see [#floorDiv].
    default Tensor div(Tensor o) {
        var type = DType.promote(self().dtype(), o.dtype());
        return type.isFloat() ? binary(BinaryFn.DIV, o) : cast(DType.F32).div(o.cast(DType.F32));
    }

    /// a / v.
    default Tensor div(double v) {
        return self().dtype().isFloat() ? div(number(v)) : cast(DType.F32).div(v);
    }

    /// ⌊a / b⌋.
    default Tensor floorDiv(Tensor o) {
        var type = DType.promote(self().dtype(), o.dtype());
        if (type.isFloat()) {
            return div(o).floor();
        }
        // truncation rounds up where the signs differ and something remains
        var rest = mod(o).ne(0).and(lt(0).xor(o.lt(0)));
        return binaryOf(BinaryFn.DIV, o).sub(rest.cast(type));
    }

    /// ⌊a / v⌋.
    default Tensor floorDiv(double v) {
        return floorDiv(number(v));
    }

    /// Remainder with the sign of b.
    default Tensor mod(Tensor o) {
        return binary(BinaryFn.MOD, o);
    }

    /// Remainder with the sign of v.
    default Tensor mod(double v) {
        return mod(number(v));
    }

    /// aᵇ.
    default Tensor pow(Tensor o) {
        return real().binaryOf(BinaryFn.POW, o);
    }

    /// aᵛ.
    default Tensor pow(double v) {
        if (v == 2) {
            return square();
        }
        return v == 1 ? self() : v == 0.5 ? sqrt() : v == -1 ? reciprocal() : pow(real().numberOf(v));
    }

    /// Angle of the point (x, this) in radians.
    default Tensor atan2(Tensor x) {
        return real().binaryOf(BinaryFn.ATAN2, x);
    }

    /// The greater; NaN wins.
    default Tensor maximum(Tensor o) {
        return binary(BinaryFn.MAX, o);
    }

    /// The greater; NaN wins.
    default Tensor maximum(double v) {
        return maximum(number(v));
    }

    /// The lesser; NaN wins.
    default Tensor minimum(Tensor o) {
        return binary(BinaryFn.MIN, o);
    }

    /// The lesser; NaN wins.
    default Tensor minimum(double v) {
        return minimum(number(v));
    }

    /// Between low and high.
    default Tensor clip(double low, double high) {
        return maximum(low).minimum(high);
    }

    /// Bits, or truths, in both.
    default Tensor and(Tensor o) {
        return binary(BinaryFn.AND, o);
    }

    /// Bits, or truths, in either.
    default Tensor or(Tensor o) {
        return binary(BinaryFn.OR, o);
    }

    /// Bits, or truths, in exactly one.
    default Tensor xor(Tensor o) {
        return binary(BinaryFn.XOR, o);
    }

    /// Bits moved left.
    default Tensor shiftLeft(int count) {
        return binary(BinaryFn.SHL, number(count));
    }

    /// Bits moved right, zeros coming in.
    default Tensor shiftRight(int count) {
        return binary(BinaryFn.SHR, number(count));
    }

    /// a = b, BOOL.
    default Tensor eq(Tensor o) {
        return binary(BinaryFn.EQ, o);
    }

    /// a = v, BOOL.
    default Tensor eq(double v) {
        return eq(number(v));
    }

    /// a ≠ b, BOOL.
    default Tensor ne(Tensor o) {
        return binary(BinaryFn.NE, o);
    }

    /// a ≠ v, BOOL.
    default Tensor ne(double v) {
        return ne(number(v));
    }

    /// a < b, BOOL.
    default Tensor lt(Tensor o) {
        return binary(BinaryFn.LT, o);
    }

    /// a < v, BOOL.
    default Tensor lt(double v) {
        return lt(number(v));
    }

    /// a ≤ b, BOOL.
    default Tensor le(Tensor o) {
        return binary(BinaryFn.LE, o);
    }

    /// a ≤ v, BOOL.
    default Tensor le(double v) {
        return le(number(v));
    }

    /// a > b, BOOL.
    default Tensor gt(Tensor o) {
        return binary(BinaryFn.GT, o);
    }

    /// a > v, BOOL.
    default Tensor gt(double v) {
        return gt(number(v));
    }

    /// a ≥ b, BOOL.
    default Tensor ge(Tensor o) {
        return binary(BinaryFn.GE, o);
    }

    /// a ≥ v, BOOL.
    default Tensor ge(double v) {
        return ge(number(v));
    }

    /// The function, operands promoted and broadcast.
    default Tensor binaryOf(BinaryFn f, Tensor o) {
        return binary(f, o);
    }

    /// A constant of this tensor's type and shape.
    default Tensor numberOf(double v) {
        return number(v);
    }

    /// This BOOL tensor chooses: `yes` where true, else `no`; all three are broadcast, the choices promoted.
    default Tensor where(Tensor yes, Tensor no) {
        var type = yes.dtype() == no.dtype() ? yes.dtype() : Mixed.meet(yes, no);
        var s = Shape.broadcast("where", Shape.broadcast("where", self().shape(), yes.shape()), no.shape());
        return Tensor.of(
                new Elementwise.Select(),
                self().broadcast(s),
                yes.cast(type).broadcast(s),
                no.cast(type).broadcast(s));
    }

    /// This BOOL tensor chooses: `yes` where true, else the number.
    default Tensor where(Tensor yes, double no) {
        return where(yes, Tensor.scalar(yes.dtype(), no));
    }

    /// Another element type.
    default Tensor cast(DType to) {
        return self().dtype() == to ? self() : Tensor.of(new Elementwise.Cast(to), self());
    }

    /// True where x is NaN.
    default Tensor isNaN() {
        return ne(self());
    }

    /// True where x is neither NaN nor infinite.
    default Tensor isFinite() {
        return sub(self()).eq(0);
    }

    /// Zeros of the same type and shape.
    default Tensor zerosLike() {
        return Tensor.full(self().dtype(), 0, self().shape());
    }

    /// Ones of the same type and shape.
    default Tensor onesLike() {
        return Tensor.full(self().dtype(), 1, self().shape());
    }
}
