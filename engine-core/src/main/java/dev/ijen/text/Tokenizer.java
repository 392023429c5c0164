package dev.ijen.text;

import dev.ijen.tensor.IjenException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Text to tokens' numbers and back. Immutable; one serves any number of threads.
///
/// ```java
/// var tokenizer = Tokenizer.load(Path.of("tokenizer.json"));
/// int[] ids = tokenizer.ids("Hello world");        // the text's tokens alone
/// var encoding = tokenizer.encode("Hello world");  // special tokens, offsets, cut and filled as the file asks
/// String text = tokenizer.decode(ids);
/// ```
public final class Tokenizer {
    private final Pipeline pipeline;
    private final AddedTokens added;
    private final FastBytes fast;
    private final Truncation truncation;
    private final PaddingRule padding;

    Tokenizer(Pipeline pipeline, Truncation truncation, PaddingRule padding) {
        this.pipeline = pipeline;
        this.added = new AddedTokens(pipeline.added(), pipeline.normalizer());
        this.fast = pipeline.normalizer() == null
                && pipeline.preTokenizer() instanceof PreTokenizer.ByteLevel(boolean prefix, boolean regex)
                && !prefix && regex && pipeline.model() instanceof Bpe bpe ? new FastBytes(bpe) : null;
        this.truncation = truncation;
        this.padding = padding;
    }

    private Tokenizer(Tokenizer from, Truncation truncation, PaddingRule padding) {
        this.pipeline = from.pipeline;
        this.added = from.added;
        this.fast = from.fast;
        this.truncation = truncation;
        this.padding = padding;
    }

    /// Reads a tokenizer: `tokenizer.json`; a folder with it, with `vocab.json` and `merges.txt`, or with `vocab.txt`;
    /// a `vocab.txt` of WordPiece (as BERT's uncased one); a `vocab.json` with `merges.txt` beside it; or a
    /// `tokenizer.bin` of llama2.c.
    ///
    /// @throws dev.ijen.format.FormatException if it is missing, damaged or of a kind that is not read
    public static Tokenizer load(Path path) {
        if (Files.isDirectory(path)) {
            for (String name : List.of("tokenizer.json", "vocab.json", "vocab.txt", "tokenizer.bin")) {
                if (Files.exists(path.resolve(name))) {
                    return load(path.resolve(name));
                }
            }
            throw dev.ijen.format.FormatException.missing(
                    path.resolve("tokenizer.json"),
                    "name a tokenizer.json, vocab.json, vocab.txt or tokenizer.bin");
        }
        String name = path.getFileName().toString();
        if (name.endsWith(".json")) {
            return TokenizerJson.read(path);
        }
        if (name.endsWith(".txt")) {
            return PlainVocabularies.wordPiece(path, true);
        }
        return LlamaTokenizer.read(path);
    }

    /// A tokenizer of a `tokenizer.json`'s text.
    ///
    /// @param source what errors call it
    public static Tokenizer parse(String source, String json) {
        return TokenizerJson.parse(source, json);
    }

    /// GPT-2's vocabulary and merges from two files.
    public static Tokenizer gpt2(Path vocabulary, Path merges) {
        return PlainVocabularies.gpt2(vocabulary, merges);
    }

    /// BERT's tokenizer from a `vocab.txt`.
    ///
    /// @param lowercase whether text is made small and loses its accents (the uncased models)
    public static Tokenizer bert(Path vocabulary, boolean lowercase) {
        return PlainVocabularies.wordPiece(vocabulary, lowercase);
    }

    /// The numbers of a text's tokens: no special tokens around them, neither cut nor filled. The fastest way, and the
    /// one for language models' data.
    public int[] ids(String text) {
        if (fast == null) {
            return pipeline.encode(added, text, 0).ids();
        }
        var ids = new IntList(text.length() / 3);
        int at = 0;
        while (at < text.length()) {
            var m = added.raw().next(text, at);
            fast.encode(text, at, m == null ? text.length() : m.start(), ids);
            if (m == null) {
                break;
            }
            ids.add(m.id());
            at = m.end();
        }
        return ids.toArray();
    }

    /// A text with special tokens, cut and filled.
    public Encoding encode(String text) {
        return padded(unpadded(text, null), 0);
    }

    /// Two texts as one input (`[CLS] a [SEP] b [SEP]`).
    public Encoding encode(String a, String b) {
        return padded(unpadded(a, b), 0);
    }

    /// Many texts, filled to the longest if the padding has no length of its own.
    public List<Encoding> encode(List<String> texts) {
        var all = new ArrayList<Encoding>();
        int longest = 0;
        for (String t : texts) {
            var e = unpadded(t, null);
            longest = Math.max(longest, e.length());
            all.add(e);
        }
        int n = longest;
        all.replaceAll(e -> padded(e, n));
        return all;
    }

    private Encoding unpadded(String a, String b) {
        var first = pipeline.encode(added, a, 0);
        var second = b == null ? null : pipeline.encode(added, b, 1);
        if (truncation != null) {
            int[] n = truncation.lengths(
                    first.length(), b == null ? 0 : second.length(), pipeline.template().added(b != null));
            first = truncation.apply(first, n[0]);
            second = b == null ? null : truncation.apply(second, n[1]);
        }
        return pipeline.template().apply(first, second);
    }

    private Encoding padded(Encoding e, int longest) {
        return padding == null ? e : padding.apply(e, Math.max(longest, e.length()));
    }

    /// The text of tokens, without special ones.
    public String decode(int... ids) {
        return decode(ids, true);
    }

    /// The text of tokens.
    ///
    /// @param skipSpecial whether special tokens are left out
    public String decode(int[] ids, boolean skipSpecial) {
        var tokens = new ArrayList<String>(ids.length);
        for (int id : ids) {
            var a = added.get(id);
            if (!skipSpecial || a == null || !a.special()) {
                tokens.add(token(id));
            }
        }
        return pipeline.decoder() == null
                ? String.join(" ", tokens)
                : String.join("", pipeline.decoder().apply(tokens));
    }

    /// A decoded English text without the spaces before its punctuation, as the libraries around BERT and GPT-2 show
    /// it: ` .` becomes `.`, ` n't` becomes `n't`.
    public static String cleanUp(String decoded) {
        return CleanUp.whole(decoded);
    }

    /// The number of a token, or -1.
    public int id(String token) {
        for (var a : pipeline.added()) {
            if (a.content().equals(token)) {
                return a.id();
            }
        }
        return pipeline.model().vocabulary().id(token);
    }

    /// The token of a number, as it stands in the vocabulary.
    public String token(int id) {
        var a = added.get(id);
        String t = a != null ? a.content() : pipeline.model().vocabulary().token(id);
        if (t == null) {
            throw new IjenException(
                    "tokenizer: no such token", "number " + id, "a number below " + size(),
                    "use the tokenizer that belongs to the model");
        }
        return t;
    }

    /// Whether a number is of a special token.
    public boolean special(int id) {
        var a = added.get(id);
        return a != null && a.special();
    }

    /// One more than the largest number of a token.
    public int size() {
        return Math.max(pipeline.model().vocabulary().size(), added.largest() + 1);
    }

    /// This tokenizer with another longest length; null: none.
    public Tokenizer withTruncation(Truncation to) {
        return new Tokenizer(this, to, padding);
    }

    /// This tokenizer with another padding; null: none.
    public Tokenizer withPadding(PaddingRule to) {
        return new Tokenizer(this, truncation, to);
    }

    Pipeline pipeline() {
        return pipeline;
    }
}
