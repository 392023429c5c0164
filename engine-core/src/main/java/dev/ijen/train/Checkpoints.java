package dev.ijen.train;

import dev.ijen.engine.State;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.FormatException;
import dev.ijen.format.Json;
import dev.ijen.format.Safetensors;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The folder `checkpoints` of a run: `step-N` folders that appear whole or not at all, and the pointers `last` and `best`.
final class Checkpoints {
    static final String MODEL = "model.safetensors";
    static final String OPTIMIZER = "optimizer.safetensors";
    static final String STATE = "state.json";
    private static final String PREFIX = "step-";

    private final Path folder;

    Checkpoints(Path folder) {
        this.folder = folder;
    }

    /// Writes one, points `last` to it, and `best` if it is, then removes those that are too old.
    ///
    /// @param model weights by name, and what belongs to them
    /// @param optimizer states by name
    /// @param state where the training stands
    Path save(
            long step,
            Map<String, HostTensor> model,
            Map<String, String> metadata,
            Map<String, HostTensor> optimizer,
            Map<String, Object> state,
            boolean best,
            int keep) {
        var name = PREFIX + step;
        var target = folder.resolve(name);
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && damage(target) != null) {
            remove(target);
        }
        // one of that step is there where a crash came between it and the pointer: it holds the same
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            AtomicFiles.directory(target, temp -> {
                Safetensors.write(temp.resolve(MODEL), model, metadata);
                Safetensors.write(temp.resolve(OPTIMIZER), optimizer, Map.of());
                AtomicFiles.write(temp.resolve(STATE), Json.write(CheckpointSeal.seal(temp, state)));
            });
        }
        if (best) {
            AtomicFiles.pointer(folder.resolve("best"), name);
        }
        AtomicFiles.pointer(folder.resolve("last"), name);
        prune(keep);
        return target;
    }

    /// Where `last` or `best` points to; null if there is none.
    Path find(String pointer) {
        var link = folder.resolve(pointer);
        if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        var target = AtomicFiles.resolvePointer(link);
        return Files.isDirectory(target) ? target : null;
    }

    /// Where to go on from: the last one if it is whole, else the newest that is. Damaged ones are set aside as `step-N.damaged` and
    /// told of. Removes what a crash left half-written. Null if there is none to go on from.
    Path recover(Consumer<String> warn) {
        sweep();
        var candidates = new LinkedHashSet<Path>();
        try {
            var last = find("last");
            if (last != null && step(last) >= 0) {
                candidates.add(last);
            }
        } catch (FormatException e) {
            warn.accept(first(e));
        }
        candidates.addAll(all());
        for (var c : candidates) {
            var damage = damage(c);
            if (damage == null) {
                AtomicFiles.pointer(folder.resolve("last"), c.getFileName().toString());
                return c;
            }
            var aside = c.resolveSibling(c.getFileName() + ".damaged");
            move(c, aside);
            warn.accept("a damaged checkpoint is not used: " + first(damage) + "; kept as " + aside);
        }
        if (!candidates.isEmpty()) {
            warn.accept("no checkpoint is whole: starting over");
        }
        return null;
    }

    private static String first(FormatException e) {
        return e.getMessage().lines().map(String::strip).limit(3).reduce((a, b) -> a + ", " + b).orElse("");
    }

    private static FormatException damage(Path checkpoint) {
        try {
            CheckpointSeal.check(checkpoint);
            return null;
        } catch (FormatException e) {
            return e;
        }
    }

    /// Those of this folder, newest first.
    private List<Path> all() {
        try (var all = Files.list(folder)) {
            return all.filter(p -> step(p) >= 0)
                    .sorted(Comparator.comparingLong(Checkpoints::step).reversed())
                    .toList();
        } catch (IOException e) {
            throw new IjenException("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }

    /// Removes temporaries of a process that was killed.
    private void sweep() {
        try (var all = Files.list(folder)) {
            for (var p : all.filter(p -> p.getFileName().toString().matches("\\..*\\.(tmp|removed)")).toList()) {
                delete(p);
            }
        } catch (IOException e) {
            throw new IjenException("cannot clear " + folder + ": " + e.getMessage(), e);
        }
    }

    private void move(Path from, Path to) {
        try {
            delete(to);
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IjenException("cannot rename " + from + ": " + e.getMessage(), e);
        }
    }

    private void prune(int keep) {
        var best = find("best");
        var last = find("last");
        all().stream().skip(keep).filter(p -> !p.equals(best) && !p.equals(last)).forEach(this::remove);
    }

    private static long step(Path p) {
        var name = p.getFileName().toString();
        return name.matches(PREFIX + "[0-9]{1,18}") ? Long.parseLong(name.substring(PREFIX.length())) : -1;
    }

    /// Out of sight first, so that no half-deleted folder has a checkpoint's name.
    private void remove(Path checkpoint) {
        var trash = folder.resolve("." + checkpoint.getFileName() + ".removed");
        try {
            delete(trash);
            Files.move(checkpoint, trash, StandardCopyOption.ATOMIC_MOVE);
            delete(trash);
        } catch (IOException e) {
            throw new IjenException("cannot remove " + checkpoint + ": " + e.getMessage(), e);
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /// The values of cells by name.
    static Map<String, HostTensor> values(Map<String, ? extends Cell> cells) {
        var all = new LinkedHashMap<String, HostTensor>();
        cells.forEach((name, cell) -> all.put(name, read(cell)));
        return all;
    }

    static HostTensor read(Cell cell) {
        return switch (cell) {
            case dev.ijen.engine.Parameter p -> p.read();
            case State s -> s.read();
            default -> throw new IllegalStateException(cell.toString());
        };
    }

    private static void write(Cell cell, HostTensor value) {
        switch (cell) {
            case dev.ijen.engine.Parameter p -> p.write(value);
            case State s -> s.write(value);
            default -> throw new IllegalStateException(cell.toString());
        }
    }

    /// Fills cells from values by prefix and name.
    static void fill(Map<String, HostTensor> values, String prefix, Map<String, ? extends Cell> cells) {
        cells.forEach((name, cell) -> write(cell, values.get(prefix + name)));
    }

    /// Fills cells from a file that must hold exactly them.
    ///
    /// @param prefix of the names in the file that are meant; others are left alone where it is not empty
    static void restore(Path file, String prefix, Map<String, ? extends Cell> cells) {
        try (var in = Safetensors.open(file)) {
            for (var e : cells.entrySet()) {
                var name = prefix + e.getKey();
                var cell = e.getValue();
                if (!in.has(name)) {
                    throw FormatException.damaged(file, "its names", "no '" + name + "'", "every weight of the model",
                            "use the checkpoint of this model");
                }
                var info = in.info(name);
                if (info.dtype() != cell.dtype() || !info.shape().equals(cell.shape())) {
                    throw FormatException.damaged(
                            file, "'" + name + "'", info.dtype() + info.shape().toString(),
                            cell.dtype() + cell.shape().toString(),
                            "use the checkpoint of this model");
                }
            }
            if (prefix.isEmpty()) {
                only(file, in.names(), cells);
            }
            cells.forEach((name, cell) -> write(cell, in.get(prefix + name)));
        }
    }

    private static void only(Path file, List<String> names, Map<String, ? extends Cell> cells) {
        for (var name : names) {
            if (!cells.containsKey(name)) {
                throw FormatException.damaged(file, "its names", "'" + name + "'", "only weights of the model",
                        "use the checkpoint of this model");
            }
        }
    }
}
