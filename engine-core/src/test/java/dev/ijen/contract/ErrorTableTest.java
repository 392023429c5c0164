package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.tensor.AttentionOptions;
import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Recurrence;
import dev.ijen.tensor.Recurrent;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.UnaryFn;
import dev.ijen.tensor.WindowSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Wrong inputs of every operation: refused where the expression is built, with what, got, expected and fix.
class ErrorTableTest {
    /// @param parts what the message must contain besides its four parts; the first is how it starts
    private record Wrong(String name, Supplier<Object> build, List<String> parts) {}

    private final List<Wrong> rows = new ArrayList<>();

    private void wrong(String name, Supplier<Object> build, String... parts) {
        rows.add(new Wrong(name, build, List.of(parts)));
    }

    private static Tensor f(int... dims) {
        return Tensor.full(DType.F32, 1, Shape.of(dims));
    }

    private static Tensor of(DType t, int... dims) {
        return Tensor.full(t, 1, Shape.of(dims));
    }

    private void elementwise() {
        wrong("add", () -> f(2, 3).add(f(2, 4)), "add: shapes do not fit", "[2, 3] and [2, 4]", "axis -1 has 3 and 4");
        wrong("where", () -> of(DType.BOOL, 3).where(f(2), f(3)), "where: shapes do not fit", "[3]", "[2]");
        wrong("where of numbers", () -> f(3).where(f(3), f(3)), "where: element type not taken", "F32", "BOOL",
                "compare first");
        wrong("neg of truth", () -> of(DType.BOOL, 3).neg(), "neg: element type not taken", "BOOL", "cast");
        wrong("add of truth", () -> of(DType.BOOL, 3).add(of(DType.BOOL, 3)), "add: element type not taken", "BOOL",
                "numbers");
        wrong("floor of whole", () -> of(DType.I32, 3).floor(), "floor: element type not taken", "I32", "real numbers");
        wrong("and of real", () -> f(3).and(f(3)), "and: element type not taken", "F32", "BOOL or integers");
        wrong("shift of real", () -> f(3).shiftLeft(1), "shl: element type not taken", "F32", "integers");
        wrong("sqrt without conversion", () -> of(DType.I64, 3).unaryOf(UnaryFn.SQRT), "sqrt: element type not taken",
                "I64");
        wrong("logical not of real", () -> f(3).unaryOf(UnaryFn.NOT), "not: element type not taken", "F32");
    }

    private void shapes() {
        wrong("broadcast", () -> f(3).broadcast(3, 2), "broadcast: shapes do not fit", "[3]", "[3, 2]");
        wrong("broadcast to fewer axes", () -> f(2, 3).broadcast(3), "broadcast: shapes do not fit", "[2, 3] to [3]");
        wrong("reshape", () -> f(2, 3).reshape(4, 2), "reshape: shapes do not fit", "[2, 3] to [4, 2]", "6 and 8");
        wrong("reshape by -1", () -> f(2, 3).reshape(4, -1), "reshape: shapes do not fit", "[4, -1]", "divide 6");
        wrong("reshape by two -1", () -> f(2, 3).reshape(-1, -1), "reshape: shapes do not fit", "at most one");
        wrong("reshape by -2", () -> f(2, 3).reshape(-2, 3), "shape: shapes do not fit", "-2");
        wrong("reshape of nothing", () -> f(0, 3).reshape(0, -1), "reshape: shapes do not fit", "[0, -1]");
        wrong("reshape overflow", () -> f(4).reshape(65536, 65536, -1), "reshape: shapes do not fit");
        wrong("permute", () -> f(2, 3).permute(0, 0), "permute: shapes do not fit", "[0, 0]", "once");
        wrong("permute of fewer", () -> f(2, 3).permute(0), "permute: shapes do not fit", "[2, 3]");
        wrong("axis", () -> f(2, 3).sum(2), "axis: shapes do not fit", "2 of [2, 3]", "-2 to 1");
        wrong("axis from the end", () -> f(2, 3).max(-3), "axis: shapes do not fit", "-3 of [2, 3]");
        wrong("swapAxes", () -> f(2).transpose(), "axis: shapes do not fit");
        wrong("insertAxis", () -> f(2).insertAxis(3), "axis: shapes do not fit", "3 for a new axis of [2]", "-2 to 1");
        wrong("dropAxis", () -> f(2, 3).dropAxis(1), "reshape: shapes do not fit", "[2, 3] to [2]");
        wrong("flatten", () -> f(2, 3).flatten(2), "axis: shapes do not fit", "2 of [2, 3]");
        wrong("slice start", () -> f(5).slice(0, 5, 1), "slice: shapes do not fit", "[5] start [5]", "inside");
        wrong("slice length", () -> f(5).slice(0, 2, 4), "slice: shapes do not fit", "length [4]");
        wrong("slice backward", () -> f(5).slice(0, 1, 3, -1), "slice: shapes do not fit", "step [-1]");
        wrong("slice without step", () -> f(5).slice(0, 0, 2, 0), "slice: shapes do not fit", "step [0]");
        wrong("slice negative length", () -> f(5).slice(0, 0, -1), "slice: shapes do not fit", "length [-1]");
        wrong("select", () -> f(5, 2).select(0, 5), "slice: shapes do not fit", "start [5, 0]");
        wrong("pad", () -> f(5).pad(0, -1, 2), "pad: shapes do not fit", "start [-1]");
        wrong("split", () -> f(5).split(0, 2), "split: shapes do not fit", "into 2", "divisor of 5");
        wrong("concat", () -> Tensor.concat(0, f(2, 3), f(2, 4)), "concat: shapes do not fit", "[2, 3]", "[2, 4]",
                "along axis 0");
        wrong("concat types", () -> Tensor.concat(0, f(2), of(DType.F64, 2)), "concat: shapes do not fit", "F32", "F64",
                "cast");
        wrong("concat nothing", () -> Tensor.concat(0), "concat: shapes do not fit", "no tensors");
        wrong("stack nothing", () -> Tensor.stack(0), "stack: shapes do not fit", "no tensors");
        wrong("stack", () -> Tensor.stack(0, f(2), f(3)), "concat: shapes do not fit", "[1, 2]", "[1, 3]");
        wrong("tril of a vector", () -> f(3).tril(0), "axis: shapes do not fit", "-2 of [3]");
        wrong("too many axes", () -> Shape.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), "shape: shapes do not fit",
                "at most 12 axes");
        wrong("too many elements", () -> Shape.of(65536, 65536), "shape: shapes do not fit", "2147483647 elements");
        wrong("negative extent", () -> Shape.of(2, -1), "shape: shapes do not fit", "[2, -1]", "at least 0");
    }

    private void combining() {
        wrong("max of nothing", () -> f(0, 3).max(0), "max: shapes do not fit", "[0, 3]",
                "at least one element along axis 0");
        wrong("argmax of nothing", () -> f(3, 0).argmax(1), "argmax: shapes do not fit", "[3, 0]");
        wrong("softmax of a scalar", () -> f().softmax(), "axis: shapes do not fit");
        wrong("softmax of whole", () -> of(DType.I32, 3).softmax(), "softmax: element type not taken", "I32");
        wrong("matmul", () -> f(4, 2).matmul(f(3, 2)), "matmul: shapes do not fit", "a[4, 2] · b[3, 2]", "2 and 3",
                "previous layer");
        wrong("matmul of many", () -> f(2, 4, 5).matmul(f(3, 2)), "matmul: shapes do not fit", "a[2, 4, 5] · b[3, 2]");
        wrong("matmul of batches", () -> f(2, 4, 5).matmul(f(3, 5, 2)), "matmul: shapes do not fit", "[2] and [3]");
        wrong("matmul of a scalar", () -> f().matmul(f(3)), "matmul: shapes do not fit", "at least one axis");
        wrong("matmul of truth", () -> of(DType.BOOL, 2, 2).matmul(of(DType.BOOL, 2, 2)),
                "matmul: element type not taken", "BOOL");
        wrong("matmul transposed", () -> Contraction.MatMul.of(f(2, 3), true, f(3, 4), false),
                "matmul: shapes do not fit", "a[2, 3]ᵀ · b[3, 4]");
        wrong("crossEntropy", () -> f(4, 5).crossEntropy(of(DType.I32, 3)), "cross-entropy: shapes do not fit",
                "logits[4, 5], labels[3]");
        wrong("crossEntropy of real labels", () -> f(4, 5).crossEntropy(f(4)), "cross-entropy: element type not taken",
                "F32", "cast them to I32");
        wrong("crossEntropy of whole logits", () -> of(DType.I32, 4, 5).crossEntropy(of(DType.I32, 4)),
                "cross-entropy: element type not taken", "I32");
        wrong("gradient of a vector", () -> Gradient.of(f(3), f(3)), "gradient: shapes do not fit", "[3]",
                "mean() or sum()");
        wrong("gradient of whole", () -> Gradient.of(of(DType.I32), f(3)), "gradient: shapes do not fit", "I32",
                "real scalar");
        wrong("gradient seed", () -> Gradient.of(f(3), f(4), List.of(f(3))), "gradient: shapes do not fit", "[4]");
    }

    private void attention() {
        var full = AttentionOptions.FULL;
        wrong("attention", () -> f(2, 5, 4, 8).attention(f(2, 6, 3, 8), f(2, 6, 3, 8), full),
                "attention: shapes do not fit", "q[2, 5, 4, 8], k[2, 6, 3, 8], v[2, 6, 3, 8]", "H a multiple of KV",
                "last axis");
        wrong("attention of other keys", () -> f(2, 5, 4, 8).attention(f(2, 6, 4, 8), f(2, 7, 4, 8), full),
                "attention: shapes do not fit", "v[2, 7, 4, 8]", "v like k");
        wrong("attention of other sizes", () -> f(2, 5, 4, 8).attention(f(2, 6, 4, 7), f(2, 6, 4, 7), full),
                "attention: shapes do not fit", "k[N, Tk, KV, D]");
        wrong("attention of other batches", () -> f(2, 5, 4, 8).attention(f(1, 6, 4, 8), f(1, 6, 4, 8), full),
                "attention: shapes do not fit", "k[1, 6, 4, 8]");
        wrong("attention without heads", () -> f(2, 5, 8).attention(f(2, 6, 8), f(2, 6, 8), full),
                "attention: shapes do not fit", "q[2, 5, 8]", "q[N, Tq, H, D]");
        wrong("attention of a scalar", () -> f().attention(f(), f(), full), "attention: shapes do not fit", "q[]");
        wrong("attention of no heads", () -> f(2, 5, 0, 8).attention(f(2, 6, 1, 8), f(2, 6, 1, 8), full),
                "attention: shapes do not fit", "q[2, 5, 0, 8]");
        wrong("attention of whole", () -> of(DType.I32, 1, 2, 1, 3).attention(of(DType.I32, 1, 2, 1, 3),
                of(DType.I32, 1, 2, 1, 3), full), "attention: element type not taken", "I32", "real type");
        wrong("attention lengths", () -> f(2, 5, 4, 8).attention(f(2, 6, 4, 8), f(2, 6, 4, 8),
                full.withLengths(of(DType.I32, 3))), "attention: shapes do not fit", "lengths I32[3]", "N = 2");
        wrong("attention real lengths", () -> f(2, 5, 4, 8).attention(f(2, 6, 4, 8), f(2, 6, 4, 8),
                full.withLengths(f(2))), "attention: element type not taken", "F32", "whole numbers");
    }

    private void windows() {
        wrong("conv channels", () -> f(1, 3, 5, 5).conv2d(f(4, 2, 3, 3), 1, 0), "conv: shapes do not fit",
                "previous layer");
        wrong("conv axes", () -> f(3, 5, 5).conv2d(f(4, 3, 3, 3), 1, 0), "conv: shapes do not fit",
                "x[3, 5, 5] * w[4, 3, 3, 3]", "2 spatial axes");
        wrong("conv groups", () -> f(1, 4, 5, 5).conv(f(3, 2, 3, 3), WindowSpec.square(2, 1, 1, 0), 2),
                "conv: shapes do not fit", "groups 2");
        wrong("conv window too large", () -> f(1, 1, 2, 2).conv2d(f(1, 1, 3, 3), 1, 0), "conv: shapes do not fit",
                "window [3, 3]", "padding");
        wrong("conv stride", () -> f(1, 1, 4, 4).conv2d(f(1, 1, 3, 3), 0, 0), "conv: shapes do not fit",
                "stride [0, 0]");
        wrong("conv types", () -> f(1, 1, 4, 4).conv2d(of(DType.F64, 1, 1, 3, 3), 1, 0), "conv: element type not taken",
                "F64", "one real type");
        wrong("conv of whole", () -> of(DType.I32, 1, 1, 4).conv1d(of(DType.I32, 1, 1, 3), 1, 0),
                "conv: element type not taken", "I32");
        wrong("convTranspose channels",
                () -> f(1, 3, 4, 4).convTranspose(f(2, 3, 3, 3), WindowSpec.square(2, 1, 2, 1), 1, 0),
                "transposed conv: shapes do not fit");
        wrong("convTranspose output padding",
                () -> f(1, 3, 4, 4).convTranspose(f(3, 2, 3, 3), WindowSpec.square(2, 1, 2, 1), 1, 2),
                "transposed conv: shapes do not fit", "output padding");
        wrong("convTranspose groups",
                () -> f(1, 3, 4, 4).convTranspose(f(3, 2, 3, 3), WindowSpec.square(2, 1, 1, 0), 2, 0),
                "transposed conv: shapes do not fit", "groups 2");
        wrong("maxPool axes", () -> f(3, 5).maxPool2d(2, 2, 0), "max pool: shapes do not fit", "x[3, 5]",
                "2 spatial axes");
        wrong("maxPool too large", () -> f(1, 3, 2, 2).maxPool2d(3, 1, 0), "max pool: shapes do not fit",
                "window [3, 3]");
        wrong("avgPool of whole", () -> of(DType.I32, 1, 3, 4, 4).avgPool2d(2, 2, 0),
                "sum-pool: element type not taken", "I32");
    }

    private void indices() {
        wrong("take by real", () -> f(4, 2).take(0, f(3)), "take: element type not taken", "F32", "cast it to I32");
        wrong("take axis", () -> f(4, 2).take(2, of(DType.I32, 3)), "axis: shapes do not fit", "2 of [4, 2]");
        wrong("gather rank", () -> f(4, 2).gather(0, of(DType.I32, 3)), "gather: shapes do not fit",
                "x[4, 2], index[3], axis 0");
        wrong("gather extent", () -> f(4, 2).gather(0, of(DType.I32, 3, 3)), "gather: shapes do not fit",
                "index[3, 3]");
        wrong("scatter extent", () -> f(4, 2).scatter(1, of(DType.I32, 5, 2), f(5, 2)), "scatter: shapes do not fit",
                "index[5, 2]");
        wrong("scatterAdd source", () -> f(4, 2).scatterAdd(0, of(DType.I32, 3, 2), f(4, 2)),
                "broadcast: shapes do not fit", "[4, 2]", "[3, 2]");
        wrong("oneHot of real", () -> f(4).oneHot(3, DType.F32), "oneHot: element type not taken", "F32");
        wrong("topK", () -> f(4).topK(0, 5), "topK: shapes do not fit", "k 5");
        wrong("random state", () -> Tensor.uniform(f(2), Shape.of(3)), "random: shapes do not fit", "I64[2]",
                "engine's generator");
        wrong("host tensor", () -> HostTensor.of(new float[] {1, 2, 3}, 2, 2), "host tensor: shapes do not fit",
                "12 bytes", "16 bytes");
        wrong("item", () -> HostTensor.of(new float[] {1, 2}, 2).item(), "item: shapes do not fit",
                "exactly one element");
    }

    private static Recurrent recurrent(RecurrentCell cell, Tensor x, Tensor w, Tensor u, Tensor h0, Tensor c0) {
        return Recurrent.of(cell, x, new Recurrent.Weights(w, u, null, null), h0, c0, false);
    }

    private void recurrences() {
        wrong("lstm input", () -> recurrent(RecurrentCell.LSTM, f(5, 2, 4), f(8, 3), f(8, 2), null, null),
                "lstm: shapes do not fit", "x[5, 2, 4], w_ih[8, 3], w_hh[8, 2]", "x[T, N, in], w_ih[4H, in]",
                "previous layer");
        wrong("gru with an lstm's weights",
                () -> recurrent(RecurrentCell.GRU, f(5, 2, 3), f(8, 3), f(8, 2), null, null),
                "gru: shapes do not fit", "w_hh[3H, H]");
        wrong("gru with a memory", () -> recurrent(RecurrentCell.GRU, f(5, 2, 3), f(6, 3), f(6, 2), null, f(2, 2)),
                "gru: shapes do not fit", "c0[2, 2]", "no c0");
        wrong("rnn state", () -> recurrent(RecurrentCell.RNN_TANH, f(5, 2, 3), f(2, 3), f(2, 2), f(3, 2), null),
                "rnn-tanh: shapes do not fit", "h0[3, 2]", "h0[N, H]");
        wrong("rnn without a step",
                () -> recurrent(RecurrentCell.RNN_RELU, f(0, 2, 3), f(2, 3), f(2, 2), null, null),
                "rnn-relu: shapes do not fit", "x[0, 2, 3]", "T, H ≥ 1");
        wrong("lstm of whole numbers",
                () -> recurrent(RecurrentCell.LSTM, of(DType.I32, 5, 2, 3), of(DType.I32, 8, 3), of(DType.I32, 8, 2),
                        null, null),
                "lstm: element type not taken", "I32", "real");
        wrong("lstm lengths", () -> Recurrent.of(RecurrentCell.LSTM, f(5, 2, 3),
                new Recurrent.Weights(f(8, 3), f(8, 2), null, null), null, null, false, of(DType.I32, 3)),
                "lstm: shapes do not fit", "lengths[3]", "one length for each sequence");
        wrong("lstm real lengths", () -> Recurrent.of(RecurrentCell.LSTM, f(5, 2, 3),
                new Recurrent.Weights(f(8, 3), f(8, 2), null, null), null, null, false, f(2)),
                "lstm: element type not taken", "F32", "cast them to I32");
        wrong("lstm kernel",
                () -> Tensor.of(new Recurrence.Forward(RecurrentCell.LSTM, false, Recurrence.Result.Y), f(5, 2, 8),
                        f(8, 2), f(2, 2)),
                "lstm: shapes do not fit", "[5, 2, 8], [8, 2], [2, 2]", "c0[N, H]");
        wrong("lstm gradient kernel",
                () -> Tensor.of(new Recurrence.Backward(RecurrentCell.RNN_TANH, false, Recurrence.GradientResult.XW),
                        f(2, 2), f(3, 2), f(5, 3, 2), f(5, 3, 2), f(5, 3, 1)),
                "rnn-tanh-gradient: shapes do not fit", "[5, 3, 1]", "gradient like its y");
    }

    @TestFactory
    Stream<DynamicTest> everyErrorSaysWhatGotExpectedFix() {
        elementwise();
        shapes();
        combining();
        attention();
        windows();
        indices();
        recurrences();
        return rows.stream().map(w -> dynamicTest(w.name, () -> {
            var e = assertThrows(ShapeException.class, w.build::get);
            var m = e.getMessage();
            assertTrue(m.startsWith(w.parts.getFirst()), m);
            w.parts.forEach(p -> assertTrue(m.contains(p), () -> "'" + p + "' in " + m));
            var lines = m.lines().toList();
            assertEquals(4, lines.size(), m);
            assertTrue(lines.get(1).startsWith("  got:      "), m);
            assertTrue(lines.get(2).startsWith("  expected: "), m);
            assertTrue(lines.get(3).startsWith("  fix:      "), m);
            for (var l : lines) {
                assertTrue(l.strip().length() > 5, m);
            }
        }));
    }

    /// The exception is thrown where the user builds the expression.
    @Test
    void theStackPointsAtTheUser() {
        var e = assertThrows(ShapeException.class, () -> f(2).add(f(3)));
        assertTrue(Stream.of(e.getStackTrace()).anyMatch(s -> s.getClassName().equals(ErrorTableTest.class.getName())));
    }
}
