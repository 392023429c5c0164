package dev.ijen.text;

import dev.ijen.format.AtomicFiles;
import dev.ijen.format.Json;
import dev.ijen.tensor.IjenException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// Learns byte-level BPE from text: the most frequent pair of neighbours becomes a token, over and over (Sennrich et
/// al. 2016), within words cut as GPT-2 cuts them. Deterministic: of equally frequent pairs the one with the smaller
/// numbers comes first.
public final class BpeTrainer {
    private final Map<String, Integer> words = new HashMap<>();

    /// Without any text yet.
    public BpeTrainer() {}

    /// Counts the words of a text.
    public void add(String text) {
        int[] cuts = new Matcher.Gpt2().find(text);
        for (int i = 0; i < cuts.length; i += 2) {
            words.merge(text.substring(cuts[i], cuts[i + 1]), 1, Integer::sum);
        }
    }

    private record Pair(long count, int left, int right) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair o) {
            return count != o.count ? Long.compare(o.count, count)
                    : left != o.left ? Integer.compare(left, o.left) : Integer.compare(right, o.right);
        }
    }

    /// Learns a vocabulary.
    ///
    /// @param size tokens in all: 256 bytes, merges, and `<|endoftext|>` as the last
    /// @param minFrequency pairs that are rarer are not merged
    public Trained train(int size, int minFrequency) {
        if (size < 257 || size > 1 << 20) {
            throw new IjenException(
                    "tokenizer: size of the vocabulary", String.valueOf(size), "257 to 1048576: all bytes, and an end",
                    "ask for more tokens");
        }
        var sorted = words.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
        var tokens = new ArrayList<String>();
        for (int b = 0; b < 256; b++) {
            tokens.add(String.valueOf(ByteAlphabet.of(b)));
        }
        var pieces = new ArrayList<int[]>();
        var counts = new long[sorted.size()];
        for (var e : sorted) {
            counts[pieces.size()] = e.getValue();
            pieces.add(bytes(e.getKey()));
        }
        var known = new HashMap<String, Integer>();
        for (int i = 0; i < tokens.size(); i++) {
            known.put(tokens.get(i), i);
        }
        return learn(size, minFrequency, tokens, known, pieces, counts);
    }

    private static Trained learn(
            int size, int minFrequency, List<String> tokens, Map<String, Integer> known, List<int[]> pieces,
            long[] counts) {
        var frequency = new HashMap<Long, Long>();
        var where = new HashMap<Long, IntList>();
        for (int w = 0; w < pieces.size(); w++) {
            count(pieces.get(w), counts[w], w, frequency, where);
        }
        var queue = new PriorityQueue<Pair>();
        frequency.forEach((p, n) -> queue.add(new Pair(n, (int) (p >> 32), (int) (long) p)));
        var merges = new ArrayList<String>();
        while (tokens.size() < size - 1 && !queue.isEmpty()) {
            var best = queue.poll();
            long key = (long) best.left << 32 | best.right;
            long now = frequency.getOrDefault(key, 0L);
            if (now != best.count) {
                if (now > 0) {
                    queue.add(new Pair(now, best.left, best.right)); // it has become rarer meanwhile
                }
                continue;
            }
            if (now < minFrequency) {
                break;
            }
            String joined = tokens.get(best.left) + tokens.get(best.right);
            merges.add(tokens.get(best.left) + " " + tokens.get(best.right));
            int id = known.getOrDefault(joined, tokens.size()); // two ways to one token share its number
            if (id == tokens.size()) {
                tokens.add(joined);
                known.put(joined, id);
            }
            var changed = new HashMap<Long, Long>();
            var in = where.remove(key);
            int before = -1;
            for (int k = 0; k < in.size(); k++) {
                int w = in.get(k);
                if (w != before) {
                    pieces.set(w, merge(pieces.get(w), best, id, counts[w], w, changed, where));
                    before = w;
                }
            }
            frequency.remove(key);
            changed.forEach((p, d) -> {
                if (p != key) {
                    long n = frequency.merge(p, d, Long::sum);
                    if (d > 0) {
                        queue.add(new Pair(n, (int) (p >> 32), (int) (long) p));
                    }
                }
            });
        }
        tokens.add("<|endoftext|>");
        return new Trained(List.copyOf(tokens), List.copyOf(merges));
    }

    private static int[] bytes(String word) {
        String text = ByteAlphabet.encode(Span.of(word, 0)).text();
        var ids = new int[text.length()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = ByteAlphabet.toByte(text.charAt(i));
        }
        return ids;
    }

    private static void count(
            int[] ids, long n, int word, Map<Long, Long> frequency, Map<Long, IntList> where) {
        for (int i = 0; i + 1 < ids.length; i++) {
            long p = (long) ids[i] << 32 | ids[i + 1];
            frequency.merge(p, n, Long::sum);
            where.computeIfAbsent(p, k -> new IntList(4)).add(word);
        }
    }

    /// Merges a pair in a word and notes which pairs come and go.
    private static int[] merge(
            int[] ids, Pair pair, int id, long n, int word, Map<Long, Long> changed, Map<Long, IntList> where) {
        var to = new IntList(ids.length);
        for (int i = 0; i < ids.length; i++) {
            if (i + 1 < ids.length && ids[i] == pair.left && ids[i + 1] == pair.right) {
                to.add(id);
                i++;
            } else {
                to.add(ids[i]);
            }
        }
        int[] after = to.toArray();
        if (after.length == ids.length) {
            return ids;
        }
        for (int i = 0; i + 1 < ids.length; i++) {
            changed.merge((long) ids[i] << 32 | ids[i + 1], -n, Long::sum);
        }
        for (int i = 0; i + 1 < after.length; i++) {
            long p = (long) after[i] << 32 | after[i + 1];
            changed.merge(p, n, Long::sum);
            if (after[i] == id || after[i + 1] == id) {
                where.computeIfAbsent(p, k -> new IntList(4)).add(word);
            }
        }
        return after;
    }

    /// A learnt vocabulary.
    ///
    /// @param tokens by number
    /// @param merges two tokens with a space between them, the first learnt first
    public record Trained(List<String> tokens, List<String> merges) {
        /// A tokenizer that cuts as GPT-2's.
        public Tokenizer tokenizer() {
            var v = Vocabulary.of(tokens);
            var table = new Merges(merges.size());
            for (String m : merges) {
                int space = m.indexOf(' ');
                ModelSpecs.merge(
                        "trained vocabulary", table, v, m.substring(0, space), m.substring(space + 1), "",
                        table.size());
            }
            return PlainVocabularies.byteLevel(v, table);
        }

        /// Writes a `tokenizer.json` that this and Hugging Face's libraries read.
        public void save(Path file) {
            AtomicFiles.write(file, json());
        }

        /// What [#save] writes.
        public String json() {
            var vocabulary = new LinkedHashMap<String, Object>();
            for (int i = 0; i < tokens.size(); i++) {
                vocabulary.put(tokens.get(i), i);
            }
            var bytes = Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true, "use_regex", true);
            var model = new LinkedHashMap<String, Object>();
            model.put("type", "BPE");
            model.put("dropout", null);
            model.put("unk_token", null);
            model.put("continuing_subword_prefix", null);
            model.put("end_of_word_suffix", null);
            model.put("fuse_unk", false);
            model.put("byte_fallback", false);
            model.put("vocab", vocabulary);
            model.put("merges", merges);
            var end = new LinkedHashMap<String, Object>();
            end.put("id", tokens.size() - 1);
            end.put("content", tokens.getLast());
            for (String no : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                end.put(no, false);
            }
            end.put("special", true);
            var top = new LinkedHashMap<String, Object>();
            top.put("version", "1.0");
            top.put("truncation", null);
            top.put("padding", null);
            top.put("added_tokens", List.of(end));
            top.put("normalizer", null);
            for (String part : List.of("pre_tokenizer", "post_processor", "decoder")) {
                top.put(part, new java.util.TreeMap<>(bytes));
            }
            top.put("model", model);
            return Json.write(top);
        }
    }
}
