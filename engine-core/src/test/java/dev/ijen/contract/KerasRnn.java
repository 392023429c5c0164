package dev.ijen.contract;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ijen.tensor.Recurrent;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Tensor;
import java.util.List;

/// Keras' SimpleRNN on one sequence. Its LSTM layers in that data all have a hard sigmoid in their gates or a sigmoid in place of the tanh, which
/// no cell here has.
final class KerasRnn {
    private KerasRnn() {}

    /// True for the cell that Keras and we have in common.
    static boolean fits(JsonNode attrs) {
        return attrs.get("activation").asText().equals("tanh");
    }

    /// @param in x [T, in], kernel [in, H], recurrent kernel [H, H], and a bias [H] if it has one
    static Tensor apply(JsonNode attrs, List<Tensor> in) {
        boolean back = flag(attrs, "go_backwards");
        var weights = new Recurrent.Weights(
                in.get(1).transpose(), in.get(2).transpose(), in.size() > 3 ? in.get(3) : null, null);
        var x = in.getFirst().insertAxis(1);
        var r = Recurrent.of(RecurrentCell.RNN_TANH, x, weights, null, null, back);
        if (flag(attrs, "stateful")) { // the numbers are of the second of two calls
            r = Recurrent.of(RecurrentCell.RNN_TANH, x, weights, r.h(), null, back);
        }
        if (!flag(attrs, "return_sequences")) {
            return r.h().dropAxis(0);
        }
        // Keras leaves the steps in the order in which they were taken
        return (back ? r.y().flip(0) : r.y()).dropAxis(1);
    }

    private static boolean flag(JsonNode attrs, String name) {
        return attrs.has(name) && attrs.get(name).asBoolean();
    }
}
