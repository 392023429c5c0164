package dev.ijen.train.config;

import dev.ijen.format.FormatException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads configurations. A file may name a preset at its top, `preset: mnist-cnn`, and say only what it changes.
public final class ConfigReader {
    private static final String PRESET = "preset";

    private ConfigReader() {}

    /// A file, with some keys replaced.
    ///
    /// @param sets `key=value` with dotted keys, such as `optimizer.lr=3e-4` or `model.layers.0.linear=64`
    /// @throws ConfigException naming line and column of what is wrong
    /// @throws FormatException if the file cannot be read
    public static TrainConfig read(Path yaml, List<String> sets) {
        try {
            if (Files.isRegularFile(yaml) && Files.size(yaml) > 4L * YamlTree.MAX_CHARACTERS) {
                throw new ConfigException(
                        Mark.of(yaml.toString()), "too long", Files.size(yaml) + " bytes", "a configuration",
                        "is it the right file?");
            }
            return parse(yaml.toString(), Files.readString(yaml), sets);
        } catch (CharacterCodingException e) {
            throw new ConfigException(Mark.of(yaml.toString()), "not text", "bytes that are no UTF-8", "YAML",
                    "is it the right file?", e);
        } catch (IOException e) {
            throw FormatException.of(yaml, e);
        }
    }

    /// A text, with some keys replaced.
    ///
    /// @param source what to call it in errors
    public static TrainConfig parse(String source, String yaml, List<String> sets) {
        return bind(tree(source, yaml), sets);
    }

    static TrainConfig bind(Node tree, List<String> sets) {
        for (var set : sets) {
            tree = set(tree, set);
        }
        return Binder.section(TrainConfig.class, tree, "");
    }

    /// The text's tree, laid onto the preset it names.
    static Node tree(String source, String yaml) {
        var tree = YamlTree.parse(source, yaml);
        if (!(tree instanceof Node.Fields fields) || !fields.values().containsKey(PRESET)) {
            return tree;
        }
        var name = fields.values().get(PRESET).value();
        if (!(name instanceof Node.Text text)) {
            throw Binder.wrong(name, PRESET, "the name of a preset");
        }
        if (!Presets.names().contains(text.value())) {
            throw Binder.unknown(text.mark(), PRESET, text.value(), Presets.names());
        }
        var rest = new LinkedHashMap<>(fields.values());
        rest.remove(PRESET);
        return Node.merge(Presets.tree(text.value()), new Node.Fields(rest, fields.mark()));
    }

    private static Node set(Node tree, String set) {
        int eq = set.indexOf('=');
        var source = "--set " + set;
        if (eq < 1) {
            throw new ConfigException(
                    Mark.of(source), "no assignment", "'" + set + "'", "key=value, such as optimizer.lr=3e-4",
                    "write key=value");
        }
        var keys = set.substring(0, eq).split("\\.", -1);
        return replace(tree, keys, 0, YamlTree.value(source, set.substring(eq + 1)), source);
    }

    private static Node replace(Node in, String[] keys, int depth, Node value, String source) {
        if (depth == keys.length) {
            return value;
        }
        if (depth > YamlTree.MAX_DEPTH) {
            throw new ConfigException(Mark.of(source), "too deep", keys.length + " levels", "a key",
                    "see 'ijen config schema'");
        }
        var key = keys[depth];
        var mark = Mark.of(source);
        if (in instanceof Node.Items items) {
            if (!key.matches("[0-9]{1,6}") || Integer.parseInt(key) >= items.values().size()) {
                throw new ConfigException(
                        mark, "no such element", "'" + key + "'", "a number from 0 to " + (items.values().size() - 1),
                        "count from 0");
            }
            int i = Integer.parseInt(key);
            var all = new ArrayList<>(items.values());
            all.set(i, replace(all.get(i), keys, depth + 1, value, source));
            return new Node.Items(all, items.mark());
        }
        Map<String, Node.Field> all = in instanceof Node.Fields f ? new LinkedHashMap<>(f.values())
                : new LinkedHashMap<>();
        var before = all.get(key);
        var under = before == null ? Node.Fields.empty(mark) : before.value();
        all.put(key, new Node.Field(mark, replace(under, keys, depth + 1, value, source)));
        return new Node.Fields(all, in.mark());
    }
}
