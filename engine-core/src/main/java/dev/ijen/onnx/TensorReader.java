package dev.ijen.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;

/// Tensors from wire format, their numbers in one field of any of six.
final class TensorReader {
    private TensorReader() {}

    static Proto.Tensor tensor(Wire w) {
        var dims = new Wire.Longs();
        int type = 0;
        String name = "";
        var numbers = new Wire.Longs();
        int from = 0;
        var strings = new ArrayList<byte[]>();
        byte[] raw = null;
        var external = new LinkedHashMap<String, String>();
        while (w.next()) {
            switch (w.field()) {
                case 1 -> w.integers(dims);
                case 2 -> type = w.int32();
                case 3 -> throw w.damaged("a tensor in segments", "a tensor in one piece");
                case 4 -> {
                    w.fixed32(numbers);
                    from = one(w, from);
                }
                case 5, 7, 11 -> {
                    w.integers(numbers);
                    from = one(w, from);
                }
                case 6 -> strings.add(w.array());
                case 8 -> name = w.text();
                case 9 -> raw = w.array();
                case 10 -> {
                    w.fixed64(numbers);
                    from = one(w, from);
                }
                case 13 -> ProtoReader.entry(w.message(), external);
                default -> w.skip();
            }
        }
        return new Proto.Tensor(name, dims.array(), type, numbers.array(), from, strings, raw, external);
    }

    private static int one(Wire w, int from) {
        if (from != 0 && from != w.field()) {
            throw w.damaged("values in fields " + from + " and " + w.field(), "values in one field");
        }
        return w.field();
    }

    static Proto.Sparse sparse(Wire w) {
        Proto.Tensor values = null;
        Proto.Tensor indices = null;
        var dims = new Wire.Longs();
        while (w.next()) {
            switch (w.field()) {
                case 1 -> values = tensor(w.message());
                case 2 -> indices = tensor(w.message());
                case 3 -> w.integers(dims);
                default -> w.skip();
            }
        }
        if (values == null || indices == null) {
            throw w.damaged("a sparse tensor without values or indices", "both");
        }
        return new Proto.Sparse(values, indices, dims.array());
    }
}
