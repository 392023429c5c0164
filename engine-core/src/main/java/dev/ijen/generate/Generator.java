package dev.ijen.generate;

import dev.ijen.data.SeededRandom;
import dev.ijen.engine.Engine;
import dev.ijen.engine.State;
import dev.ijen.engine.Step;
import dev.ijen.nn.zoo.Decoder;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/// Goes on with a row of tokens. Keys and values of what was read are kept, so each token costs the work of one. For one thread.
public final class Generator implements AutoCloseable {
    private final Decoder decoder;
    private final int beams;
    private final List<State> memory;
    private final Step step;

    private Generator(Engine engine, Decoder decoder, int beams) {
        this.decoder = decoder;
        this.beams = beams;
        this.memory = decoder.memory(engine, beams);
        this.step = engine.inferenceProgram(in -> List.of(decoder
                .next(in.get(0), memory, in.get(1), in.size() > 2 ? in.get(2) : null).cast(DType.F32)));
    }

    /// For one sequence.
    public static Generator of(Engine engine, Decoder decoder) {
        return new Generator(engine, decoder, 1);
    }

    /// For a search with so many beams.
    public static Generator of(Engine engine, Decoder decoder, int beams) {
        return new Generator(engine, decoder, beams);
    }

    /// Tokens behind a prompt. When the decoder's length is reached, it goes on with the later half of what it has seen.
    ///
    /// @param prompt at least one token
    /// @param most tokens to add
    /// @param each told of every token at once; false to stop after it
    /// @return the new tokens
    public int[] generate(int[] prompt, int most, Sampling sampling, SeededRandom random, IntPredicate each) {
        check(prompt);
        var all = new ArrayList<Integer>();
        for (int id : prompt) {
            all.add(id);
        }
        int at = 0;
        float[] logits = null;
        int begin = Math.max(0, all.size() - decoder.spec().length());
        for (int made = 0; made < most; made++) {
            if (all.size() - begin > decoder.spec().length()) {
                begin = all.size() - decoder.spec().length() / 2;
                at = 0;
            }
            for (; begin + at < all.size(); at++) {
                logits = next(all.get(begin + at), at);
            }
            int id = sampling.choose(logits, random);
            all.add(id);
            if (!each.test(id)) {
                break;
            }
        }
        return all.subList(prompt.length, all.size()).stream().mapToInt(Integer::intValue).toArray();
    }

    private void check(int[] prompt) {
        int symbols = decoder.spec().vocabulary();
        if (prompt.length == 0 || Arrays.stream(prompt).anyMatch(id -> id < 0 || id >= symbols)) {
            throw new IjenException("generate: a prompt that cannot be used", Arrays.toString(prompt),
                    "at least one token, each from 0 to " + (symbols - 1), "use the model's own tokenizer");
        }
    }

    private float[] next(int id, int position) {
        return step.run(HostTensor.of(new int[] {id}, 1, 1), HostTensor.of(new int[] {position}, new int[0]))
                .toFloatArray(0);
    }

    /// The likeliest continuation that a search over the beams finds (Graves, arXiv:1211.3711): the sum of logarithms of probabilities
    /// divided by the number of tokens decides.
    ///
    /// @param end token that ends a sequence; negative for none
    public int[] beam(int[] prompt, int most, int end) {
        check(prompt);
        if (prompt.length + most > decoder.spec().length()) {
            throw new IjenException("generate: too long for a search",
                    prompt.length + " tokens of the prompt and " + most + " more",
                    "at most " + decoder.spec().length() + " together", "ask for fewer tokens");
        }
        float[] logits = null;
        for (int at = 0; at < prompt.length; at++) {
            var ids = new int[beams];
            Arrays.fill(ids, prompt[at]);
            logits = next(ids, at, identity());
        }
        var search = new BeamSearch(beams, end);
        search.first(logits, decoder.spec().vocabulary());
        for (int made = 1; made < most && !search.isDone(); made++) {
            logits = next(search.last(), prompt.length + made - 1, search.parents());
            search.advance(logits, decoder.spec().vocabulary());
        }
        return search.best();
    }

    private int[] identity() {
        var all = new int[beams];
        Arrays.setAll(all, i -> i);
        return all;
    }

    private float[] next(int[] ids, int position, int[] from) {
        return step.run(HostTensor.of(ids, beams, 1), HostTensor.of(new int[] {position}, new int[0]),
                HostTensor.of(from, beams)).toFloatArray(0);
    }

    /// Frees the memory of keys and values.
    @Override
    public void close() {
        step.close();
        memory.forEach(State::close);
    }
}
