package dev.ijen.train;

import dev.ijen.data.text.Marked;
import dev.ijen.engine.Engine;
import dev.ijen.nn.Module;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Texts whose `[MASK]`s are told: for each the likeliest symbols with their probabilities, and the text with the likeliest of all.
final class Filled {
    private static final int MOST = 10;

    private Filled() {}

    static List<Prediction> texts(Engine engine, Module model, TokenRows.Masked pre, List<String> texts,
            List<String> sources) {
        var all = new ArrayList<Prediction>();
        try (var step = engine.inference(x -> model.apply(x).cast(DType.F32).softmax())) {
            for (int i = 0; i < texts.size(); i++) {
                if (texts.get(i).isBlank()) {
                    continue;
                }
                int[] ids = tokens(pre, texts.get(i), sources.get(i));
                var p = step.run(HostTensor.of(ids, 1, ids.length)).get(0).toFloatArray();
                all.addAll(told(pre, ids, p, sources.get(i)));
            }
        }
        return all;
    }

    private static int[] tokens(TokenRows.Masked pre, String text, String source) {
        if (!text.contains(Marked.MASK)) {
            throw new IjenException("predict: nothing to tell", source + ": '" + text + "'",
                    "a text with " + Marked.MASK + " in place of what is to be told",
                    "for example: To be, or not to " + Marked.MASK);
        }
        int[] ids = pre.vocabulary().encode(text);
        if (ids.length > pre.length()) {
            throw new IjenException("predict: the text is too long", source + ": " + ids.length + " tokens",
                    "at most " + pre.length(), "give a shorter text, or train with a greater task.length");
        }
        return ids;
    }

    private static List<Prediction> told(TokenRows.Masked pre, int[] ids, float[] p, String source) {
        var v = pre.vocabulary();
        int mask = v.id(Marked.MASK);
        int n = v.size();
        var filled = ids.clone();
        var found = new ArrayList<LinkedHashMap<String, Double>>();
        for (int t = 0; t < ids.length; t++) {
            if (ids[t] != mask) {
                continue;
            }
            var order = new ArrayList<Integer>();
            for (int s = v.marks().size(); s < n; s++) {
                order.add(s);
            }
            int at = t * n;
            order.sort((a, b) -> Float.compare(p[at + b], p[at + a]));
            filled[t] = order.getFirst();
            var likely = new LinkedHashMap<String, Double>();
            for (int s : order.subList(0, Math.min(MOST, order.size()))) {
                // two tokens may look alike without their blank: the likelier one is shown
                likely.putIfAbsent(shown(pre.name(s)), (double) p[at + s]);
            }
            found.add(likely);
        }
        var text = v.decode(filled);
        var all = new ArrayList<Prediction>();
        for (var likely : found) {
            var name = found.size() == 1 ? source : source + " " + Marked.MASK + " " + (all.size() + 1);
            all.add(Prediction.ofText(name, likely.firstEntry().getKey(), likely, text));
        }
        return all;
    }

    /// A symbol without the blanks around it; one of blanks alone as it is written in programs.
    private static String shown(String symbol) {
        return symbol.isBlank() ? "'" + symbol.replace("\n", "\\n").replace("\t", "\\t") + "'" : symbol.strip();
    }
}
