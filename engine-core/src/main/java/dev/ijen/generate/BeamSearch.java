package dev.ijen.generate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The beams of a search: the best `width` beginnings so far, and what has come to its end. Knows nothing of networks: it is given
/// logits of each beam and says which beam each goes on from.
public final class BeamSearch {
    private final int width;
    private final int end;
    private List<Beam> beams = new ArrayList<>();
    private final List<Beam> done = new ArrayList<>();

    /// @param width beams kept
    /// @param end token that ends a sequence; negative for none
    public BeamSearch(int width, int end) {
        this.width = width;
        this.end = end;
    }

    /// @param ids tokens
    /// @param score sum of logarithms of probabilities
    /// @param parent beam it goes on from
    private record Beam(List<Integer> ids, double score, int parent) {
        double perToken() {
            return score / Math.max(1, ids.size());
        }
    }

    /// The first tokens, from the logits of one beam (those of the others are the same).
    public void first(float[] logits, int vocabulary) {
        beams = List.of(new Beam(List.of(), 0, 0));
        advance(logits, vocabulary);
    }

    /// One more token of each beam, from logits [width, vocabulary].
    public void advance(float[] logits, int vocabulary) {
        var all = new ArrayList<Beam>();
        for (int b = 0; b < beams.size(); b++) {
            double norm = logSum(logits, b * vocabulary, vocabulary);
            for (int id : best(logits, b * vocabulary, vocabulary)) {
                var ids = new ArrayList<>(beams.get(b).ids);
                ids.add(id);
                all.add(new Beam(ids, beams.get(b).score + logits[b * vocabulary + id] - norm, b));
            }
        }
        all.sort(Comparator.comparingDouble((Beam b) -> -b.score));
        var kept = new ArrayList<Beam>();
        for (var beam : all) {
            if (beam.ids.getLast() == end) {
                if (kept.size() < width) {
                    done.add(beam);
                }
            } else if (kept.size() < width) {
                kept.add(beam);
            }
        }
        beams = kept;
    }

    /// The `width + 1` likeliest tokens: enough, as one of them may be the end.
    private int[] best(float[] logits, int from, int n) {
        int most = Math.min(n, width + 1);
        var ids = new int[most];
        int count = 0;
        for (int i = 0; i < n; i++) {
            if (count == most && logits[from + i] <= logits[from + ids[most - 1]]) {
                continue;
            }
            int at = count < most ? count++ : most - 1;
            while (at > 0 && logits[from + ids[at - 1]] < logits[from + i]) {
                ids[at] = ids[at - 1];
                at--;
            }
            ids[at] = i;
        }
        return ids;
    }

    private static double logSum(float[] logits, int from, int n) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, logits[from + i]);
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += Math.exp(logits[from + i] - max);
        }
        return max + Math.log(sum);
    }

    /// Whether no beam that goes on can become better than one that has ended.
    public boolean isDone() {
        return beams.isEmpty() || done.size() >= width;
    }

    /// The last token of each beam; those missing are filled up with the first one's.
    public int[] last() {
        var all = new int[width];
        for (int i = 0; i < width; i++) {
            all[i] = beams.get(i < beams.size() ? i : 0).ids.getLast();
        }
        return all;
    }

    /// The beam each one goes on from.
    public int[] parents() {
        var all = new int[width];
        for (int i = 0; i < width; i++) {
            all[i] = beams.get(i < beams.size() ? i : 0).parent;
        }
        return all;
    }

    /// The likeliest sequence per token, without its end.
    public int[] best() {
        var all = new ArrayList<>(done);
        all.addAll(done.isEmpty() ? beams : List.of());
        var ids = all.stream().max(Comparator.comparingDouble(Beam::perToken)).orElseThrow().ids;
        return ids.stream().mapToInt(Integer::intValue).filter(id -> id != end).toArray();
    }
}
