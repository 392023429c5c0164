package dev.ijen.train.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// One key of a section: a component of a configuration record.
///
/// @param name as it stands in YAML
/// @param component of the record
/// @param key what it means
record Slot(String name, RecordComponent component, Key key) {
    /// The keys of a section, in order.
    static List<Slot> of(Class<?> section) {
        return Arrays.stream(section.getRecordComponents())
                .filter(c -> c.isAnnotationPresent(Key.class))
                .map(c -> new Slot(snake(c.getName()), c, c.getAnnotation(Key.class)))
                .toList();
    }

    static String snake(String camel) {
        return camel.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
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
