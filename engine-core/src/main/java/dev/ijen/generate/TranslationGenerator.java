package dev.ijen.generate;

import dev.ijen.data.SeededRandom;
import dev.ijen.engine.Engine;
import dev.ijen.engine.State;
import dev.ijen.engine.Step;
import dev.ijen.nn.zoo.Translator;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/// Writes answers to texts, token by token. The text is read once; keys and values of it and of the answer so far are kept, so each token
/// costs the work of one. For one thread.
public final class TranslationGenerator implements AutoCloseable {
    private final Translator model;
    private final int beams;
    private final List<State> memory;
    private final Step begin;
    private final Step step;

    /// For answers one at a time, or a search with so many beams.
    public static TranslationGenerator of(Engine engine, Translator model, int beams) {
        return new TranslationGenerator(engine, model, beams);
    }

    private TranslationGenerator(Engine engine, Translator model, int beams) {
        this.model = model;
        this.beams = beams;
        this.memory = model.memory(engine, beams);
        this.begin = engine.inferenceProgram(in -> List.of(model.begin(in.getFirst(), memory)));
        this.step = engine.inferenceProgram(in -> List.of(
                model.next(in.get(0), memory, in.get(1), in.size() > 2 ? in.get(2) : null).cast(DType.F32)));
    }

    /// The answer to a text, without its end.
    ///
    /// @param text at most as many tokens as the model reads
    /// @param first token every answer begins with
    /// @param end token it ends with
    /// @param most tokens
    /// @param each told of every token at once; false to stop after it
    public int[] write(int[] text, int first, int end, int most, Sampling sampling, SeededRandom random,
            IntPredicate each) {
        read(text);
        var all = new ArrayList<Integer>();
        int last = first;
        for (int at = 0; at < Math.min(most, model.answer()); at++) {
            var logits = step.run(HostTensor.of(new int[] {last}, 1, 1), HostTensor.of(new int[] {at}, new int[0]))
                    .toFloatArray(0);
            last = sampling.choose(logits, random);
            if (last == end) {
                break;
            }
            all.add(last);
            if (!each.test(last)) {
                break;
            }
        }
        return all.stream().mapToInt(Integer::intValue).toArray();
    }

    /// The likeliest answer that a search over the beams finds; see [Generator#beam].
    public int[] beam(int[] text, int first, int end, int most) {
        read(text);
        int symbols = model.spec().vocabulary();
        var ids = new int[beams];
        var from = new int[beams];
        Arrays.fill(ids, first);
        Arrays.setAll(from, i -> i);
        var search = new BeamSearch(beams, end);
        search.first(next(ids, 0, from), symbols);
        for (int at = 1; at < Math.min(most, model.answer()) && !search.isDone(); at++) {
            search.advance(next(search.last(), at, search.parents()), symbols);
        }
        return search.best();
    }

    private float[] next(int[] ids, int position, int[] from) {
        return step.run(HostTensor.of(ids, beams, 1), HostTensor.of(new int[] {position}, new int[0]),
                HostTensor.of(from, beams)).toFloatArray(0);
    }

    private void read(int[] text) {
        int s = model.spec().length();
        int symbols = model.spec().vocabulary();
        if (text.length == 0 || text.length > s || Arrays.stream(text).anyMatch(id -> id < 0 || id >= symbols)) {
            throw new IjenException("generate: a text that cannot be read", text.length + " tokens",
                    "1 to " + s + " tokens, each from 0 to " + (symbols - 1),
                    text.length > s ? "give a shorter one, or train with a greater task.length"
                            : "give the text to answer: --prompt TEXT");
        }
        var ids = new int[beams * s];
        Arrays.fill(ids, model.padding());
        for (int b = 0; b < beams; b++) {
            System.arraycopy(text, 0, ids, b * s, text.length);
        }
        begin.run(HostTensor.of(ids, beams, s));
    }

    /// Frees the memory of keys and values.
    @Override
    public void close() {
        begin.close();
        step.close();
        memory.forEach(State::close);
    }
}
