package dev.ijen.train;

import dev.ijen.data.SeededRandom;
import dev.ijen.data.text.Marked;
import dev.ijen.data.text.Tokens;
import dev.ijen.data.text.Vocabulary;
import dev.ijen.engine.Engine;
import dev.ijen.format.FormatException;
import dev.ijen.format.Llama2c;
import dev.ijen.generate.Generator;
import dev.ijen.generate.Sampling;
import dev.ijen.generate.TextStream;
import dev.ijen.generate.TranslationGenerator;
import dev.ijen.nn.Chain;
import dev.ijen.nn.zoo.Decoder;
import dev.ijen.nn.zoo.HuggingFace;
import dev.ijen.nn.zoo.Llama;
import dev.ijen.nn.zoo.Translator;
import dev.ijen.tensor.IjenException;
import dev.ijen.text.Tokenizer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// A model that writes: a run of a language model or of translation, or a file of llama2.c with its tokenizer.
public final class TextModel implements AutoCloseable {
    private static final String PROMPT = "the prompt";
    private static final Sampling USUAL = Sampling.of(0.8);

    private final AutoCloseable owner;
    private final Engine engine;
    private final Decoder decoder;
    private final Translator translator;
    private final Vocabulary vocabulary;

    private TextModel(AutoCloseable owner, Engine engine, Decoder decoder, Vocabulary vocabulary) {
        this(owner, engine, decoder, null, vocabulary);
    }

    private TextModel(AutoCloseable owner, Engine engine, Decoder decoder, Translator translator,
            Vocabulary vocabulary) {
        this.owner = owner;
        this.engine = engine;
        this.decoder = decoder;
        this.translator = translator;
        this.vocabulary = vocabulary;
    }

    /// Reads a model that writes.
    ///
    /// @param model a run, a checkpoint, a `.bin` of llama2.c, or a Hugging Face folder of GPT-2
    /// @param tokenizer a `tokenizer.bin` or `tokenizer.json`; null for that of the run or folder
    public static TextModel load(Path model, Path tokenizer, TrainOptions options) {
        return HuggingFace.is(model) ? gpt2(model, tokenizer, options)
                : model.toString().toLowerCase(Locale.ROOT).endsWith(".bin") ? llama(model, tokenizer, options)
                : run(model, tokenizer, options);
    }

    private static TextModel gpt2(Path folder, Path tokenizer, TrainOptions options) {
        var h = HuggingFace.open(folder);
        if (!h.kind().equals("gpt2")) {
            throw FormatException.unsupported(folder, "writing with this model", h.kind(), "gpt2",
                    "bert tells what stands at a place, not what comes next");
        }
        var tokens = Tokenizer.load(tokenizer == null ? folder : tokenizer);
        var engine = Engine.open(options.device(), options.engine());
        try {
            var decoder = (Decoder) h.model(engine);
            int end = tokens.id("<|endoftext|>");
            if (tokens.size() > decoder.spec().vocabulary()) {
                throw FormatException.unsupported(folder, "this tokenizer for this model", tokens.size() + " tokens",
                        "at most " + decoder.spec().vocabulary(), "give the model's own tokenizer");
            }
            return new TextModel(engine, engine, decoder, Subwords.of(tokens, end));
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private static TextModel llama(Path model, Path tokenizer, TrainOptions options) {
        if (tokenizer == null) {
            throw new IjenException("generate: no tokenizer", "the model " + model + " alone",
                    "its tokenizer.bin, too", "give --tokenizer FILE");
        }
        var file = Llama2c.read(model);
        var vocabulary = Tokens.llama(Tokenizer.load(tokenizer));
        if (vocabulary.size() != file.symbols()) {
            throw FormatException.unsupported(tokenizer, "this vocabulary for this model",
                    vocabulary.size() + " symbols", file.symbols() + " symbols", "give the model's own tokenizer");
        }
        var engine = Engine.open(options.device(), options.engine());
        try {
            return new TextModel(engine, engine, Llama.of(engine, file), vocabulary);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private static TextModel run(Path model, Path tokenizer, TrainOptions options) {
        var trained = Trained.load(model, options);
        if (tokenizer == null && trained.preprocessor() instanceof TokenRows.Tokens t
                && trained.model() instanceof Chain c && c.modules().getFirst() instanceof Decoder d) {
            return new TextModel(trained, trained.engine(), d, t.vocabulary());
        }
        if (tokenizer == null && trained.preprocessor() instanceof TokenRows.Pairs p) {
            return new TextModel(trained, trained.engine(), null, Answered.translator(trained.model()), p.vocabulary());
        }
        trained.close();
        if (tokenizer == null && trained.preprocessor() instanceof TokenRows.Masked) {
            throw FormatException.unsupported(model, "writing with this model", "a masked language model",
                    "a language model",
                    "let it tell what is hidden: ijen predict " + model + " --text \"not to [MASK]\"");
        }
        throw tokenizer != null
                ? new IjenException("generate: two tokenizers", "--tokenizer " + tokenizer + " and that of the run",
                        "one", "leave out --tokenizer: a run has its own")
                : FormatException.unsupported(model, "writing with this model", trained.description(),
                        "a language model, one of translation, or one that makes pictures",
                        "train one: ijen train --preset char-gpt --data TEXT; or --preset translate, dcgan, …");
    }

    /// What came of writing.
    ///
    /// @param text without the prompt
    /// @param tokens of it
    /// @param seconds it took, the prompt included
    public record Written(String text, int tokens, double seconds) {
        /// Tokens a second.
        public double speed() {
            return tokens / Math.max(1e-9, seconds);
        }
    }

    /// What a text may look like.
    ///
    /// @param sampling how a token is chosen; null for the usual way: with temperature 0.8, the likeliest one in a translation
    /// @param beams 0 to choose token by token, else the beams of a search
    /// @param most tokens
    /// @param seed of choices
    public record Request(Sampling sampling, int beams, int most, long seed) {}

    /// Goes on with a prompt, which may be empty.
    ///
    /// @param each told of the text as it comes
    /// @param stop asked after each token
    public Written write(String prompt, Request r, Consumer<String> each, BooleanSupplier stop) {
        if (translator != null) {
            return answer(prompt, r, each, stop);
        }
        var ids = Texts.symbols(vocabulary, prompt, PROMPT);
        if (ids.length == 0) {
            ids = vocabulary.encode("\n");
        }
        long begun = System.nanoTime();
        var stream = new TextStream(vocabulary, ids);
        var text = new StringBuilder();
        int tokens;
        if (r.beams > 0) {
            try (var generator = Generator.of(engine, decoder, r.beams)) {
                var found = generator.beam(ids, r.most, vocabulary.begin() < 0 ? -1 : vocabulary.begin() + 1);
                tokens = found.length;
                for (int id : found) {
                    tell(stream.add(id), text, each);
                }
            }
        } else {
            try (var generator = Generator.of(engine, decoder)) {
                tokens = generator.generate(ids, r.most, r.sampling == null ? USUAL : r.sampling,
                        new SeededRandom(r.seed), id -> {
                            if (vocabulary.isEnd(id)) {
                                return false;
                            }
                            tell(stream.add(id), text, each);
                            return !stop.getAsBoolean();
                        }).length;
            }
        }
        tell(stream.end(), text, each);
        return new Written(text.toString(), tokens, (System.nanoTime() - begun) / 1e9);
    }

    private Written answer(String prompt, Request r, Consumer<String> each, BooleanSupplier stop) {
        var v = (Marked) vocabulary;
        int[] ids = Texts.symbols(v, prompt, PROMPT);
        long begun = System.nanoTime();
        var stream = new TextStream(v, new int[0]);
        var text = new StringBuilder();
        int[] written;
        try (var generator = TranslationGenerator.of(engine, translator, Math.max(1, r.beams))) {
            if (r.beams > 0) {
                written = generator.beam(ids, v.id(Marked.BEGIN), v.id(Marked.END), r.most);
                for (int id : written) {
                    tell(stream.add(id), text, each);
                }
            } else {
                written = generator.write(ids, v.id(Marked.BEGIN), v.id(Marked.END), r.most,
                        r.sampling == null ? Sampling.GREEDY : r.sampling, new SeededRandom(r.seed), id -> {
                            tell(stream.add(id), text, each);
                            return !stop.getAsBoolean();
                        });
            }
        }
        tell(stream.end(), text, each);
        return new Written(text.toString(), written.length, (System.nanoTime() - begun) / 1e9);
    }

    private static void tell(String news, StringBuilder text, Consumer<String> each) {
        if (!news.isEmpty()) {
            text.append(news);
            each.accept(news);
        }
    }

    /// Frees the device.
    @Override
    public void close() {
        if (owner instanceof Trained t) {
            t.close();
        } else {
            engine.close();
        }
    }
}
