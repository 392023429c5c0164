package dev.ijen.data;

import dev.ijen.data.TabularPreprocessor.Categorical;
import dev.ijen.data.TabularPreprocessor.Donors;
import dev.ijen.data.TabularPreprocessor.Feature;
import dev.ijen.data.TabularPreprocessor.Numeric;
import dev.ijen.data.TabularPreprocessor.Target;
import dev.ijen.format.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A [TabularPreprocessor] as a JSON document. Version 1.
final class TabularJson {
    private final String source;

    private TabularJson(String source) {
        this.source = source;
    }

    static Map<String, Object> toMap(TabularPreprocessor p) {
        var features = new ArrayList<Object>();
        for (Feature f : p.features()) {
            var m = new LinkedHashMap<String, Object>();
            m.put("column", f.column());
            switch (f) {
                case Numeric n -> {
                    m.put("kind", "numeric");
                    put(m, n.mean(), n.std());
                    m.put("fill", n.fill());
                }
                case Categorical c -> {
                    m.put("kind", c.oneHot() ? "one-hot" : "ordinal");
                    put(m, c.mean(), c.std());
                    m.put("fill", c.fill());
                    m.put("categories", c.categories());
                }
            }
            m.put("indicator", f.indicator());
            features.add(m);
        }
        var target = new LinkedHashMap<String, Object>();
        target.put("column", p.target().column());
        target.put("classes", p.target().classes());
        put(target, p.target().mean(), p.target().std());
        var all = new LinkedHashMap<String, Object>();
        all.put("version", 1);
        all.put("target", target);
        all.put("features", features);
        if (p.donors() != null) {
            all.put("neighbours", p.donors().neighbours());
            all.put("donors", p.donors().rows());
        }
        return all;
    }

    private static void put(Map<String, Object> m, double mean, double std) {
        m.put("mean", mean);
        m.put("std", std);
    }

    static TabularPreprocessor fromMap(String source, Object document) {
        var r = new TabularJson(source);
        var all = r.map(document, "the document");
        if (r.number(all, "version") != 1) {
            throw FormatException.unsupported(
                    source, "version", String.valueOf(all.get("version")), "1", "use a newer release, or train again");
        }
        var features = new ArrayList<Feature>();
        for (Object o : r.list(all, "features")) {
            features.add(r.feature(r.map(o, "a feature")));
        }
        var t = r.map(all.get("target"), "target");
        var target = new Target(r.text(t, "column"), r.texts(t, "classes"), r.number(t, "mean"), r.positive(t, "std"));
        if (!all.containsKey("donors")) {
            return new TabularPreprocessor(features, target, null);
        }
        long numeric = features.stream().filter(f -> f instanceof Numeric).count();
        var rows = new ArrayList<double[]>();
        for (Object o : r.list(all, "donors")) {
            if (!(o instanceof List<?> list) || list.size() != numeric) {
                throw r.broken("donors", o, "lists of " + numeric + " numbers or null");
            }
            var row = new double[list.size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = switch (list.get(i)) {
                    case null -> Double.NaN;
                    case Number n -> n.doubleValue();
                    default -> throw r.broken("donors", list.get(i), "a number or null");
                };
            }
            rows.add(row);
        }
        double neighbours = r.number(all, "neighbours");
        if (!(neighbours >= 1 && neighbours <= 1_000_000)) {
            throw r.broken("neighbours", neighbours, "1 or more");
        }
        return new TabularPreprocessor(features, target, new Donors((int) neighbours, rows));
    }

    private Feature feature(Map<?, ?> m) {
        String column = text(m, "column");
        String kind = text(m, "kind");
        double mean = number(m, "mean");
        double std = positive(m, "std");
        double fill = number(m, "fill");
        boolean indicator = Boolean.TRUE.equals(m.get("indicator"));
        return switch (kind) {
            case "numeric" -> new Numeric(column, mean, std, fill, indicator);
            case "one-hot", "ordinal" -> new Categorical(
                    column, texts(m, "categories"), kind.equals("one-hot"), mean, std, fill, indicator);
            default -> throw broken("kind", kind, "numeric, one-hot or ordinal");
        };
    }

    private Map<?, ?> map(Object o, String what) {
        if (o instanceof Map<?, ?> m) {
            return m;
        }
        throw broken(what, o, "an object");
    }

    private List<?> list(Map<?, ?> m, String key) {
        if (m.get(key) instanceof List<?> l) {
            return l;
        }
        throw broken(key, m.get(key), "a list");
    }

    private String text(Map<?, ?> m, String key) {
        if (m.get(key) instanceof String s) {
            return s;
        }
        throw broken(key, m.get(key), "text");
    }

    private List<String> texts(Map<?, ?> m, String key) {
        var all = new ArrayList<String>();
        for (Object o : list(m, key)) {
            if (!(o instanceof String s)) {
                throw broken(key, o, "texts");
            }
            all.add(s);
        }
        return all;
    }

    private double number(Map<?, ?> m, String key) {
        if (m.get(key) instanceof Number n) {
            return n.doubleValue();
        }
        throw broken(key, m.get(key), "a number");
    }

    private double positive(Map<?, ?> m, String key) {
        double v = number(m, key);
        if (!(v > 0)) {
            throw broken(key, v, "a number above 0");
        }
        return v;
    }

    private FormatException broken(String where, Object got, String expected) {
        String shown = String.valueOf(got);
        return FormatException.damaged(
                source,
                where,
                shown.length() > 100 ? shown.substring(0, 100) + "…" : shown,
                expected,
                "take the file as training wrote it");
    }
}
