package dev.ijen.text;

import java.util.Arrays;

/// Growing `int[]`.
final class IntList {
    private int[] values;
    private int size;

    IntList(int capacity) {
        values = new int[Math.max(8, capacity)];
    }

    void add(int v) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size + (size >> 1) + 8);
        }
        values[size++] = v;
    }

    void addAll(int[] from, int at, int n) {
        if (size + n > values.length) {
            values = Arrays.copyOf(values, Math.max(size + n, size + (size >> 1) + 8));
        }
        System.arraycopy(from, at, values, size, n);
        size += n;
    }

    int get(int i) {
        return values[i];
    }

    int size() {
        return size;
    }

    /// Keeps the first `n`.
    void drop(int n) {
        size = n;
    }

    void clear() {
        size = 0;
    }

    int[] array() {
        return values;
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
