package dev.ijen.text;

import dev.ijen.format.Json;
import dev.ijen.text.AddedTokens.Added;
import dev.ijen.text.Template.Part;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Hugging Face's `tokenizer.json` (<https://huggingface.co/docs/tokenizers>), version 1.0.
final class TokenizerJson {
    private static final int MOST = 1 << 24;

    private TokenizerJson() {}

    static Tokenizer read(Path file) {
        var top = new Spec(file.toString(), "$", Json.parse(file));
        if (!(top.raw("model") instanceof java.util.Map<?, ?>)) { // a vocabulary can have such a token
            return PlainVocabularies.gpt2(file, file.resolveSibling("merges.txt"));
        }
        return read(top);
    }

    static Tokenizer parse(String source, String text) {
        return read(new Spec(source, "$", Json.parse(source, text)));
    }

    private static Tokenizer read(Spec top) {
        var model = ModelSpecs.read(top.object("model"));
        var added = new ArrayList<Added>();
        if (top.has("added_tokens")) {
            for (var s : top.objects("added_tokens")) {
                added.add(new Added(
                        s.whole("id", 0, MOST), s.text("content"), s.truth("special", false),
                        s.truth("single_word", false), s.truth("lstrip", false), s.truth("rstrip", false),
                        s.truth("normalized", !s.truth("special", false))));
            }
        }
        var normalizer = top.has("normalizer") ? NormalizerSpecs.read(top.object("normalizer")) : null;
        var words = top.has("pre_tokenizer") ? PreTokenizerSpecs.read(top.object("pre_tokenizer")) : null;
        var template = Template.NONE;
        boolean trim = false;
        if (top.has("post_processor")) {
            var s = top.object("post_processor");
            template = template(s);
            trim = trims(s);
        }
        var decoder = top.has("decoder") ? DecoderSpecs.read(top.object("decoder")) : null;
        return new Tokenizer(
                new Pipeline(added, normalizer, words, model, template, trim, decoder),
                top.has("truncation") ? truncation(top.object("truncation")) : null,
                top.has("padding") ? padding(top.object("padding")) : null);
    }

    private static Truncation truncation(Spec s) {
        Truncation.Strategy strategy = switch (s.text("strategy", "LongestFirst")) {
            case "LongestFirst" -> Truncation.Strategy.LONGEST_FIRST;
            case "OnlyFirst" -> Truncation.Strategy.ONLY_FIRST;
            case "OnlySecond" -> Truncation.Strategy.ONLY_SECOND;
            default -> s.fail("strategy", "LongestFirst, OnlyFirst or OnlySecond");
        };
        return new Truncation(s.whole("max_length", 0, MOST), strategy, left(s));
    }

    private static PaddingRule padding(Spec s) {
        int length = s.raw("strategy") instanceof String ? 0 : s.object("strategy").whole("Fixed", 0, 1 << 20);
        return new PaddingRule(
                length, s.whole("pad_to_multiple_of", 0, 0, 1 << 20), s.whole("pad_id", 0, 0, MOST),
                s.whole("pad_type_id", 0, 0, MOST), left(s));
    }

    private static boolean left(Spec s) {
        return switch (s.text("direction", "Right")) {
            case "Left" -> true;
            case "Right" -> false;
            default -> s.fail("direction", "Left or Right");
        };
    }

    private static boolean trims(Spec s) {
        return switch (s.text("type")) {
            case "ByteLevel", "RobertaProcessing" -> s.truth("trim_offsets", true);
            case "Sequence" -> s.objects("processors").stream().anyMatch(TokenizerJson::trims);
            default -> false;
        };
    }

    private static Template template(Spec s) {
        return switch (s.text("type")) {
            case "ByteLevel" -> Template.NONE;
            case "TemplateProcessing" -> new Template(parts(s, "single"), parts(s, "pair"));
            case "BertProcessing" -> {
                var cls = special(s, "cls");
                var sep = special(s, "sep");
                yield new Template(
                        List.of(cls, text(0, 0), sep),
                        List.of(cls, text(0, 0), sep, text(1, 1), new Part(sep.ids(), 0, 1)));
            }
            case "RobertaProcessing" -> {
                var cls = special(s, "cls");
                var sep = special(s, "sep");
                yield new Template(
                        List.of(cls, text(0, 0), sep), List.of(cls, text(0, 0), sep, sep, text(1, 0), sep));
            }
            case "Sequence" -> {
                Template found = Template.NONE;
                for (var p : s.objects("processors")) {
                    var t = template(p);
                    if (!t.equals(Template.NONE) && !found.equals(Template.NONE)) {
                        throw s.unsupported("two processors that add tokens", "one of them");
                    }
                    found = t.equals(Template.NONE) ? found : t;
                }
                yield found;
            }
            default -> throw s.unsupported(
                    s.text("type"), "ByteLevel, TemplateProcessing, BertProcessing, RobertaProcessing or Sequence");
        };
    }

    private static Part text(int which, int type) {
        return new Part(null, which, type);
    }

    private static Part special(Spec s, String key) {
        var pair = s.list(key);
        return pair.size() == 2 && pair.get(1) instanceof Long l && l >= 0 && l < MOST
                ? new Part(new int[] {(int) (long) l}, 0, 0)
                : s.fail(key, "a token and its number");
    }

    private static List<Part> parts(Spec s, String key) {
        var all = new ArrayList<Part>();
        for (var p : s.objects(key)) {
            if (p.has("Sequence")) {
                var q = p.object("Sequence");
                int which = switch (q.text("id")) {
                    case "A" -> 0;
                    case "B" -> 1;
                    default -> q.fail("id", "A or B");
                };
                if (which == 1 && key.equals("single")) {
                    q.fail("id", "A: a single text has no B");
                }
                all.add(text(which, q.whole("type_id", 0, 0, MOST)));
            } else {
                var q = p.object("SpecialToken");
                var token = s.object("special_tokens").object(q.text("id"));
                var ids = token.list("ids");
                var numbers = new int[ids.size()];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = ids.get(i) instanceof Long l && l >= 0 && l < MOST
                            ? (int) (long) l
                            : token.fail("ids", "tokens' numbers");
                }
                all.add(new Part(numbers, 0, q.whole("type_id", 0, 0, MOST)));
            }
        }
        return all;
    }
}
