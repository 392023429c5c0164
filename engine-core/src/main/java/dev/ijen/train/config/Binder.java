package dev.ijen.train.config;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;

/// Nodes to records. Everything that does not fit is an error that names its place.
final class Binder {
    private Binder() {}

    /// A section.
    static <T> T section(Class<T> type, Node node, String path) {
        var fields = switch (node) {
            case Node.Fields f -> f;
            case Node.Text t when t.isNull() -> Node.Fields.empty(t.mark());
            case Node other -> throw wrong(other, path, "a section: keys and values");
        };
        var slots = Slot.of(type);
        var names = slots.stream().map(Slot::name).toList();
        fields.values().forEach((name, field) -> {
            if (!names.contains(name)) {
                throw unknown(field.key(), path.isEmpty() ? "key" : "key in " + path, name, names);
            }
        });
        var values = new Object[slots.size()];
        var kinds = new Class<?>[slots.size()];
        for (int i = 0; i < values.length; i++) {
            var slot = slots.get(i);
            kinds[i] = slot.type();
            var at = path.isEmpty() ? slot.name() : path + "." + slot.name();
            values[i] = value(slot, fields, at);
        }
        return create(type, kinds, values, fields.mark());
    }

    private static <T> T create(Class<T> type, Class<?>[] kinds, Object[] values, Mark mark) {
        try {
            return type.getDeclaredConstructor(kinds).newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(mark.toString(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " at " + mark, e);
        }
    }

    private static Object value(Slot slot, Node.Fields fields, String path) {
        var field = fields.values().get(slot.name());
        boolean absent = field == null || field.value() instanceof Node.Text t && t.isNull();
        if (absent && slot.key().required()) {
            throw new ConfigException(
                    field == null ? fields.mark() : field.key(),
                    "'" + path + "' is missing",
                    field == null ? "no such key" : "no value",
                    path + ": " + slot.key().doc(),
                    "add it");
        }
        if (slot.isSection()) {
            return section(slot.type(), absent ? Node.Fields.empty(fields.mark()) : field.value(), path);
        }
        return typed(slot, slot.type(), absent ? YamlTree.value("default", slot.key().or()) : field.value(), path);
    }

    private static Object typed(Slot slot, Class<?> type, Node node, String path) {
        if (type == List.class) {
            return list(slot, node, path);
        }
        if (!(node instanceof Node.Text text)) {
            throw wrong(node, path, expected(slot, type));
        }
        if (type == String.class) {
            return text.value();
        }
        if (type == boolean.class) {
            return truth(text, path);
        }
        if (type.isEnum()) {
            return choice(type, text, path);
        }
        return number(slot, type, text, path);
    }

    private static Object list(Slot slot, Node node, String path) {
        if (slot.element() == LayerConfig.class) {
            return LayerBinder.layers(node, path);
        }
        // one value stands for a list of one
        var values = node instanceof Node.Items items ? items.values() : List.of(node);
        var all = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            var at = path + "[" + i + "]";
            all.add(slot.element().isRecord() ? section(slot.element(), values.get(i), at)
                    : typed(slot, slot.element(), values.get(i), at));
        }
        return all;
    }

    private static boolean truth(Node.Text text, String path) {
        return switch (text.value()) {
            case "true", "True", "TRUE" -> true;
            case "false", "False", "FALSE" -> false;
            default -> throw wrong(text, path, "true or false");
        };
    }

    private static Object choice(Class<?> type, Node.Text text, String path) {
        for (var c : type.getEnumConstants()) {
            if (Nearest.plain(Slot.choice(c)).equals(Nearest.plain(text.value()))) {
                return c;
            }
        }
        var names = Slot.choices(type);
        throw new ConfigException(
                text.mark(), "'" + path + "' is not known", text.describe(), String.join(", ", names),
                Nearest.fix(text.value(), names));
    }

    private static Object number(Slot slot, Class<?> type, Node.Text text, String path) {
        double v;
        try {
            var plain = text.value().replace("_", "");
            v = Slot.isInteger(type) ? integer(plain) : Double.parseDouble(plain);
        } catch (NumberFormatException e) {
            throw wrong(text, path, expected(slot, type));
        }
        boolean fits = Double.isFinite(v) && v >= slot.key().min() && v <= slot.key().max();
        if (!fits || type == int.class && v != (int) v) {
            throw new ConfigException(
                    text.mark(), "'" + path + "' is out of range", text.value(), expected(slot, type),
                    "write " + expected(slot, type) + " here; it means: " + slot.key().doc());
        }
        if (type == int.class || type == Integer.class) {
            return (int) v;
        }
        if (type == long.class) {
            return Long.parseLong(text.value().replace("_", ""));
        }
        return v;
    }

    private static double integer(String text) {
        return Long.parseLong(text);
    }

    private static String expected(Slot slot, Class<?> type) {
        if (!Slot.isNumber(type)) {
            return type == boolean.class ? "true or false" : type.isEnum() ? String.join(", ", Slot.choices(type))
                    : "a word";
        }
        var kind = Slot.isInteger(type) ? "a whole number" : "a number";
        double min = slot.key().min();
        double max = slot.key().max();
        if (min > Double.NEGATIVE_INFINITY && max < Double.POSITIVE_INFINITY) {
            return kind + " from " + ConfigWriter.number(min) + " to " + ConfigWriter.number(max);
        }
        return min > Double.NEGATIVE_INFINITY ? kind + " of at least " + ConfigWriter.number(min) : kind;
    }

    static ConfigException wrong(Node node, String path, String expected) {
        return new ConfigException(
                node.mark(), "'" + path + "' has the wrong type", node.describe(), expected,
                "write " + expected + " here");
    }

    static ConfigException unknown(Mark mark, String what, String name, List<String> names) {
        return new ConfigException(
                mark, "unknown " + what + ": '" + name + "'", "'" + name + "'", "one of " + String.join(", ", names),
                Nearest.fix(name, names));
    }
}
