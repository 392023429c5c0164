package dev.ijen.train;

import dev.ijen.data.SeededRandom;
import dev.ijen.data.text.Marked;
import dev.ijen.engine.Engine;
import dev.ijen.generate.Sampling;
import dev.ijen.generate.TranslationGenerator;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Module;
import dev.ijen.nn.zoo.Translator;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Texts and the answers a model writes to them, the likeliest token at each place.
final class Answered {
    private Answered() {}

    /// The network of a run of translation.
    static Translator translator(Module model) {
        if (model instanceof Chain c && c.modules().size() == 1 && c.modules().getFirst() instanceof Translator t) {
            return t;
        }
        throw new IjenException("translation: not a network that writes", String.valueOf(model),
                "one layer: translator", "train it with model.layers: [{translator: {dim: 64}}]");
    }

    static List<Prediction> texts(Engine engine, Translator model, TokenRows.Pairs pre, List<String> texts,
            List<String> sources) {
        var v = pre.vocabulary();
        var all = new ArrayList<Prediction>();
        try (var generator = TranslationGenerator.of(engine, model, 1)) {
            for (int i = 0; i < texts.size(); i++) {
                if (!texts.get(i).isBlank()) {
                    int[] ids = generator.write(Texts.symbols(v, texts.get(i), sources.get(i)), v.id(Marked.BEGIN),
                            v.id(Marked.END), pre.answer(), Sampling.GREEDY, new SeededRandom(0), id -> true);
                    all.add(Prediction.ofText(sources.get(i), null, Map.of(), v.decode(ids)));
                }
            }
        }
        return all;
    }
}
