package dev.ijen.train.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Lists of layers: `- linear: 64`, `- relu`, `- conv: {out: 32, size: 5}`.
final class LayerBinder {
    private static final int MOST = 2000;

    private LayerBinder() {}

    static List<LayerConfig> layers(Node node, String path) {
        if (!(node instanceof Node.Items items)) {
            throw Binder.wrong(node, path, "a list of layers, such as '- linear: 64'");
        }
        if (items.values().size() > MOST) {
            throw new ConfigException(
                    node.mark(), "'" + path + "' is too long", items.values().size() + " layers", "at most " + MOST,
                    "build it in Java");
        }
        var all = new ArrayList<LayerConfig>();
        for (int i = 0; i < items.values().size(); i++) {
            all.add(layer(items.values().get(i), path + "." + i));
        }
        return all;
    }

    private static LayerConfig layer(Node node, String path) {
        return switch (node) {
            case Node.Text t -> of(t.value(), Node.Fields.empty(t.mark()), t.mark(), path);
            case Node.Fields f when f.values().size() == 1 -> {
                var e = f.values().entrySet().iterator().next();
                yield of(e.getKey(), e.getValue().value(), e.getValue().key(), path);
            }
            case Node other -> throw Binder.wrong(other, path, "one layer, such as '- relu' or '- linear: 64'");
        };
    }

    private static LayerConfig of(String name, Node arguments, Mark mark, String path) {
        var plain = Nearest.plain(name);
        for (var type : LayerConfig.TYPES.entrySet()) {
            if (Nearest.plain(type.getKey()).equals(plain)) {
                var at = path + "." + type.getKey();
                return new LayerConfig(
                        Binder.section(type.getValue(), arguments(type.getValue(), arguments, mark, at), at), mark);
            }
        }
        for (var function : LayerConfig.functions()) {
            if (Nearest.plain(function).equals(plain)) {
                if (arguments instanceof Node.Fields f && f.values().isEmpty()) {
                    return new LayerConfig(new LayerSpec.Activated(function), mark);
                }
                throw Binder.wrong(arguments, path, "'- " + function + "' alone; it has no settings");
            }
        }
        throw Binder.unknown(mark, "layer", name, LayerConfig.names());
    }

    /// `linear: 64` stands for `linear: {out: 64}`: a value alone is that of the first key.
    private static Node arguments(Class<?> type, Node given, Mark mark, String path) {
        if (given instanceof Node.Fields f) {
            // an absent section has no place of its own: errors name the layer
            return new Node.Fields(f.values(), mark);
        }
        if (given instanceof Node.Text t && t.isNull()) {
            return Node.Fields.empty(mark);
        }
        var slots = Slot.of(type);
        if (slots.isEmpty()) {
            throw Binder.wrong(given, path, "nothing; it has no settings");
        }
        var one = new LinkedHashMap<String, Node.Field>();
        one.put(slots.getFirst().name(), new Node.Field(mark, given));
        return new Node.Fields(one, mark);
    }
}
