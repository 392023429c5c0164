package dev.ijen.text;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tokens and their numbers. Numbers may have holes.
final class Vocabulary {
    private final Map<String, Integer> ids;
    private final String[] tokens;

    /// @param ids not negative, below 16 million
    Vocabulary(Map<String, Integer> ids) {
        this.ids = ids;
        int most = -1;
        for (int id : ids.values()) {
            most = Math.max(most, id);
        }
        tokens = new String[most + 1];
        ids.forEach((t, id) -> tokens[id] = t);
    }

    static Vocabulary of(List<String> tokens) {
        var ids = new HashMap<String, Integer>(tokens.size() * 2);
        for (int i = 0; i < tokens.size(); i++) {
            ids.putIfAbsent(tokens.get(i), i);
        }
        var v = new Vocabulary(ids);
        for (int i = 0; i < v.tokens.length; i++) {
            v.tokens[i] = tokens.get(i);
        }
        return v;
    }

    /// The number of a token, or -1.
    int id(String token) {
        return ids.getOrDefault(token, -1);
    }

    /// The token of a number, or null.
    String token(int id) {
        return id >= 0 && id < tokens.length ? tokens[id] : null;
    }

    /// One more than the largest number.
    int size() {
        return tokens.length;
    }

    /// By number; null where there is a hole.
    List<String> tokens() {
        return Arrays.asList(tokens);
    }

    Map<String, Integer> ids() {
        return ids;
    }
}
