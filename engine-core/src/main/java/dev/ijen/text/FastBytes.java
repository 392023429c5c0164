package dev.ijen.text;

import java.util.concurrent.atomic.AtomicReference;

/// GPT-2's pipeline - words by its expression, bytes, BPE - in one pass over the text, without offsets. Words seen
/// before are looked up.
final class FastBytes {
    private static final int WINDOW = 1 << 16;
    private final Bpe bpe;
    private final AtomicReference<WordCache> spare = new AtomicReference<>();

    FastBytes(Bpe bpe) {
        this.bpe = bpe;
    }

    /// Adds the tokens of `text[from, to)`.
    void encode(String text, int from, int to, IntList ids) {
        var taken = spare.getAndSet(null); // another thread meanwhile makes its own
        var cache = taken == null ? new WordCache() : taken;
        var sink = new Model.Sink();
        int room = WINDOW;
        var window = new char[Math.min(room, Math.max(1, to - from))];
        int start = from;
        while (start < to) {
            int end = Math.min(to, start + room);
            if (end < to && Character.isHighSurrogate(text.charAt(end - 1))) {
                end--;
            }
            int n = end - start;
            if (window.length < n) {
                window = new char[n];
            }
            text.getChars(start, end, window, 0);
            int done = words(window, n, end == to, cache, sink, ids);
            room = done == 0 ? room * 2 : WINDOW; // a word longer than the window
            start += done;
        }
        spare.set(cache);
    }

    /// @return how much of the window is cut for good
    private int words(char[] text, int n, boolean last, WordCache cache, Model.Sink sink, IntList ids) {
        int at = 0;
        while (at < n) {
            int end = Gpt2Scanner.next(text, at, n);
            if (!last && (end == n || at >= n - 4)) {
                return at; // what follows could belong to it
            }
            if (end - at <= WordCache.LONGEST) {
                int hash = WordCache.hash(text, at, end);
                int slot = cache.slot(hash, text, at, end);
                if (!cache.emit(slot, ids)) {
                    cut(text, at, end, sink);
                    cache.put(slot, hash, text, at, end, sink.ids);
                    ids.addAll(sink.ids.array(), 0, sink.ids.size());
                }
            } else {
                cut(text, at, end, sink);
                ids.addAll(sink.ids.array(), 0, sink.ids.size());
            }
            at = end;
        }
        return n;
    }

    private void cut(char[] text, int at, int end, Model.Sink sink) {
        sink.clear();
        bpe.tokens(ByteAlphabet.encode(Span.of(new String(text, at, end - at), 0)).text(), sink);
    }
}
