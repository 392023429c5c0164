package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Classes do the same with [DirectCalls] as without.
final class DirectCallsTest {
    sealed interface Thing permits Numbers, Named, Empty {
        /// A switch in an interface.
        default String kind() {
            return switch (this) {
                case Numbers _ -> "numbers";
                case Named _ -> "named";
                case Empty _ -> "empty";
            };
        }
    }

    record Numbers(int i, long l, float f, double d, boolean z, byte b, short s, char c) implements Thing {}

    record Named(String name, Thing inner, List<?> list) implements Thing {}

    record Empty() implements Thing {}

    enum Colour {
        RED,
        BLUE
    }

    /// Everything that is compared, as texts.
    static final class Sample implements Supplier<List<String>> {
        private static final List<Object> VALUES = new ArrayList<>();

        static {
            for (int i : new int[] {0, -7, 1 << 20}) {
                for (float f : new float[] {0, -0f, Float.NaN, 1.5f}) {
                    VALUES.add(new Numbers(i, 3L << 40 | i, f, f, i > 0, (byte) i, (short) i, (char) ('a' + (i & 7))));
                }
            }
            VALUES.add(new Named("a", new Empty(), List.of(1, "x")));
            VALUES.add(new Named(null, null, null));
            VALUES.add(new Named("deep", new Named("a", (Thing) VALUES.getFirst(), List.of()), List.of()));
            Collections.addAll(VALUES, new Empty(), new Empty(), 3, 30, "text", 'c', Colour.RED, null);
        }

        @Override
        public List<String> get() {
            var all = new ArrayList<String>();
            for (var v : VALUES) {
                all.add(describe(v) + " " + hash(v) + " " + v);
                all.add(v instanceof Thing t ? t.kind() : "");
                for (var w : VALUES) {
                    all.add(Objects.equals(v, w) + "");
                }
            }
            return all;
        }

        private static int hash(Object v) {
            return v instanceof Colour ? 0 : Objects.hashCode(v);
        }

        private static String describe(Object o) {
            return switch (o) {
                case null -> "nothing";
                case Numbers n when n.i() > 0 -> "above " + n.l();
                case Numbers(int i, _, _, _, boolean z, _, _, _) when z -> "never " + i;
                case Numbers n -> "other " + n.f();
                case Named(String name, Named(var inner, _, _), _) -> name + " in " + inner;
                case Named(var name, Empty _, _) -> "empty " + name;
                case Named n -> "named " + constant(n.name());
                case Integer i when i > 5 -> "many";
                case Integer _ -> "few";
                case CharSequence s -> "text of " + s.length();
                case Colour c -> colour(c);
                default -> "something";
            };
        }

        /// Over constants: stays as it is.
        private static String constant(String s) {
            return switch (s) {
                case null -> "null";
                case "a" -> "first";
                case String t when t.length() > 3 -> "long";
                default -> "short";
            };
        }

        private static String colour(Object c) {
            return switch (c) {
                case Colour.RED -> "red";
                case Colour.BLUE -> "blue";
                default -> "none";
            };
        }
    }

    /// Loads this test's classes from changed bytes.
    private static final class Changed extends ClassLoader {
        private final DirectCalls direct = new DirectCalls(DirectCallsTest.class.getClassLoader());

        Changed() {
            super(DirectCallsTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (!name.startsWith(DirectCallsTest.class.getName())) {
                    return super.loadClass(name, resolve);
                }
                var loaded = findLoadedClass(name);
                if (loaded == null) {
                    var bytes = direct.in(bytes(name));
                    loaded = defineClass(name, bytes, 0, bytes.length);
                }
                return loaded;
            }
        }
    }

    private static byte[] bytes(String name) {
        try (var in = DirectCallsTest.class.getClassLoader().getResourceAsStream(name.replace('.', '/') + ".class")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void doTheSame() throws Exception {
        var type = new Changed().loadClass(Sample.class.getName());
        assertNotSame(Sample.class, type);
        var constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        assertEquals(new Sample().get(), ((Supplier<?>) constructor.newInstance()).get());
    }

    @Test
    void nothingIsLinkedAtRunTimeButConstants() {
        assertTrue(calls(bytes(Numbers.class.getName())).contains("java/lang/runtime/ObjectMethods.bootstrap"));
        assertEquals(List.of(), calls(changed(Numbers.class)));
        assertEquals(List.of(), calls(changed(Thing.class)));
        var sample = calls(changed(Sample.class));
        assertFalse(sample.contains("java/lang/runtime/ObjectMethods.bootstrap"), sample::toString);
        // those over texts and over constants of an enum
        assertEquals(2, Collections.frequency(sample, "java/lang/runtime/SwitchBootstraps.typeSwitch"));
        assertEquals(3, Collections.frequency(calls(bytes(Sample.class.getName())),
                "java/lang/runtime/SwitchBootstraps.typeSwitch"));
    }

    @Test
    void otherClassesAreNotTouched() {
        var bytes = bytes(DirectCallsTest.class.getName() + "$Colour");
        assertSame(bytes, new DirectCalls(DirectCallsTest.class.getClassLoader()).in(bytes));
        assertArrayEquals(bytes(DirectCallsTest.class.getName() + "$Colour"), bytes);
    }

    private static byte[] changed(Class<?> c) {
        return new DirectCalls(DirectCallsTest.class.getClassLoader()).in(bytes(c.getName()));
    }

    /// Of all call sites in the code, what links them.
    private static List<String> calls(byte[] bytes) {
        var all = new ArrayList<String>();
        ClassFile.of().parse(bytes).methods().forEach(m -> m.code().ifPresent(code -> code.forEach(e -> {
            if (e instanceof InvokeDynamicInstruction i) {
                var method = i.invokedynamic().bootstrap().bootstrapMethod().reference();
                all.add(method.owner().asInternalName() + "." + method.name().stringValue());
            }
        })));
        return all;
    }
}
