package dev.ijen.onnx;

import static dev.ijen.onnx.GraphWriter.a;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Elementwise;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Operations of one element each.
final class ElementwiseExport {
    private final OpExport ops;
    private final GraphWriter out;
    private final WindowExport windows;

    ElementwiseExport(OpExport ops, GraphWriter out, WindowExport windows) {
        this.ops = ops;
        this.out = out;
        this.windows = windows;
    }

    String unary(Tensor t, Elementwise.Unary u) {
        var x = ops.in(t, 0);
        return switch (u.f()) {
            case NEG -> out.node("Neg", List.of(x));
            case ABS -> out.node("Abs", List.of(x));
            case SIGN -> out.node("Sign", List.of(x));
            case FLOOR -> out.node("Floor", List.of(x));
            case CEIL -> out.node("Ceil", List.of(x));
            case ROUND -> out.node("Round", List.of(x));
            case SQRT -> out.node("Sqrt", List.of(x));
            case RECIP -> out.node("Reciprocal", List.of(x));
            case EXP -> out.node("Exp", List.of(x));
            case EXPM1 -> out.node("Sub", List.of(out.node("Exp", List.of(x)), one(t)));
            case LOG -> out.node("Log", List.of(x));
            case LOG1P -> out.node("Log", List.of(out.node("Add", List.of(x, one(t)))));
            case SIN -> out.node("Sin", List.of(x));
            case COS -> out.node("Cos", List.of(x));
            case TAN -> out.node("Tan", List.of(x));
            case ASIN -> out.node("Asin", List.of(x));
            case ACOS -> out.node("Acos", List.of(x));
            case ATAN -> out.node("Atan", List.of(x));
            case SINH -> out.node("Sinh", List.of(x));
            case COSH -> out.node("Cosh", List.of(x));
            case TANH -> out.node("Tanh", List.of(x));
            case SIGMOID -> out.node("Sigmoid", List.of(x));
            case ERF -> out.node("Erf", List.of(x));
            case RELU -> out.node("Relu", List.of(x));
            case NOT -> t.dtype() == DType.BOOL
                    ? out.node("Not", List.of(x))
                    : out.node("Cast",
                            List.of(out.node("Not",
                                    List.of(out.node("Cast", List.of(x), a("to", OnnxType.BOOL.code()))))),
                            a("to", OnnxType.of(t.dtype()).code()));
        };
    }

    private String one(Tensor t) {
        return out.constant(HostTensor.of(t.dtype(), new double[] {1}));
    }

    String binary(Tensor t, Elementwise.Binary b) {
        var mean = windows.mean(t, b.f());
        if (mean != null) {
            return mean;
        }
        var x = operands(t);
        return switch (b.f()) {
            case ADD -> out.node("Add", x);
            case SUB -> out.node("Sub", x);
            case MUL -> out.node("Mul", x);
            case DIV -> out.node("Div", x);
            case MOD -> t.dtype().isFloat()
                    ? out.node("Sub", List.of(x.get(0), out.node("Mul",
                            List.of(out.node("Floor", List.of(out.node("Div", x))), x.get(1)))))
                    : out.node("Mod", x);
            case POW -> out.node("Pow", x);
            case MAX -> out.node("Max", x);
            case MIN -> out.node("Min", x);
            case AND -> out.node(t.dtype() == DType.BOOL ? "And" : "BitwiseAnd", x);
            case OR -> out.node(t.dtype() == DType.BOOL ? "Or" : "BitwiseOr", x);
            case XOR -> out.node(t.dtype() == DType.BOOL ? "Xor" : "BitwiseXor", x);
            case EQ -> out.node("Equal", x);
            case NE -> out.node("Not", List.of(out.node("Equal", x)));
            case LT -> out.node("Less", x);
            case LE -> out.node("LessOrEqual", x);
            case GT -> out.node("Greater", x);
            case GE -> out.node("GreaterOrEqual", x);
            case ATAN2, SHL, SHR -> throw OpExport.unsupported(t);
        };
    }

    /// Operands of an elementwise operation; ONNX broadcasts by itself where the rest gives the shape.
    List<String> operands(Tensor t) {
        var plain = new Tensor[t.arity()];
        var shape = Shape.scalar();
        for (int i = 0; i < plain.length; i++) {
            plain[i] = t.input(i).op() instanceof Movement.Broadcast ? t.input(i).input(0) : t.input(i);
            shape = plain[i].op() instanceof Leaf.Const ? shape : Shape.broadcast("export", shape, plain[i].shape());
        }
        boolean enough = shape.equals(t.shape());
        var l = new ArrayList<String>();
        for (int i = 0; i < plain.length; i++) {
            l.add(!enough ? ops.in(t, i) : plain[i].op() instanceof Leaf.Const c ? ops.scalar(c) : ops.name(plain[i]));
        }
        return l;
    }
}
