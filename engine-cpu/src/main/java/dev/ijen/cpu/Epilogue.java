package dev.ijen.cpu;

import java.util.ArrayList;
import java.util.List;

/// What becomes of each element of a convolution's result before it is written: the loop that would follow, as steps on the sum while it is in
/// a register. Each step rounds as the loop's instruction does.
///
/// @param steps in order; empty for none
/// @param planes whether also the copy before the convolution, which brings images' channels together, is left to it: they lie plane by plane
record Epilogue(List<Step> steps, boolean planes) {
    static final Epilogue NONE = new Epilogue(List.of());

    Epilogue(List<Step> steps) {
        this(steps, false);
    }

    Epilogue ofPlanes() {
        return new Epilogue(steps, true);
    }

    /// One step on the value v of an element. `input` is the number of a launch's input.
    sealed interface Step {
        /// v + b[channel].
        record AddChannel(int input) implements Step {}

        /// v · b[channel].
        record MulChannel(int input) implements Step {}

        /// v + r, r shaped like the result.
        record Add(int input) implements Step {}

        /// v + what is where the result goes.
        record Sum() implements Step {}

        /// max(v, 0), but 0 for NaN.
        record Relu() implements Step {}

        /// min(max(v, low), high), but low for NaN.
        record Clip(float low, float high) implements Step {}
    }

    boolean isEmpty() {
        return steps.isEmpty() && !planes;
    }

    /// The same where input `input` lies where the result goes; null if that is more than added once.
    Epilogue inPlace(int input) {
        var l = new ArrayList<Step>(steps);
        int at = l.indexOf(new Step.Add(input));
        if (at < 0 || l.lastIndexOf(new Step.Add(input)) != at) {
            return null;
        }
        l.set(at, new Step.Sum());
        return new Epilogue(List.copyOf(l));
    }

    /// The input that oneDNN adds as a bias; −1 for none.
    int bias() {
        return !steps.isEmpty() && steps.getFirst() instanceof Step.AddChannel(int input) ? input : -1;
    }

    /// The steps after the bias.
    private List<Step> rest() {
        return bias() < 0 ? steps : steps.subList(1, steps.size());
    }

    /// The convolution's attributes for one piece.
    long attributes(DnnlScope scope, ConvProblem part, int images) {
        var ops = new ArrayList<Dnnl.PostOp>();
        for (var s : rest()) {
            ops.add(switch (s) {
                case Step.AddChannel _ -> new Dnnl.PostOp.Binary(Dnnl.dnnl_binary_add, part.channels(scope));
                case Step.MulChannel _ -> new Dnnl.PostOp.Binary(Dnnl.dnnl_binary_mul, part.channels(scope));
                case Step.Add _ -> new Dnnl.PostOp.Binary(Dnnl.dnnl_binary_add, part.y(scope, images));
                case Step.Sum _ -> new Dnnl.PostOp.Sum();
                case Step.Relu _ -> new Dnnl.PostOp.Eltwise(Dnnl.dnnl_eltwise_relu, 0, 0);
                case Step.Clip(float low, float high) -> new Dnnl.PostOp.Eltwise(Dnnl.dnnl_eltwise_clip, low, high);
            });
        }
        return scope.attributes(ops);
    }

    /// Adds what the steps read to a run's arguments.
    ///
    /// @param in the launch's inputs
    /// @param y where the piece begins in what is shaped like the result, in bytes
    void arguments(DnnlScope scope, DnnlRun run, ConvProblem part, int images, long[] in, long y) {
        if (bias() >= 0) {
            run.with(Dnnl.DNNL_ARG_BIAS, scope.memory(part.bias(scope), in[bias()]));
        }
        for (int i = 0; i < rest().size(); i++) {
            long memory = switch (rest().get(i)) {
                case Step.AddChannel(int input) -> scope.memory(part.channels(scope), in[input]);
                case Step.MulChannel(int input) -> scope.memory(part.channels(scope), in[input]);
                case Step.Add(int input) -> scope.memory(part.y(scope, images), in[input] + y);
                case Step.Sum _,Step.Relu _,Step.Clip _ -> 0;
            };
            if (memory != 0) {
                run.with(Dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (i + 1) | Dnnl.DNNL_ARG_SRC_1, memory);
            }
        }
    }
}
