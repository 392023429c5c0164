package dev.ijen.nn;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import dev.ijen.tensor.IjenException;

/// A model with some of its layers replaced. Records, lists and chains on the way to them are made anew; all else, and every weight, is
/// shared with the old model. Paths are those of [dev.ijen.engine.Cells].
@SuppressWarnings("ReferenceEquality") // whether a part is the very one it was: an equal one made anew would be other layers
final class Rebuild {
    private final BiFunction<String, Record, Record> change;
    private final Map<Object, Object> done = new IdentityHashMap<>();

    private Rebuild(BiFunction<String, Record, Record> change) {
        this.change = change;
    }

    /// @param change from path and layer to what takes its place, of a type that fits there; the layer itself to go on inside it
    @SuppressWarnings("unchecked") // what takes a part's place has its type, or the record's constructor refuses it
    static <T> T of(T model, BiFunction<String, Record, Record> change) {
        return (T) new Rebuild(change).part("", model);
    }

    private Object part(String path, Object part) {
        if (part == null) {
            return null;
        }
        var known = done.get(part);
        if (known != null) {
            return known;
        }
        var made = switch (part) {
            case Record r -> record(path, r);
            case Chain c -> chain(path, c);
            case List<?> l -> list(path, l);
            default -> part;
        };
        done.put(part, made);
        return made;
    }

    private Object chain(String path, Chain c) {
        var all = new LinkedHashMap<String, Module>();
        boolean same = true;
        for (var e : c.parts().entrySet()) {
            var m = (Module) part(join(path, e.getKey()), e.getValue());
            same &= m == e.getValue();
            all.put(e.getKey(), m);
        }
        return same ? c : Chain.named(all);
    }

    private Object list(String path, List<?> l) {
        var all = new ArrayList<>();
        boolean same = true;
        for (var e : l) {
            var m = part(join(path, String.valueOf(all.size())), e);
            same &= m == e;
            all.add(m);
        }
        return same ? l : List.copyOf(all);
    }

    private Object record(String path, Record r) {
        var other = change.apply(path, r);
        if (other != r) {
            return other;
        }
        var components = r.getClass().getRecordComponents();
        var values = new Object[components.length];
        boolean same = true;
        try {
            for (int i = 0; i < values.length; i++) {
                var get = components[i].getAccessor();
                if (!get.trySetAccessible()) {
                    return r; // not a layer of ours, and not opened: its inside stays as it is
                }
                var old = get.invoke(r);
                values[i] = components[i].getType().isPrimitive() ? old : part(join(path, get.getName()), old);
                same &= values[i] == old || components[i].getType().isPrimitive();
            }
            if (same) {
                return r;
            }
            var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            var make = r.getClass().getDeclaredConstructor(types);
            make.setAccessible(true);
            return make.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IjenException("model: '" + path + "' cannot be made with another layer in it", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IjenException("model: cannot look into '" + path + "'", e);
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
