package dev.ijen.cuda.ptx;

import dev.ijen.kernels.Ptx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The functions of `functions.cu` as PTX, cut into functions and tables.
final class Library {
    private static final Pattern HEAD = Pattern
            .compile("\\.func(?:\\s+\\([^)]*\\))?\\s+(\\w+)|\\.(?:global|const)\\s.*?(\\w+)\\[");
    private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w+");

    /// A function or a table.
    ///
    /// @param needs other items it names
    record Item(String name, String text, Set<String> needs) {}

    private static final Library OF_CUDA = new Library(
            new String(Ptx.text(Ptx.FUNCTIONS, 75), StandardCharsets.US_ASCII).replace("\0", ""));

    private final Map<String, Item> items = new LinkedHashMap<>();

    private Library(String text) {
        for (String s : cut(text)) {
            var m = HEAD.matcher(s);
            boolean declared = s.startsWith(".func") && s.endsWith(";\n");
            if (!declared && m.find()) {
                String name = m.group(1) != null ? m.group(1) : m.group(2);
                items.put(name, new Item(name, s.replaceFirst("^\\.visible ", ""), new LinkedHashSet<>()));
            }
        }
        for (var i : items.values()) {
            for (var w = WORD.matcher(i.text); w.find();) {
                if (items.containsKey(w.group()) && !w.group().equals(i.name)) {
                    i.needs.add(w.group());
                }
            }
        }
    }

    static Library get() {
        return OF_CUDA;
    }

    /// The pieces of a module, each with its lines.
    private static List<String> cut(String text) {
        var pieces = new ArrayList<String>();
        var piece = new StringBuilder();
        for (String line : text.lines().toList()) {
            boolean heading = line.startsWith(".version") || line.startsWith(".target")
                    || line.startsWith(".address_size");
            if (heading || line.stripLeading().startsWith("// .globl")) {
                continue;
            }
            piece.append(line).append('\n');
            boolean table = line.startsWith(".global") || line.startsWith(".const");
            if (line.equals("}") || line.equals(";") || (table && line.endsWith(";"))) {
                pieces.add(piece.toString());
                piece.setLength(0);
            }
        }
        return pieces;
    }

    Item item(String name) {
        var i = items.get(name);
        if (i == null) {
            throw new IllegalStateException("functions.cu has no " + name);
        }
        return i;
    }

    /// What a module must hold for some functions, what is needed before what needs it.
    List<Item> closure(Iterable<String> names) {
        var all = new LinkedHashSet<Item>();
        for (String n : names) {
            collect(n, all);
        }
        return List.copyOf(all);
    }

    private void collect(String name, Set<Item> all) {
        var i = item(name);
        if (all.contains(i)) {
            return;
        }
        for (String n : i.needs) {
            collect(n, all);
        }
        all.add(i);
    }
}
