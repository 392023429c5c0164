package dev.ijen.train;

import dev.ijen.engine.Bytes;
import dev.ijen.engine.LaunchInfo;
import dev.ijen.engine.ProgramReport;
import dev.ijen.tensor.Cell;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What a training has on the device at most, known before it runs.
///
/// @param parts who needs how much
public record MemoryPlan(List<Part> parts) {
    private static final int NAMED = 3;

    /// One use of memory.
    ///
    /// @param name of the use
    /// @param bytes it needs
    /// @param largest the greatest values in it; may be empty
    public record Part(String name, long bytes, List<LaunchInfo> largest) {
        /// Copies the list.
        public Part {
            largest = List.copyOf(largest);
        }

        /// With the greatest values in it by operation and place.
        @Override
        public String toString() {
            var in = largest.stream().map(l -> l + " " + Bytes.text(l.intermediateBytes()))
                    .collect(Collectors.joining(", "));
            return name + " " + Bytes.text(bytes) + (in.isEmpty() ? "" : " (in it " + in + ")");
        }
    }

    /// Leaves out what needs nothing.
    public MemoryPlan {
        parts = parts.stream().filter(p -> p.bytes > 0).toList();
    }

    /// @param batch examples a step
    /// @param evaluated batch sizes that are evaluated
    static MemoryPlan of(Learner learner, Scorer scorer, int batch, Collection<Integer> evaluated) {
        var step = learner.stepReport(batch);
        var all = new ArrayList<Part>();
        var cells = learner.cells();
        long known = 0;
        for (var e : cells.entrySet()) {
            long bytes = bytes(e.getValue().values());
            known += bytes;
            all.add(new Part(e.getKey(), bytes, List.of()));
        }
        all.add(new Part("counters", Math.max(0, step.cellBytes() - known), List.of()));
        program(all, "the training step", step);
        // all batch sizes that are evaluated keep their memory
        for (int size : evaluated) {
            program(all, "evaluation", scorer.report(size));
        }
        return new MemoryPlan(all);
    }

    /// Of a model in use.
    static MemoryPlan of(ProgramReport forward) {
        var all = new ArrayList<Part>();
        all.add(new Part("weights", forward.cellBytes(), List.of()));
        program(all, "the network", forward);
        return new MemoryPlan(all);
    }

    private static void program(List<Part> all, String of, ProgramReport r) {
        all.add(new Part("workspace of " + of, r.workspaceBytes(), largest(r)));
        all.add(new Part("scratch of " + of, r.scratchBytes(), List.of()));
        all.add(new Part("batch of " + of, r.argumentBytes(), List.of()));
        all.add(new Part("constants of " + of, r.constantBytes(), List.of()));
        all.add(new Part("weights in other forms of " + of, r.standingBytes(), List.of()));
    }

    private static List<LaunchInfo> largest(ProgramReport r) {
        return r.details().stream()
                .sorted(Comparator.comparingLong(LaunchInfo::intermediateBytes).reversed())
                .limit(NAMED)
                .filter(l -> l.intermediateBytes() > 0)
                .toList();
    }

    private static long bytes(Collection<? extends Cell> cells) {
        return cells.stream().mapToLong(c -> (long) c.shape().size() * c.dtype().bytes()).sum();
    }

    /// All of it.
    public long total() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }

    /// The greatest parts.
    public List<Part> largest(int most) {
        return parts.stream().sorted(Comparator.comparingLong(Part::bytes).reversed()).limit(most).toList();
    }

    /// Bytes by name, for JSON.
    public Map<String, Object> toMap() {
        var m = new LinkedHashMap<String, Object>();
        parts.forEach(p -> m.merge(p.name, p.bytes, (a, b) -> (Long) a + (Long) b));
        return m;
    }

    /// One line.
    @Override
    public String toString() {
        return Bytes.text(total()) + ": "
                + toMap().entrySet().stream()
                        .sorted(Comparator.comparingLong((Map.Entry<String, Object> e) -> -(Long) e.getValue()))
                        .map(e -> e.getKey() + " " + Bytes.text((Long) e.getValue()))
                        .collect(Collectors.joining(", "));
    }
}
