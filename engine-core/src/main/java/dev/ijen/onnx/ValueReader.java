package dev.ijen.onnx;

import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// SequenceProto, OptionalProto and MapProto.
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
                case 6 -> items.add(map(s, w.message()));
                case 7 -> items.add(optional(s, w.message(), null));
                default -> w.skip();
            }
        }
        return new Value.Seq(items);
    }

    /// Keys are in a field of their own for each kind; values are a sequence of tensors of one element.
    static Value map(Session s, Wire w) {
        var numbers = new Wire.Longs();
        var texts = new ArrayList<String>();
        List<Value> values = List.of();
        while (w.next()) {
            switch (w.field()) {
                case 3 -> w.integers(numbers);
                case 4 -> texts.add(w.text());
                case 5 -> values = ((Value.Seq) sequence(s, w.message())).items();
                default -> w.skip();
            }
        }
        var keys = texts.isEmpty() ? s.known(numbers.array())
                : s.known(s.strings(texts, texts.size()), OnnxType.STRING);
        long different = Arrays.stream(keys.host().toLongArray()).distinct().count();
        if (different < keys.host().shape().size()) {
            throw w.damaged("a map with a key twice", "different keys");
        }
        return new Value.Map(keys, row(s, w, values, keys.host().shape().dim(0)));
    }

    /// Values of one element each as a row.
    private static Value.Of row(Session s, Wire w, List<Value> values, int n) {
        boolean alike = values.size() == n && values.stream().allMatch(v -> v instanceof Value.Of t
                && t.host().shape().size() == 1 && t.type() == ((Value.Of) values.getFirst()).type());
        if (!alike) {
            throw w.damaged("a map of " + n + " keys and " + values.size() + " values",
                    "as many values of one type, one element each");
        }
        var type = values.isEmpty() ? OnnxType.FLOAT : ((Value.Of) values.getFirst()).type();
        var h = HostTensor.zeros(type.carrier(), Shape.of(n));
        for (int i = 0; i < n; i++) {
            HostMath.copy(((Value.Of) values.get(i)).host(), 0, h, i);
        }
        return s.computed(h, type);
    }

    /// @param type the declared one; files of tensors that are there may be plain tensors
    static Value optional(Session s, Wire w, Proto.Type.OfOptional type) {
        Value v = null;
        while (w.next()) {
            switch (w.field()) {
                case 3 -> v = tensor(s, w.message());
                case 5 -> v = sequence(s, w.message());
                case 6 -> v = map(s, w.message());
                case 7 -> v = optional(s, w.message(), null);
                default -> w.skip();
            }
        }
        return new Value.Opt(v);
    }
}
