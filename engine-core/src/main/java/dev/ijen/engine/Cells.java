package dev.ijen.engine;

import dev.ijen.tensor.Cell;
import dev.ijen.tensor.IjenException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Finds the parameters and states of a model: any tree of records, lists, arrays, maps, plain objects and [Composite]s
/// that hold cells. Names are the path to a cell, joined by dots: `0.weight`, `block.conv1.bias`. They do not depend on
/// which cells other branches hold, so they serve as keys of checkpoints. A cell used in two places has the name of the
/// first.
public final class Cells {
    private Cells() {}

    /// Every cell by name, in the order of the walk.
    ///
    /// @throws IjenException if a lambda captures a cell that the walk does not find elsewhere
    public static Map<String, Cell> all(Object model) {
        return CellWalk.walk(model);
    }

    /// The parameters by name.
    public static Map<String, Parameter> parameters(Object model) {
        return only(Parameter.class, model);
    }

    /// The states by name: running statistics and the like.
    public static Map<String, State> states(Object model) {
        return only(State.class, model);
    }

    private static <T extends Cell> Map<String, T> only(Class<T> type, Object model) {
        var found = new LinkedHashMap<String, T>();
        all(model).forEach((name, cell) -> {
            if (type.isInstance(cell)) {
                found.put(name, type.cast(cell));
            }
        });
        return found;
    }

    /// How many numbers the parameters of a model, or of a part of one, hold together.
    public static long count(Object model) {
        return CellWalk.part(model).values().stream()
                .filter(Parameter.class::isInstance)
                .mapToLong(p -> p.shape().size())
                .sum();
    }

    /// Frees the memory of every cell of the model.
    public static void close(Object model) {
        parameters(model).values().forEach(Parameter::close);
        states(model).values().forEach(State::close);
    }

    /// True where a name fits some of many patterns ([#matches]); one that begins with `!` excepts names. The last that fits decides.
    public static boolean matches(List<String> patterns, String name) {
        for (var p : patterns.reversed()) {
            boolean except = p.startsWith("!");
            if (matches(except ? p.substring(1) : p, name)) {
                return !except;
            }
        }
        return false;
    }

    /// True where a name fits a pattern in which `*` stands for any characters.
    public static boolean matches(String pattern, String name) {
        int star = pattern.indexOf('*');
        if (star < 0) {
            return pattern.equals(name);
        }
        if (!name.startsWith(pattern.substring(0, star))) {
            return false;
        }
        var rest = pattern.substring(star + 1);
        for (int i = star; i <= name.length(); i++) {
            if (matches(rest, name.substring(i))) {
                return true;
            }
        }
        return false;
    }
}
