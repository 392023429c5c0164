package dev.ijen.cuda.ptx;

import dev.ijen.cuda.ptx.Asm.Kind;
import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Uses of library functions in one kernel. Short ones are copied in, since a call costs more than they do; long ones are called.
final class Functions {
    /// Lines of a function that is copied in.
    private static final int SHORT = 64;
    private static final Pattern REGISTER = Pattern.compile("%(p|rs|rd|r|fd|f)(\\d+|<\\d+>)");
    private static final Pattern LABEL = Pattern.compile("\\$L\\w+");

    private final Library library = Library.get();
    private final Set<String> called = new TreeSet<>();
    private int copies;

    /// Names of the functions that the module must hold.
    Set<String> called() {
        return called;
    }

    /// The value of a function.
    ///
    /// @param name in lower case, without the type
    String apply(Asm a, String name, DType type, List<String> arguments) {
        var item = library.item("ijen_" + name + "_" + Scalars.type(type));
        boolean closed = item.needs().isEmpty() && !item.text().contains(".local");
        return closed && item.text().lines().count() <= SHORT
                ? copy(a, item, type, arguments)
                : call(a, item.name(), type, arguments);
    }

    private String call(Asm a, String name, DType type, List<String> arguments) {
        called.add(name);
        String bits = type == DType.F32 ? ".b32" : ".b64";
        String t = Scalars.type(type);
        String result = a.fresh(Kind.of(type));
        var names = new ArrayList<String>();
        a.raw("\t{\n");
        for (int i = 0; i < arguments.size(); i++) {
            names.add("param" + i);
            a.op(".param " + bits + " param" + i);
            a.op("st.param." + t, "[param" + i + "+0]", arguments.get(i));
        }
        a.op(".param " + bits + " retval0");
        a.op("call.uni", "(retval0)", name, "(" + String.join(", ", names) + ")");
        a.op("ld.param." + t, result, "[retval0+0]");
        a.raw("\t}\n");
        return result;
    }

    private String copy(Asm a, Library.Item item, DType type, List<String> arguments) {
        String prefix = "i" + copies++ + "_";
        String result = a.fresh(Kind.of(type));
        String end = a.label();
        var lines = new ArrayList<>(item.text().lines().toList());
        lines.removeLast(); // }
        if (!lines.removeLast().strip().equals("ret;")) {
            throw new IllegalStateException(item.name() + " does not end with a return");
        }
        boolean jumps = false;
        for (String line : lines.subList(lines.indexOf("{") + 1, lines.size())) {
            String s = LABEL.matcher(line).replaceAll(m -> "\\$L" + prefix + m.group().substring(2));
            s = REGISTER.matcher(s).replaceAll(m -> "%" + prefix + m.group(1) + m.group(2));
            for (int i = 0; i < arguments.size(); i++) {
                s = s.replace("[" + item.name() + "_param_" + i + "]", arguments.get(i));
            }
            s = s.replace("ld.param.", "mov.").replace("st.param.", "mov.").replace("[func_retval0+0]", result);
            if (s.strip().equals("ret;")) {
                s = "\tbra.uni \t" + end + ";";
                jumps = true;
            }
            a.raw(s + "\n");
        }
        if (jumps) {
            a.place(end);
        }
        return result;
    }
}
