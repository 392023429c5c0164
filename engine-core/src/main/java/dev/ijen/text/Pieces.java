package dev.ijen.text;

import dev.ijen.text.PreTokenizer.Behavior;
import java.util.List;

/// Puts matched and other parts of a span together as a behaviour asks.
final class Pieces {
    private Pieces() {}

    /// @param cuts start, end and whether it matched (1 or 0) of each part, in order and without gaps
    static void emit(Span s, IntList cuts, Behavior behavior, List<Span> to) {
        int parts = cuts.size() / 3;
        int open = -1; // start of a piece that may grow
        boolean lastMatched = false;
        for (int p = 0; p < parts; p++) {
            int a = cuts.get(3 * p);
            int b = cuts.get(3 * p + 1);
            boolean matched = cuts.get(3 * p + 2) == 1;
            boolean last = p == parts - 1;
            switch (behavior) {
                case ISOLATED -> to.add(s.sub(a, b));
                case REMOVED -> {
                    if (!matched) {
                        to.add(s.sub(a, b));
                    }
                }
                case CONTIGUOUS -> {
                    if (open >= 0 && matched != lastMatched) {
                        to.add(s.sub(open, a));
                        open = a;
                    }
                    open = open < 0 ? a : open;
                    if (last) {
                        to.add(s.sub(open, b));
                    }
                }
                case MERGED_WITH_PREVIOUS -> {
                    // a match closes the piece before it; a match behind a match stands alone
                    int from = open < 0 ? a : open;
                    if (matched || last) {
                        to.add(s.sub(from, b));
                        open = -1;
                    } else {
                        open = from;
                    }
                }
                case MERGED_WITH_NEXT -> {
                    if (matched) {
                        if (open >= 0) {
                            to.add(s.sub(open, a));
                        }
                        open = a;
                        if (last) {
                            to.add(s.sub(a, b));
                        }
                    } else {
                        to.add(s.sub(open < 0 ? a : open, b));
                        open = -1;
                    }
                }
            }
            lastMatched = matched;
        }
    }
}
