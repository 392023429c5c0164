package dev.ijen.faults;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Decides what becomes of every change to the disk. Changes are counted from 0; the one chosen fails in the chosen way.
public final class Faults {
    /// How a change fails.
    public enum Mode {
        /// An input / output error, once.
        ERROR,
        /// Half of a write gets through, then there is no space left for anything new.
        FULL,
        /// The process is gone: nothing happens any more.
        KILLED,
        /// The power is gone, and half of every file that was not forced to disk.
        POWER_DATA,
        /// The power is gone, and every name that was made, moved or replaced in a folder since that was forced to disk.
        POWER_NAMES
    }

    private final Mode mode;
    private final int at;
    private final List<String> changes = new ArrayList<>();
    private final Map<Path, Long> unforced = new HashMap<>();
    private final Deque<Undo> names = new ArrayDeque<>();
    private boolean dead;

    /// Takes back a change of names in a folder.
    private record Undo(Path folder, Action action) {
        interface Action {
            void run() throws IOException;
        }
    }

    private Faults(Mode mode, int at) {
        this.mode = mode;
        this.at = at;
    }

    /// Fails change number `at`.
    public static Faults at(Mode mode, int at) {
        return new Faults(mode, at);
    }

    /// Fails nothing.
    public static Faults none() {
        return new Faults(Mode.ERROR, -1);
    }

    /// A path whose every use passes through here.
    public Path path(Path real) {
        return new FaultFileSystem(this).wrap(real);
    }

    /// Whether the chosen change was reached.
    public boolean happened() {
        return at >= 0 && changes.size() > at;
    }

    /// The changes so far, in words.
    public List<String> changes() {
        return changes;
    }

    /// Whether this change is the one that fails as a short write.
    boolean isShortWrite() {
        return mode == Mode.FULL && changes.size() == at;
    }

    /// Throws if the change must not happen.
    void change(String what, Path real) throws IOException {
        alive();
        changes.add(what + " " + real.getFileName());
        boolean takesSpace = what.equals("write") || what.equals("create") || what.equals("link");
        if (mode == Mode.FULL && happened() && (takesSpace || changes.size() == at + 1)) {
            throw new IOException("No space left on device");
        }
        if (changes.size() == at + 1) {
            dead = mode != Mode.ERROR && mode != Mode.FULL;
            throw new IOException(dead ? "gone" : "Input/output error");
        }
    }

    void alive() throws IOException {
        if (dead) {
            throw new IOException("gone");
        }
    }

    void wrote(Path file, long bytes) {
        unforced.merge(file, bytes, Long::sum);
    }

    void made(Path file) {
        names.push(new Undo(file.getParent(), () -> delete(file)));
    }

    /// Called before the move.
    void moving(Path from, Path to) throws IOException {
        var before = Files.isSymbolicLink(to) ? Files.readSymbolicLink(to) : null;
        var content = before == null && Files.isRegularFile(to) ? Files.readAllBytes(to) : null;
        names.push(new Undo(to.getParent(), () -> {
            if (!Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
                return; // removed since
            }
            Files.move(to, from);
            if (before != null) {
                Files.createSymbolicLink(to, before);
            } else if (content != null) {
                Files.write(to, content);
            }
        }));
        var moved = new HashMap<Path, Long>();
        unforced.forEach((p, n) -> moved.put(p.startsWith(from) ? to.resolve(from.relativize(p)) : p, n));
        unforced.clear();
        unforced.putAll(moved);
    }

    void forced(Path fileOrFolder) {
        unforced.remove(fileOrFolder);
        names.removeIf(u -> u.folder.equals(fileOrFolder));
    }

    /// What the disk holds after the power is back. Nothing changes in modes without a loss.
    public void recover() throws IOException {
        if (dead && mode == Mode.POWER_DATA) {
            for (var file : unforced.keySet()) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    try (var c = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        c.truncate(c.size() / 2);
                    }
                }
            }
        }
        if (dead && mode == Mode.POWER_NAMES) {
            for (var u : names) {
                u.action.run();
            }
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
}
