package dev.ijen.data.text;

import java.util.List;
import java.util.stream.Stream;

/// A vocabulary with symbols of its own before all others, such as `[MASK]`: in a text they stand by their names, and where symbols
/// become a text again they are left out.
///
/// @param of the other symbols, whose numbers follow
/// @param marks names by number
public record Marked(Vocabulary of, List<String> marks) implements Vocabulary {
    /// Fills up.
    public static final String PAD = "<pad>";
    /// Comes before every text.
    public static final String BEGIN = "<begin>";
    /// Comes behind every text.
    public static final String END = "<end>";
    /// Hides what stands at its place.
    public static final String MASK = "[MASK]";

    /// Copies the list.
    public Marked {
        marks = List.copyOf(marks);
    }

    @Override
    public int size() {
        return marks.size() + of.size();
    }

    /// The number of a mark; negative if there is none of that name.
    public int id(String mark) {
        return marks.indexOf(mark);
    }

    @Override
    public int[] encode(String text) {
        var ids = java.util.stream.IntStream.builder();
        int from = 0;
        while (from < text.length()) {
            int at = text.length();
            String found = null;
            for (var m : marks) {
                int here = text.indexOf(m, from);
                if (here >= 0 && here < at) {
                    at = here;
                    found = m;
                }
            }
            int end = at;
            if (found != null && !(of instanceof Characters)) {
                // tokens hold the blank before a word: that before a mark is the mark's
                while (end > from && text.charAt(end - 1) == ' ') {
                    end--;
                }
            }
            if (end > from) {
                for (int id : of.encode(text.substring(from, end))) {
                    ids.add(id + marks.size());
                }
            }
            if (found != null) {
                ids.add(marks.indexOf(found));
            }
            from = found == null ? at : at + found.length();
        }
        return ids.build().toArray();
    }

    @Override
    public List<String> unknown(String text) {
        var rest = text;
        for (var m : marks) {
            rest = rest.replace(m, "");
        }
        return of.unknown(rest);
    }

    @Override
    public int padding() {
        return Math.max(0, id(PAD));
    }

    @Override
    public boolean isEnd(int id) {
        return id >= 0 && id == id(END);
    }

    @Override
    public String decode(int[] ids) {
        int k = marks.size();
        return of.decode(java.util.Arrays.stream(ids).filter(id -> id >= k).map(id -> id - k).toArray());
    }

    /// As a text in which marks stand by their names, but for those that fill up.
    public String shown(int[] ids) {
        var s = new StringBuilder();
        int from = 0;
        for (int i = 0; i <= ids.length; i++) {
            if (i == ids.length || ids[i] < marks.size()) {
                s.append(decode(java.util.Arrays.copyOfRange(ids, from, i)));
                from = i + 1;
                if (i < ids.length && !marks.get(ids[i]).equals(PAD)) {
                    boolean blank = !(of instanceof Characters) && !s.isEmpty() && marks.get(ids[i]).equals(MASK);
                    s.append(blank ? " " : "").append(marks.get(ids[i]));
                }
            }
        }
        return s.toString();
    }

    @Override
    public List<String> symbols() {
        return Stream.concat(marks.stream(), of.symbols().stream()).toList();
    }
}
