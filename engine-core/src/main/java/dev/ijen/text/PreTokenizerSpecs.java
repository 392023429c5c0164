package dev.ijen.text;

import dev.ijen.text.PreTokenizer.Behavior;
import dev.ijen.text.PreTokenizer.Characters;
import dev.ijen.text.PreTokenizer.Metaspace.Prefix;
import java.util.List;
import java.util.regex.Pattern;

/// The `pre_tokenizer` of a `tokenizer.json`.
final class PreTokenizerSpecs {
    private static final Pattern WORDS = Pattern.compile("\\w+|[^\\w\\s]+", Pattern.UNICODE_CHARACTER_CLASS);

    private PreTokenizerSpecs() {}

    static PreTokenizer read(Spec s) {
        return switch (s.text("type")) {
            case "Sequence" -> new PreTokenizer.All(s.objects("pretokenizers").stream().map(PreTokenizerSpecs::read)
                    .toList());
            case "ByteLevel" -> new PreTokenizer.ByteLevel(
                    s.truth("add_prefix_space", true), s.truth("use_regex", true));
            case "BertPreTokenizer" -> bert();
            case "Whitespace" -> new PreTokenizer.Split(new Matcher.Regex(WORDS), Behavior.REMOVED, true);
            case "WhitespaceSplit" -> new Characters(Characters.Kind.SPACE, Behavior.REMOVED);
            case "Punctuation" -> new Characters(Characters.Kind.PUNCTUATION, behavior(s, "Isolated"));
            case "Digits" -> new Characters(
                    Characters.Kind.DIGIT,
                    s.truth("individual_digits", false) ? Behavior.ISOLATED : Behavior.CONTIGUOUS);
            case "Split" -> new PreTokenizer.Split(
                    Patterns.read(s), behavior(s, null), s.truth("invert", false));
            case "CharDelimiterSplit" -> new PreTokenizer.Split(
                    new Matcher.Literal(s.text("delimiter").isEmpty()
                            ? s.fail("delimiter", "a character")
                            : s.text("delimiter")),
                    Behavior.REMOVED, false);
            case "Metaspace" -> metaspace(s);
            default -> throw s.unsupported(
                    s.text("type"), "ByteLevel, BertPreTokenizer, Whitespace, WhitespaceSplit, Punctuation, Digits, "
                            + "Split, CharDelimiterSplit, Metaspace or Sequence");
        };
    }

    static PreTokenizer bert() {
        return new PreTokenizer.All(List.of(
                new Characters(Characters.Kind.SPACE, Behavior.REMOVED),
                new Characters(Characters.Kind.PUNCTUATION, Behavior.ISOLATED)));
    }

    private static PreTokenizer metaspace(Spec s) {
        Prefix prefix = switch (s.text("prepend_scheme", s.truth("add_prefix_space", true) ? "always" : "never")) {
            case "always" -> Prefix.ALWAYS;
            case "first" -> Prefix.FIRST;
            case "never" -> Prefix.NEVER;
            default -> s.fail("prepend_scheme", "always, first or never");
        };
        String mark = s.text("replacement", "\u2581");
        return mark.isEmpty()
                ? s.fail("replacement", "a character")
                : new PreTokenizer.Metaspace(mark, prefix, s.truth("split", true));
    }

    private static Behavior behavior(Spec s, String absent) {
        return switch (absent == null ? s.text("behavior") : s.text("behavior", absent)) {
            case "Removed" -> Behavior.REMOVED;
            case "Isolated" -> Behavior.ISOLATED;
            case "MergedWithPrevious" -> Behavior.MERGED_WITH_PREVIOUS;
            case "MergedWithNext" -> Behavior.MERGED_WITH_NEXT;
            case "Contiguous" -> Behavior.CONTIGUOUS;
            default -> s.fail(
                    "behavior", "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous");
        };
    }
}
