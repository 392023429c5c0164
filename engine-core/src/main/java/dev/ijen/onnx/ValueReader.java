package dev.ijen.onnx;

import java.util.ArrayList;

/// SequenceProto and OptionalProto.
final class ValueReader {
    private ValueReader() {}

    private static Value tensor(Session s, Wire w) {
        var t = TensorReader.tensor(w);
        return s.computed(s.data().read(t), s.data().type(t));
    }

    static Value sequence(Session s, Wire w) {
        var items = new ArrayList<Value>();
        while (w.next()) {
            switch (w.field()) {
                case 3 -> items.add(tensor(s, w.message()));
                case 5 -> items.add(sequence(s, w.message()));
                case 7 -> items.add(optional(s, w.message(), null));
                default -> w.skip();
            }
        }
        return new Value.Seq(items);
    }

    /// @param type the declared one; files of tensors that are there may be plain tensors
    static Value optional(Session s, Wire w, Proto.Type.OfOptional type) {
        Value v = null;
        while (w.next()) {
            switch (w.field()) {
                case 3 -> v = tensor(s, w.message());
                case 5 -> v = sequence(s, w.message());
                case 7 -> v = optional(s, w.message(), null);
                default -> w.skip();
            }
        }
        return new Value.Opt(v);
    }
}
