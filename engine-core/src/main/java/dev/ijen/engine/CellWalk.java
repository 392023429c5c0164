package dev.ijen.engine;

import dev.ijen.tensor.Cell;
import dev.ijen.tensor.Evaluator;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One walk over the structure of a model.
final class CellWalk {
    /// A record's accessors of objects, opened where that is possible; looking them up is most of a walk's time.
    private static final ClassValue<List<Method>> ACCESSORS = new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents())
                    .filter(c -> !c.getType().isPrimitive())
                    .map(RecordComponent::getAccessor)
                    .toList();
        }
    };

    private final Map<String, Cell> found = new LinkedHashMap<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Captured> captured = new ArrayList<>();

    /// A value a lambda holds on to.
    private record Captured(String path, Object value) {}

    /// Every cell by name.
    ///
    /// @throws IjenException if a lambda captures a cell that is not found elsewhere
    static Map<String, Cell> walk(Object model) {
        var w = new CellWalk();
        w.visit("", model);
        for (var c : w.captured) {
            for (var cell : part(c.value).values()) {
                if (!w.found.containsValue(cell)) {
                    throw new IjenException(
                            "model: a lambda captures weights",
                            "the lambda at '" + c.path + "' holds " + cell + ", which no layer of the model holds",
                            "weights in layers, where they have names",
                            "put the layer into the chain or record itself, or make the lambda a record");
                }
            }
        }
        return w.found;
    }

    /// Every cell of a part of a model, whose lambdas may use cells of other parts.
    static Map<String, Cell> part(Object part) {
        var w = new CellWalk();
        w.visit("", part);
        return w.found;
    }

    private void visit(String path, Object part) {
        if (part == null || part instanceof Evaluator || part instanceof Tensor || !seen.add(part)) {
            return;
        }
        switch (part) {
            case Cell c -> found.put(path.isEmpty() ? c.name() : path, c);
            case Composite c -> c.parts().forEach((name, p) -> visit(join(path, name), p));
            case Record r -> record(path, r);
            case Collection<?> list -> {
                int i = 0;
                for (var p : list) {
                    visit(join(path, String.valueOf(i++)), p);
                }
            }
            case Object[] array -> visit(path, Arrays.asList(array));
            case Map<?, ?> map -> map.forEach((name, p) -> visit(join(path, String.valueOf(name)), p));
            default -> object(path, part);
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private void record(String path, Record r) {
        for (var get : ACCESSORS.get(r.getClass())) {
            if (!open(get)) {
                throw closed(path, r.getClass());
            }
            try {
                visit(join(path, get.getName()), get.invoke(r));
            } catch (ReflectiveOperationException e) {
                throw new IjenException("model: cannot read '" + join(path, get.getName()) + "'", e);
            }
        }
    }

    private void object(String path, Object part) {
        var type = part.getClass();
        boolean jdk = type.getName().startsWith("java.") || type.getName().startsWith("jdk.");
        if (jdk || part instanceof Enum<?> || type.isArray()) {
            return;
        }
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            for (var f : c.getDeclaredFields()) {
                if (Modifier.isStatic(f.getModifiers()) || f.getType().isPrimitive()) {
                    continue;
                }
                var value = value(path, f, part);
                if (!type.isHidden() && !f.isSynthetic()) {
                    visit(join(path, f.getName()), value);
                } else if (holder(value)) {
                    captured.add(new Captured(path, value));
                }
            }
        }
    }

    /// Values whose cells belong to the lambda; an enclosing `this` may hold other models.
    private static boolean holder(Object value) {
        return value instanceof Cell || value instanceof Record || value instanceof Collection
                || value instanceof Composite;
    }

    private static Object value(String path, Field f, Object of) {
        if (!open(f)) {
            throw closed(path, of.getClass());
        }
        try {
            return f.get(of);
        } catch (IllegalAccessException e) {
            throw new IjenException("model: cannot read '" + join(path, f.getName()) + "'", e);
        }
    }

    private static boolean open(AccessibleObject member) {
        try {
            return member.trySetAccessible();
        } catch (InaccessibleObjectException | SecurityException e) {
            return false;
        }
    }

    private static IjenException closed(String path, Class<?> type) {
        return new IjenException(
                "model: cannot look into '" + path + "' (" + type.getName() + ")",
                "a package that module " + type.getModule().getName() + " does not open",
                "a public record in an exported package, or an opened package",
                "add `opens " + type.getPackageName() + " to dev.ijen.core;` to module-info.java");
    }
}
