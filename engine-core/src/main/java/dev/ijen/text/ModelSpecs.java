package dev.ijen.text;

import dev.ijen.format.FormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/// The `model` of a `tokenizer.json`.
final class ModelSpecs {
    private static final int MOST = 1 << 22;
    private static final int MOST_DEAD = 100;

    private ModelSpecs() {}

    static Model read(Spec s) {
        // files of old versions name no type
        String type = s.text("type", s.has("merges") ? "BPE" : s.raw("vocab") instanceof List<?> ? "Unigram"
                : "WordPiece");
        return switch (type) {
            case "BPE" -> bpe(s);
            case "WordPiece" -> {
                var v = vocabulary(s);
                int unknown = v.id(s.text("unk_token", "[UNK]"));
                if (unknown < 0) {
                    s.fail("unk_token", "a token of the vocabulary");
                }
                yield new WordPiece(
                        v, unknown, s.text("continuing_subword_prefix", "##"),
                        s.whole("max_input_chars_per_word", 100, 0, 1 << 20));
            }
            case "WordLevel" -> {
                var v = vocabulary(s);
                yield new WordLevel(v, v.id(s.text("unk_token", "<unk>")));
            }
            case "Unigram" -> unigram(s);
            default -> throw s.unsupported(type, "BPE, WordPiece, Unigram or WordLevel");
        };
    }

    private static Bpe bpe(Spec s) {
        if (s.raw("dropout") instanceof Number n && n.doubleValue() > 0) {
            throw s.unsupported("dropout " + n, "none: encoding must not depend on chance");
        }
        var v = vocabulary(s);
        String unknown = s.text("unk_token", "");
        String prefix = s.text("continuing_subword_prefix", "");
        var lines = s.list("merges");
        var merges = new Merges(lines.size());
        int dead = 0;
        for (int i = 0; i < lines.size(); i++) {
            String[] pair = pair(lines.get(i));
            if (pair == null) {
                s.fail("merges", "two tokens in entry " + i);
            }
            // a merge of tokens that do not exist can never happen; some are forgiven, as in hand-cut vocabularies
            if (!possible(v, pair[0], pair[1], prefix) && ++dead <= MOST_DEAD) {
                continue;
            }
            merge(s.source(), merges, v, pair[0], pair[1], prefix, i);
        }
        return new Bpe(v, merges, new Bpe.Options(
                unknown.isEmpty() ? -1 : v.id(unknown), s.truth("fuse_unk", false),
                s.truth("byte_fallback", false) ? byteTokens(v) : null, prefix, s.text("end_of_word_suffix", ""),
                s.truth("ignore_merges", false)));
    }

    private static String[] pair(Object entry) {
        if (entry instanceof String t) {
            int space = t.indexOf(' ', 1);
            return space < 0 || space == t.length() - 1
                    ? null
                    : new String[] {t.substring(0, space), t.substring(space + 1)};
        }
        return entry instanceof List<?> l && l.size() == 2 && l.get(0) instanceof String a
                && l.get(1) instanceof String b ? new String[] {a, b} : null;
    }

    private static boolean possible(Vocabulary v, String a, String b, String prefix) {
        return v.id(a) >= 0 && v.id(b) >= 0 && v.id(whole(a, b, prefix)) >= 0;
    }

    private static String whole(String a, String b, String prefix) {
        return a + (!prefix.isEmpty() && b.startsWith(prefix) ? b.substring(prefix.length()) : b);
    }

    /// Adds the merge of two tokens.
    static void merge(String source, Merges merges, Vocabulary v, String a, String b, String prefix, int rank) {
        String whole = whole(a, b, prefix);
        int left = v.id(a);
        int right = v.id(b);
        int result = v.id(whole);
        if (left < 0 || right < 0 || result < 0) {
            String lacks = left < 0 ? a : right < 0 ? b : whole;
            throw FormatException.damaged(
                    source, "merge " + rank, "'" + a + "' and '" + b + "', but no token '" + lacks + "'",
                    "tokens of the vocabulary", "use the merges that belong to the vocabulary");
        }
        merges.add(left, right, rank, result);
    }

    /// The numbers of `<0x00>` to `<0xFF>`, or null unless all are there.
    static int[] byteTokens(Vocabulary v) {
        var ids = new int[256];
        for (int b = 0; b < 256; b++) {
            ids[b] = v.id("<0x%02X>".formatted(b));
            if (ids[b] < 0) {
                return null;
            }
        }
        return ids;
    }

    private static Vocabulary vocabulary(Spec s) {
        return vocabularyOf(s.object("vocab"));
    }

    /// An object of tokens and their numbers.
    static Vocabulary vocabularyOf(Spec vocab) {
        var ids = new HashMap<String, Integer>(vocab.map().size() * 2);
        // a number far above the count of tokens would make a few bytes take much memory
        long most = Math.min(MOST, 1000L + 100L * vocab.map().size());
        vocab.map().forEach((token, id) -> {
            if (!(id instanceof Long n) || n < 0 || n >= most) {
                throw FormatException.damaged(
                        vocab.source(), "the vocabulary's token '" + token + "'", String.valueOf(id),
                        "a number below " + most, "fetch the file again");
            }
            ids.put((String) token, (int) (long) n);
        });
        return new Vocabulary(ids);
    }

    private static Unigram unigram(Spec s) {
        var entries = s.list("vocab");
        var tokens = new ArrayList<String>();
        var scores = new double[entries.size()];
        for (Object e : entries) {
            if (e instanceof List<?> l && l.size() == 2 && l.get(0) instanceof String t
                    && l.get(1) instanceof Number n && Double.isFinite(n.doubleValue())) {
                scores[tokens.size()] = n.doubleValue();
                tokens.add(t);
            } else {
                s.fail("vocab", "a token and its score in entry " + tokens.size());
            }
        }
        var v = Vocabulary.of(tokens);
        int unknown = s.whole("unk_id", -1, 0, Math.max(0, tokens.size() - 1));
        return new Unigram(v, scores, unknown, s.truth("byte_fallback", false) ? byteTokens(v) : null);
    }
}
