package dev.ijen.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The part of Python's pickle that data needs: numbers, text, lists, tuples, dictionaries, and calls that `Calls`
/// knows by name. A name is only a name here: nothing is imported and nothing runs.
final class Pickle {
    /// What a pickle asks to be made.
    interface Calls {
        /// Whether a name may appear at all.
        boolean knows(String name);

        /// The result of calling a name.
        Object call(String name, List<?> arguments);

        /// What a persistent id stands for.
        Object persistent(Object id);
    }

    /// `module name` as written.
    record Global(String name) {}

    private static final Object MARK = new Object();
    private static final int MOST_MEMOS = 10_000_000;

    private final String source;
    private final ByteBuffer in;
    private final Calls calls;
    private final ArrayList<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private Pickle(String source, byte[] bytes, Calls calls) {
        this.source = source;
        this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.calls = calls;
    }

    /// The value that a pickle describes.
    static Object read(String source, byte[] bytes, Calls calls) {
        var p = new Pickle(source, bytes, calls);
        try {
            return p.run();
        } catch (FormatException e) {
            throw e;
        } catch (RuntimeException e) { // missing operands, values of other types: whatever a stack machine can trip over
            throw FormatException.damaged(
                    source, "offset " + p.in.position(), "an operation that does not fit", "a whole pickle",
                    "fetch the file again", e);
        }
    }

    private Object run() {
        while (true) {
            int at = in.position();
            int op = in.get() & 0xff;
            switch (op) {
                case 0x80 -> in.get();
                case 0x95 -> in.getLong();
                case '.' -> {
                    Object result = pop();
                    if (MARK.equals(result) || result instanceof Global) {
                        throw damaged("a pickle of " + result);
                    }
                    return result;
                }
                case '(' -> push(MARK);
                case '0' -> pop();
                case '}' -> push(new LinkedHashMap<Object, Object>());
                case ']' -> push(new ArrayList<Object>());
                case ')' -> push(List.of());
                case 't' -> push(new ArrayList<>(marked()));
                case 0x85 -> push(new ArrayList<>(last(1)));
                case 0x86 -> push(new ArrayList<>(last(2)));
                case 0x87 -> push(new ArrayList<>(last(3)));
                case 'N' -> push(null);
                case 0x88 -> push(true);
                case 0x89 -> push(false);
                case 'K' -> push((long) (in.get() & 0xff));
                case 'M' -> push((long) (in.getShort() & 0xffff));
                case 'J' -> push((long) in.getInt());
                case 0x8a -> push(longInteger(in.get() & 0xff));
                case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
                case 'X' -> push(text(in.getInt()));
                case 0x8c -> push(text(in.get() & 0xff));
                case 'U' -> push(text(in.get() & 0xff));
                case 'T' -> push(text(in.getInt()));
                case 'q' -> remember(in.get() & 0xff);
                case 'r' -> remember(in.getInt());
                case 0x94 -> remember(memo.size());
                case 'h' -> push(recall(in.get() & 0xff));
                case 'j' -> push(recall(in.getInt()));
                case 'c' -> push(global(line(), line()));
                case 0x93 -> {
                    String name = (String) pop();
                    push(global((String) pop(), name));
                }
                case 'Q' -> push(calls.persistent(pop()));
                case 'R' -> {
                    var arguments = (List<?>) pop();
                    push(calls.call(((Global) pop()).name(), arguments));
                }
                case 'b' -> {
                    pop(); // attributes: a state_dict has its versions there, which are no data
                    if (!(stack.getLast() instanceof Map<?, ?>)) {
                        throw damaged("attributes for something that is no dictionary");
                    }
                }
                case 's' -> {
                    Object value = pop();
                    put(pop(), value);
                }
                case 'u' -> {
                    var all = marked();
                    for (int i = 0; i < all.size(); i += 2) {
                        put(all.get(i), all.get(i + 1));
                    }
                }
                case 'a' -> {
                    Object value = pop();
                    list().add(value);
                }
                case 'e' -> {
                    var all = marked();
                    list().addAll(all);
                }
                default -> throw FormatException.unsupported(
                        source, "pickle operation at offset " + at, "0x%02x".formatted(op),
                        "operations that build tensors, numbers, text, lists and dictionaries",
                        "save the tensors alone, or as safetensors");
            }
        }
    }

    private Object global(String module, String name) {
        String all = module + "." + name;
        if (!calls.knows(all)) {
            throw FormatException.unsupported(
                    source, "the class or function '" + (all.length() > 200 ? all.substring(0, 200) : all) + "'",
                    "a file that asks for it to be called", "tensors, numbers, text, lists and dictionaries only",
                    "do not use this file unless you trust it; save the tensors alone (state_dict), or as safetensors");
        }
        return new Global(all);
    }

    private void push(Object o) {
        stack.add(o);
    }

    private Object pop() {
        if (stack.isEmpty()) {
            throw damaged("an operation without its operands");
        }
        return stack.removeLast();
    }

    @SuppressWarnings("unchecked")
    private ArrayList<Object> list() {
        return (ArrayList<Object>) stack.getLast();
    }

    @SuppressWarnings("unchecked")
    private void put(Object key, Object value) {
        if (!(key instanceof String || key instanceof Long || key instanceof Boolean)) {
            throw damaged("a dictionary's key that is no text and no number");
        }
        ((Map<Object, Object>) stack.getLast()).put(key, value);
    }

    private List<Object> marked() {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            throw damaged("no mark");
        }
        var all = new ArrayList<>(stack.subList(mark + 1, stack.size()));
        stack.subList(mark, stack.size()).clear();
        return all;
    }

    private List<Object> last(int n) {
        var part = stack.subList(stack.size() - n, stack.size());
        var all = new ArrayList<>(part);
        part.clear();
        return all;
    }

    private void remember(int at) {
        if (at < 0 || memo.size() > MOST_MEMOS) {
            throw damaged("memo " + at);
        }
        memo.put(at, stack.getLast());
    }

    private Object recall(int at) {
        if (!memo.containsKey(at)) {
            throw damaged("memo " + at + ", never written");
        }
        return memo.get(at);
    }

    private Long longInteger(int n) {
        if (n > 8) {
            throw damaged("a whole number of " + n + " bytes");
        }
        long v = 0;
        for (int i = 0; i < n; i++) {
            long b = i == n - 1 ? in.get() : in.get() & 0xff;
            v |= b << 8 * i;
        }
        return v;
    }

    private String text(int n) {
        if (n < 0 || n > in.remaining()) {
            throw damaged("a text of " + n + " bytes");
        }
        var b = new byte[n];
        in.get(b);
        return new String(b, StandardCharsets.UTF_8);
    }

    private String line() {
        int start = in.position();
        while (in.get() != '\n') {
            if (in.position() - start > 1000) {
                throw damaged("a name of more than 1000 bytes");
            }
        }
        return new String(in.array(), start, in.position() - 1 - start, StandardCharsets.UTF_8);
    }

    private FormatException damaged(String got) {
        return FormatException.damaged(
                source, "offset " + in.position(), got, "a whole pickle", "fetch the file again");
    }
}
