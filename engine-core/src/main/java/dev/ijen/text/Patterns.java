package dev.ijen.text;

import dev.ijen.format.FormatException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// `{"String": "x"}` or `{"Regex": "x+"}`.
final class Patterns {
    private static final Pattern SCRIPT = Pattern.compile("\\\\([pP])\\{(\\^?)([A-Z][a-z]{2,})\\}");

    private Patterns() {}

    static Matcher read(Spec s) {
        var p = s.object("pattern");
        if (p.has("String")) {
            String what = p.text("String");
            return what.isEmpty() ? p.fail("String", "a text that is not empty") : new Matcher.Literal(what);
        }
        String regex = p.text("Regex");
        if (regex.equals(Gpt2Scanner.PATTERN)) {
            return new Matcher.Gpt2();
        }
        if (regex.length() > 10_000) {
            p.fail("Regex", "at most 10,000 characters");
        }
        try {
            // scripts are written \p{Han} there and \p{IsHan} here
            String java = SCRIPT.matcher(regex).replaceAll("\\\\$1{Is$3}");
            return new Matcher.Regex(Pattern.compile(java, Pattern.UNICODE_CHARACTER_CLASS));
        } catch (PatternSyntaxException | StackOverflowError e) {
            throw FormatException.damaged(
                    s.source(), "a pattern", regex.substring(0, Math.min(100, regex.length())),
                    "a regular expression", "correct it, or fetch the file again", e);
        }
    }
}
