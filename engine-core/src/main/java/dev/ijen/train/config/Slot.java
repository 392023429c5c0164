package dev.ijen.train.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// One key of a section: a component of a configuration record.
///
/// @param name as it stands in YAML
/// @param component of the record
/// @param key what it means
record Slot(String name, RecordComponent component, Key key) {
    /// By section: each look at annotations reads them anew.
    private static final Map<Class<?>, List<Slot>> KNOWN = new ConcurrentHashMap<>();

    /// The keys of a section, in order.
    static List<Slot> of(Class<?> section) {
        return KNOWN.computeIfAbsent(section, Slot::read);
    }

    private static List<Slot> read(Class<?> section) {
        var all = new ArrayList<Slot>();
        for (var c : section.getRecordComponents()) {
            var key = c.getAnnotation(Key.class);
            if (key != null) {
                all.add(new Slot(snake(c.getName()), c, key));
            }
        }
        return List.copyOf(all);
    }

    static String snake(String camel) {
        var s = new StringBuilder(camel.length() + 4);
        for (int i = 0; i < camel.length(); i++) {
            char c = camel.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                s.append('_').append((char) (c - 'A' + 'a'));
            } else {
                s.append(c);
            }
        }
        return s.toString();
    }

    Class<?> type() {
        return component.getType();
    }

    /// Element type of a list.
    Class<?> element() {
        Type t = component.getGenericType();
        return t instanceof ParameterizedType p && p.getActualTypeArguments()[0] instanceof Class<?> c ? c
                : Object.class;
    }

    boolean isSection() {
        return type().isRecord();
    }

    boolean isInteger() {
        return isInteger(type());
    }

    static boolean isInteger(Class<?> t) {
        return t == int.class || t == long.class || t == Integer.class;
    }

    static boolean isNumber(Class<?> t) {
        return isInteger(t) || t == double.class || t == Double.class;
    }

    /// The names of an enumeration as YAML has them.
    static List<String> choices(Class<?> enumeration) {
        return Arrays.stream(enumeration.getEnumConstants()).map(Slot::choice).toList();
    }

    static String choice(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The component's value.
    Object get(Object section) {
        try {
            return component.getAccessor().invoke(section);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(section.getClass() + "." + component.getName(), e);
        }
    }
}
