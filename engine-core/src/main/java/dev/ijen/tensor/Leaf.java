package dev.ijen.tensor;

/// Operations that start a graph.
public sealed interface Leaf extends Op {
    @Override
    default Tensor[] vjp(Tensor y, Tensor dy) {
        return Op.none(y);
    }

    /// Argument number `slot` of a step function.
    record Input(int slot, DType type, Shape extents) implements Leaf {
        @Override
        public Shape shape(Tensor[] in) {
            return extents;
        }

        @Override
        public DType dtype(Tensor[] in) {
            return type;
        }

        @Override
        public String label() {
            return "input";
        }
    }

    /// The value of a parameter or state at the start of the program.
    record Read(Cell cell) implements Leaf {
        @Override
        public Shape shape(Tensor[] in) {
            return cell.shape();
        }

        @Override
        public DType dtype(Tensor[] in) {
            return cell.dtype();
        }

        @Override
        public String label() {
            return cell.name();
        }
    }

    /// One value everywhere: `real` for real types, `whole` for the others.
    record Const(DType type, double real, long whole, Shape extents) implements Leaf {
        /// A constant rounded to its type.
        static Const of(DType type, double v, Shape extents) {
            return switch (type) {
                case F64 -> new Const(type, v, 0, extents);
                case F32 -> new Const(type, (float) v, 0, extents);
                case F16 -> new Const(type, Float.float16ToFloat(Float.floatToFloat16((float) v)), 0, extents);
                case BF16 -> new Const(type, Half.fromBf16(Half.toBf16((float) v)), 0, extents);
                case I64 -> new Const(type, 0, (long) v, extents);
                case I32 -> new Const(type, 0, (int) v, extents);
                case I8 -> new Const(type, 0, (byte) (long) v, extents);
                case U8 -> new Const(type, 0, (long) v & 0xff, extents);
                case BOOL -> new Const(type, 0, v != 0 ? 1 : 0, extents);
            };
        }

        /// The value as a double.
        public double value() {
            return type.isFloat() ? real : whole;
        }

        @Override
        public Shape shape(Tensor[] in) {
            return extents;
        }

        @Override
        public DType dtype(Tensor[] in) {
            return type;
        }

        @Override
        public String label() {
            return "constant";
        }
    }

    /// Values given by the user, shared with whoever made them. Equal only to itself.
    ///
    /// @param home the engine that evaluates expressions of it, or null
    record Literal(HostTensor data, Evaluator home) implements Leaf {
        @Override
        public Shape shape(Tensor[] in) {
            return data.shape();
        }

        @Override
        public DType dtype(Tensor[] in) {
            return data.dtype();
        }

        @Override
        public String label() {
            return "literal";
        }

        @Override
        public boolean equals(Object o) {
            return this == o;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /// The index along one axis, as I32.
    record Iota(int axis, Shape extents) implements Leaf {
        @Override
        public Shape shape(Tensor[] in) {
            return extents;
        }

        @Override
        public DType dtype(Tensor[] in) {
            return DType.I32;
        }

        @Override
        public String label() {
            return "iota";
        }
    }

    /// 32 random bits an element (I32), by the counter-based generator Philox 4x32-10 from a state I64[2] (seed, step). The stream number
    /// is part of the record, so two draws are never taken for the same, and recomputing one repeats it.
    record RandomBits(int stream, Shape extents) implements Leaf {
        @Override
        public Shape shape(Tensor[] in) {
            if (in[0].dtype() != DType.I64 || !in[0].shape().equals(Shape.of(2))) {
                throw new ShapeException("random", in[0].toString(), "a state I64[2]: seed, step",
                        "use the engine's generator");
            }
            return extents;
        }

        @Override
        public DType dtype(Tensor[] in) {
            return DType.I32;
        }

        @Override
        public String label() {
            return "random";
        }
    }
}
