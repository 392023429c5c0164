package dev.ijen.train.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A piece of YAML that knows where it stands.
sealed interface Node {
    /// Where it begins.
    Mark mark();

    /// What it is, for messages.
    String describe();

    /// A scalar. `quoted` tells `"12"` from `12`.
    record Text(String value, boolean quoted, Mark mark) implements Node {
        /// `null`, `~` or nothing at all.
        boolean isNull() {
            return !quoted && (value.isEmpty() || value.equals("~") || value.equals("null"));
        }

        @Override
        public String describe() {
            return "'" + (value.length() > 60 ? value.substring(0, 60) + "…" : value) + "'";
        }
    }

    /// A list.
    record Items(List<Node> values, Mark mark) implements Node {
        @Override
        public String describe() {
            return "a list of " + values.size();
        }
    }

    /// A mapping, in order.
    record Fields(Map<String, Field> values, Mark mark) implements Node {
        static Fields empty(Mark mark) {
            return new Fields(new LinkedHashMap<>(), mark);
        }

        @Override
        public String describe() {
            return "a section with " + values.size() + " keys";
        }
    }

    /// A key's place and its value.
    record Field(Mark key, Node value) {}

    /// `over` laid onto `base`: sections are joined key by key, everything else is replaced.
    static Node merge(Node base, Node over) {
        if (base instanceof Fields b && over instanceof Fields o) {
            var all = new LinkedHashMap<>(b.values);
            o.values.forEach((name, field) -> {
                var before = all.get(name);
                all.put(name, before == null ? field : new Field(field.key, merge(before.value, field.value)));
            });
            return new Fields(all, o.mark);
        }
        return over;
    }
}
