package dev.ijen.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The strings of a model and of its inputs, each with a number. Equal strings have equal numbers.
final class Strings {
    private final List<String> byNumber = new ArrayList<>();
    private final Map<String, Long> numbers = new HashMap<>();

    synchronized long number(String s) {
        return numbers.computeIfAbsent(s, k -> {
            byNumber.add(k);
            return byNumber.size() - 1L;
        });
    }

    synchronized int size() {
        return byNumber.size();
    }

    synchronized String string(long number) {
        return byNumber.get(Math.toIntExact(number));
    }
}
