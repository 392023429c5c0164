package dev.ijen.train.config;

import dev.ijen.format.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The JSON schema (draft 2020-12) of configurations, for editors that complete and check. Made from the records themselves.
public final class ConfigSchema {
    private ConfigSchema() {}

    /// As text.
    public static String json() {
        return Json.write(map());
    }

    /// As maps and lists.
    public static Map<String, Object> map() {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Ijen training configuration");
        schema.putAll(section(TrainConfig.class));
        var properties = new LinkedHashMap<String, Object>();
        properties.put("preset", Map.of("enum", Presets.names(), "description", "a preset whose other keys are kept"));
        properties.putAll(object(schema.get("properties")));
        schema.put("properties", properties);
        // a file that names a preset need not say everything
        schema.put("anyOf", List.of(Map.of("required", List.of("preset")), Map.of("required", List.of("model"))));
        schema.put("$defs", Map.of("layer", layer()));
        return schema;
    }

    private static Map<String, Object> object(Object o) {
        var all = new LinkedHashMap<String, Object>();
        ((Map<?, ?>) o).forEach((k, v) -> all.put(String.valueOf(k), v));
        return all;
    }

    private static Map<String, Object> section(Class<?> type) {
        var properties = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        for (var slot : Slot.of(type)) {
            properties.put(slot.name(), slot(slot));
            if (slot.key().required() && type != ModelConfig.class) {
                required.add(slot.name());
            }
        }
        var s = new LinkedHashMap<String, Object>();
        s.put("type", "object");
        s.put("additionalProperties", false);
        s.put("properties", properties);
        if (!required.isEmpty()) {
            s.put("required", required);
        }
        return s;
    }

    private static Map<String, Object> slot(Slot slot) {
        var s = new LinkedHashMap<String, Object>();
        s.put("description", slot.key().doc());
        if (slot.isSection()) {
            s.putAll(section(slot.type()));
            return s;
        }
        if (slot.element() == LayerConfig.class) {
            s.put("type", "array");
            s.put("items", Map.of("$ref", "#/$defs/layer"));
            return s;
        }
        if (slot.type() == List.class) {
            s.put("type", "array");
            s.put("items", slot.element().isRecord() ? section(slot.element()) : value(slot.element()));
        } else {
            s.putAll(value(slot.type()));
        }
        if (slot.key().min() > Double.NEGATIVE_INFINITY) {
            s.put("minimum", number(slot.key().min()));
        }
        if (slot.key().max() < Double.POSITIVE_INFINITY) {
            s.put("maximum", number(slot.key().max()));
        }
        if (!slot.key().required()) {
            s.put("default", fallback(slot));
        }
        return s;
    }

    private static Map<String, Object> value(Class<?> type) {
        if (type.isEnum()) {
            return Map.of("enum", Slot.choices(type));
        }
        if (type == boolean.class) {
            return Map.of("type", "boolean");
        }
        if (Slot.isNumber(type)) {
            return Map.of("type", Slot.isInteger(type) ? "integer" : "number");
        }
        return Map.of("type", "string");
    }

    private static Object fallback(Slot slot) {
        var or = slot.key().or();
        if (slot.type() == List.class) {
            return YamlTree.value("default", or) instanceof Node.Items all
                    ? all.values().stream().map(n -> ((Node.Text) n).value()).toList()
                    : List.of();
        }
        if (Slot.isNumber(slot.type())) {
            return number(Double.parseDouble(or));
        }
        if (slot.type() == boolean.class) {
            return Boolean.parseBoolean(or);
        }
        return or.equals("''") ? "" : or;
    }

    private static Number number(double d) {
        if (d == Math.rint(d)) {
            return (long) d;
        }
        return d;
    }

    /// A name alone, or one key: a layer with its settings or the first setting's value.
    private static Map<String, Object> layer() {
        var properties = new LinkedHashMap<String, Object>();
        LayerConfig.TYPES.forEach((name, type) -> {
            var full = section(type);
            var slots = Slot.of(type);
            properties.put(name, slots.isEmpty() ? full : Map.of("anyOf", List.of(full, slot(slots.getFirst()))));
        });
        var keyed = new LinkedHashMap<String, Object>();
        keyed.put("type", "object");
        keyed.put("additionalProperties", false);
        keyed.put("minProperties", 1);
        keyed.put("maxProperties", 1);
        keyed.put("properties", properties);
        return Map.of("anyOf", List.of(Map.of("enum", LayerConfig.names()), keyed));
    }
}
