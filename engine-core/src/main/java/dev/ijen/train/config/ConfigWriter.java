package dev.ijen.train.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;

/// Writes configurations as YAML that reads back equal.
public final class ConfigWriter {
    private static final int WIDTH = 100;
    /// The least power of ten that is written as zeros.
    private static final int PLAIN = -6;

    /// What YAML takes for something else than a text.
    private static final List<String> WORDS = List.of("null", "true", "false", "yes", "no", "on", "off");

    private final StringBuilder out = new StringBuilder();
    private final boolean comments;

    private ConfigWriter(boolean comments) {
        this.comments = comments;
    }

    /// Every key with its value.
    public static String yaml(TrainConfig config) {
        return new ConfigWriter(false).section(config, "").out.toString();
    }

    /// Every key with its value and what it means.
    public static String commented(TrainConfig config) {
        return new ConfigWriter(true).section(config, "").out.toString();
    }

    private ConfigWriter section(Record section, String indent) {
        for (var slot : Slot.of(section.getClass())) {
            var value = slot.get(section);
            if (slot.isSection()) {
                if (comments) {
                    out.append('\n').append(indent).append("# ").append(slot.key().doc()).append('\n');
                }
                out.append(indent).append(slot.name()).append(":\n");
                section((Record) value, indent + "  ");
            } else if (slot.element() == LayerConfig.class && !((List<?>) value).isEmpty()) {
                comment(slot, indent);
                out.append(indent).append(slot.name()).append(":\n");
                layers((List<?>) value, indent + "  ");
            } else {
                comment(slot, indent);
                out.append(indent).append(slot.name()).append(": ").append(scalar(value)).append('\n');
            }
        }
        return this;
    }

    private void comment(Slot slot, String indent) {
        if (comments) {
            out.append(indent).append("# ").append(slot.key().doc()).append('\n');
        }
    }

    private void layers(List<?> layers, String indent) {
        for (var l : layers) {
            var line = layer((LayerConfig) l);
            if (((LayerConfig) l).spec() instanceof LayerSpec.Residual r && line.length() > WIDTH) {
                out.append(indent).append("- residual:\n").append(indent).append("    body:\n");
                layers(r.body(), indent + "      ");
                if (!r.shortcut().isEmpty()) {
                    out.append(indent).append("    shortcut:\n");
                    layers(r.shortcut(), indent + "      ");
                }
            } else {
                out.append(indent).append("- ").append(line).append('\n');
            }
        }
    }

    /// A layer on one line: only what differs from the defaults.
    static String layer(LayerConfig layer) {
        var spec = layer.spec();
        var slots = Slot.of(spec.getClass());
        var set = slots.stream().filter(s -> !scalar(s.get(spec)).equals(plain(s.key().or()))).toList();
        if (set.isEmpty()) {
            return layer.type();
        }
        var first = slots.getFirst();
        if (set.size() == 1 && set.getFirst().name().equals(first.name())) {
            return layer.type() + ": " + scalar(first.get(spec));
        }
        return layer.type()
                + set.stream().map(s -> s.name() + ": " + scalar(s.get(spec)))
                        .collect(Collectors.joining(", ", ": {", "}"));
    }

    /// A default as this class would write it.
    private static String plain(String or) {
        try {
            return number(Double.parseDouble(or));
        } catch (NumberFormatException e) {
            return or;
        }
    }

    private static String scalar(Object v) {
        return switch (v) {
            case Double d -> number(d);
            case Enum<?> e -> Slot.choice(e);
            case String s -> text(s);
            case LayerConfig l -> l.spec() instanceof LayerSpec.Activated ? layer(l) : flow(layer(l));
            case List<?> l -> l.stream().map(ConfigWriter::scalar).collect(Collectors.joining(", ", "[", "]"));
            case Record r -> Slot.of(r.getClass()).stream().map(s -> s.name() + ": " + scalar(s.get(r)))
                    .collect(Collectors.joining(", ", "{", "}"));
            default -> v.toString();
        };
    }

    private static String flow(String layer) {
        return layer.contains(": ") ? "{" + layer + "}" : layer;
    }

    /// As BigDecimal writes it, which is only asked where it must be: loading it takes longer than a config's other lines.
    ///
    /// @throws NumberFormatException for what is no finite number
    static String number(double d) {
        if (!Double.isFinite(d)) {
            throw new NumberFormatException(d + " is no finite number");
        }
        if (d == Math.rint(d) && Math.abs(d) < 1e15) {
            return Long.toString((long) d);
        }
        var text = Double.toString(d);
        int e = text.indexOf('E');
        if (e < 0) {
            return text; // from 0.001 on, and below 10 million
        }
        int exponent = Integer.parseInt(text.substring(e + 1));
        if (exponent < PLAIN) {
            return text.replace('E', 'e');
        }
        if (exponent < 0) {
            return (d < 0 ? "-0." : "0.") + "0".repeat(-exponent - 1)
                    + text.substring(d < 0 ? 1 : 0, e).replace(".", "");
        }
        var plain = new BigDecimal(text);
        return Math.abs(d) < 1e15 ? plain.toPlainString() : plain.toString().replace("E", "e");
    }

    private static String text(String s) {
        if (isPlain(s)) {
            return s;
        }
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f || Character.isSurrogate(c) && !paired(s, i)) {
                quoted.append("\\u%04x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /// True for what reads back as the same text without quotes.
    private static boolean isPlain(String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            boolean first = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '.' || c == '/';
            if (!first && (i == 0 || (c < '0' || c > '9') && c != '+' && c != '-')) {
                return false;
            }
        }
        return !s.isEmpty() && WORDS.stream().noneMatch(s::equalsIgnoreCase);
    }

    private static boolean paired(String s, int i) {
        char c = s.charAt(i);
        return Character.isHighSurrogate(c)
                ? i + 1 < s.length() && Character.isLowSurrogate(s.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(s.charAt(i - 1));
    }
}
