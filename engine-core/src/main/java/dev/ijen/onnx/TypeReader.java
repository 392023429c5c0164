package dev.ijen.onnx;

import java.util.ArrayList;
import java.util.List;

/// Declared types of values from wire format.
final class TypeReader {
    private TypeReader() {}

    static Proto.Value value(Wire w) {
        String name = "";
        Proto.Type type = null;
        while (w.next()) {
            switch (w.field()) {
                case 1 -> name = w.text();
                case 2 -> type = type(w.message());
                default -> w.skip();
            }
        }
        return new Proto.Value(name, type);
    }

    static Proto.Type type(Wire w) {
        Proto.Type type = null;
        while (w.next()) {
            switch (w.field()) {
                case 1 -> type = tensorType(w.message());
                case 4 -> type = new Proto.Type.OfSequence(inner(w.message()));
                case 9 -> type = new Proto.Type.OfOptional(inner(w.message()));
                case 5 -> type = map(w.message());
                case 7, 8 -> {
                    type = new Proto.Type.Other(w.field());
                    w.skip();
                }
                default -> w.skip();
            }
        }
        return type;
    }

    private static Proto.Type inner(Wire w) {
        Proto.Type type = null;
        while (w.next()) {
            if (w.field() == 1) {
                type = type(w.message());
            } else {
                w.skip();
            }
        }
        return type;
    }

    private static Proto.Type map(Wire w) {
        int key = 0;
        Proto.Type value = null;
        while (w.next()) {
            switch (w.field()) {
                case 1 -> key = w.int32();
                case 2 -> value = type(w.message());
                default -> w.skip();
            }
        }
        return new Proto.Type.OfMap(key, value);
    }

    private static Proto.Type tensorType(Wire w) {
        int element = 0;
        List<Object> dims = null;
        while (w.next()) {
            switch (w.field()) {
                case 1 -> element = w.int32();
                case 2 -> dims = shape(w.message());
                default -> w.skip();
            }
        }
        return new Proto.Type.OfTensor(element, dims);
    }

    private static List<Object> shape(Wire w) {
        var dims = new ArrayList<Object>();
        while (w.next()) {
            if (w.field() == 1) {
                dims.add(dim(w.message()));
            } else {
                w.skip();
            }
        }
        return dims;
    }

    private static Object dim(Wire w) {
        Object d = "";
        while (w.next()) {
            switch (w.field()) {
                case 1 -> d = w.integer();
                case 2 -> d = w.text();
                default -> w.skip();
            }
        }
        return d;
    }
}
