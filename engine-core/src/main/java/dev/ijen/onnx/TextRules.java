package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Text: on the host.
final class TextRules {
    private TextRules() {}

    static void add(Ops o) {
        o.values("StringConcat", c -> List.of(concat(c)));
        o.values("StringSplit", TextRules::split);
        o.values("StringNormalizer", c -> List.of(normalize(c)));
        o.values("RegexFullMatch", c -> List.of(match(c)));
        o.values("TfIdfVectorizer", c -> List.of(tfIdf(c)));
    }

    static String text(Call c, HostTensor h, long i) {
        return c.session().strings().string(h.getLong(i));
    }

    private static Value concat(Call c) {
        var s = Shape.broadcast("StringConcat", c.x(0).shape(), c.x(1).shape());
        var a = HostMath.broadcast(c.host(0), s);
        var b = HostMath.broadcast(c.host(1), s);
        var out = new ArrayList<String>();
        for (int i = 0; i < s.size(); i++) {
            out.add(text(c, a, i) + text(c, b, i));
        }
        return HostRules.result(c, c.session().strings(out, s.dims()), OnnxType.STRING);
    }

    /// x [..] → parts [.., most], padded with "", and how many there are.
    private static List<Value> split(Call c) {
        var h = c.host(0);
        var by = c.s("delimiter", "");
        int limit = (int) c.i("maxsplit", Integer.MAX_VALUE - 1);
        var rows = new ArrayList<List<String>>();
        int most = 0;
        for (int i = 0; i < h.shape().size(); i++) {
            var parts = parts(text(c, h, i), by, limit);
            rows.add(parts);
            most = Math.max(most, parts.size());
        }
        var out = new ArrayList<String>();
        var counts = new long[rows.size()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = rows.get(i).size();
            out.addAll(rows.get(i));
            for (int k = rows.get(i).size(); k < most; k++) {
                out.add("");
            }
        }
        var s = h.shape();
        return List.of(HostRules.result(c, c.session().strings(out, s.insert(s.rank(), most).dims()), OnnxType.STRING),
                HostRules.result(c, new HostTensor(DType.I64, s, HostTensor.of(counts, counts.length).data()),
                        OnnxType.INT64));
    }

    /// As Python's: with a delimiter each one counts, without one runs of white space; what is left after the last split keeps its end.
    private static List<String> parts(String s, String by, int limit) {
        if (!by.isEmpty()) {
            return List.of(s.split(Pattern.quote(by), limit < Integer.MAX_VALUE - 1 ? limit + 1 : -1));
        }
        var parts = new ArrayList<String>();
        int at = after(s, 0);
        while (at < s.length()) {
            int end = at;
            while (end < s.length() && !Character.isWhitespace(s.charAt(end))) {
                end++;
            }
            end = parts.size() == limit ? s.length() : end;
            parts.add(s.substring(at, end));
            at = after(s, end);
        }
        return parts;
    }

    /// Where white space ends.
    private static int after(String s, int at) {
        int i = at;
        while (i < s.length() && Character.isWhitespace(s.charAt(i))) {
            i++;
        }
        return i;
    }

    private static Value normalize(Call c) {
        var h = c.host(0);
        var how = c.s("case_change_action", "NONE");
        boolean sensitive = c.flag("is_case_sensitive");
        var locale = Locale.forLanguageTag(c.s("locale", "en_US").replace('_', '-'));
        var stop = new HashSet<String>();
        for (var w : c.strings("stopwords") == null ? List.<String>of() : c.strings("stopwords")) {
            stop.add(sensitive ? w : w.toLowerCase(locale));
        }
        var out = new ArrayList<String>();
        for (int i = 0; i < h.shape().size(); i++) {
            var s = text(c, h, i);
            if (!stop.contains(sensitive ? s : s.toLowerCase(locale))) {
                out.add(switch (how) {
                    case "LOWER" -> s.toLowerCase(locale);
                    case "UPPER" -> s.toUpperCase(locale);
                    default -> s;
                });
            }
        }
        if (out.isEmpty()) {
            out.add("");
        }
        var s = h.shape();
        return HostRules.result(c,
                c.session().strings(out, s.rank() == 2 ? new int[] {1, out.size()} : new int[] {out.size()}),
                OnnxType.STRING);
    }

    private static Value match(Call c) {
        var h = c.host(0);
        Pattern p;
        try {
            p = Pattern.compile(c.s("pattern", ""));
        } catch (PatternSyntaxException e) {
            throw c.fail("the pattern '" + c.s("pattern", "") + "'", "a regular expression");
        }
        var out = HostTensor.zeros(DType.BOOL, h.shape());
        for (int i = 0; i < h.shape().size(); i++) {
            out.set(i, p.matcher(text(c, h, i)).matches() ? 1 : 0);
        }
        return HostRules.result(c, out, OnnxType.BOOL);
    }

    /// How often each n-gram of a pool is in each row, skipping up to some elements between.
    private static Value tfIdf(Call c) {
        var h = c.host(0);
        boolean text = c.type(0) == OnnxType.STRING;
        int minLength = (int) c.i("min_gram_length", 1);
        int maxLength = (int) c.i("max_gram_length", 1);
        int skips = (int) c.i("max_skip_count", 0);
        var counts = c.list("ngram_counts");
        var indexes = c.list("ngram_indexes");
        var weights = c.floats("weights");
        var strings = c.strings("pool_strings");
        var numbers = c.attributes().get("pool_int64s");
        int poolSize = strings != null ? strings.size() : numbers.ints().length;
        Map<List<Object>, Integer> pool = new HashMap<>();
        int id = 0;
        for (int n = 1; n <= counts.length; n++) {
            int end = n < counts.length ? counts[n] : poolSize;
            for (int at = counts[n - 1]; at + n <= end; at += n) {
                var gram = new ArrayList<Object>();
                for (int k = 0; k < n; k++) {
                    gram.add(strings != null ? strings.get(at + k) : (Object) numbers.ints()[at + k]);
                }
                pool.put(gram, id++);
            }
        }
        int width = Arrays.stream(indexes).max().orElse(-1) + 1;
        var s = h.shape();
        int rows = s.rank() == 2 ? s.dim(0) : 1;
        int length = s.rank() == 0 ? 1 : s.dim(-1);
        var out = HostTensor.zeros(DType.F32, s.rank() == 2 ? Shape.of(rows, width) : Shape.of(width));
        var mode = c.s("mode", "TF");
        for (int r = 0; r < rows; r++) {
            var tf = new double[width];
            var weight = new double[width];
            Arrays.fill(weight, 1);
            for (int n = minLength; n <= maxLength; n++) {
                // with one element there is nothing to skip
                for (int skip = 1; skip <= (n == 1 ? 1 : skips + 1); skip++) {
                    for (int at = 0; at + (n - 1) * skip < length; at++) {
                        var gram = new ArrayList<Object>();
                        for (int k = 0; k < n; k++) {
                            long i = (long) r * length + at + (long) k * skip;
                            gram.add(text ? text(c, h, i) : (Object) h.getLong(i));
                        }
                        var found = pool.get(gram);
                        if (found != null) {
                            tf[indexes[found]]++;
                            weight[indexes[found]] = weights == null ? 1 : weights[found];
                        }
                    }
                }
            }
            for (int k = 0; k < width; k++) {
                double v = switch (mode) {
                    case "IDF" -> tf[k] > 0 ? weight[k] : 0;
                    case "TFIDF" -> tf[k] * weight[k];
                    default -> tf[k];
                };
                out.set((long) r * width + k, v);
            }
        }
        return HostRules.result(c, out, OnnxType.FLOAT);
    }
}
