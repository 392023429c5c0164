package dev.ijen.cuda.lib;

import dev.ijen.format.AtomicFiles;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which algorithm was fastest for a convolution, on one model of GPU with one cuDNN and driver: a text file, one line each, written as a whole
/// after each new choice. It only saves time: what can't be read is measured again, and what can't be written is measured by the next process.
final class Choices {
    private static final System.Logger LOG = System.getLogger(Choices.class.getName());
    private static final String FORMAT = "ijen cudnn choices 1";
    private static final int MAX_ENTRIES = 4096;
    private static final long MAX_BYTES = 1 << 20;

    private final Path file;
    private final String title;
    private final Map<String, Choice> entries = new LinkedHashMap<>();
    private boolean unwritable;

    /// @param math a `cudnnMathType`
    record Choice(int algorithm, int math) {}

    private Choices(Path file, String title) {
        this.file = file;
        this.title = title;
        entries.putAll(read());
    }

    /// @param cache a folder that may not be there yet
    /// @param gpu the model's name
    static Choices of(Path cache, String gpu, long cudnn, int driver) {
        var title = FORMAT + " | " + gpu.replaceAll("\\s", " ") + " | cuDNN " + cudnn + " | driver " + driver;
        return new Choices(cache.resolve("cudnn").resolve(digest(title) + ".txt"), title);
    }

    private static String digest(String text) {
        try {
            byte[] all = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(all, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    Optional<Choice> get(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /// Keeps a choice, in the file too.
    ///
    /// @param key one line without `=`
    void put(String key, Choice choice) {
        entries.remove(key);
        var all = new LinkedHashMap<>(read()); // other processes write there too
        all.putAll(entries);
        all.put(key, choice); // the newest last
        var surplus = all.size() - MAX_ENTRIES;
        List.copyOf(all.keySet()).stream().limit(Math.max(0, surplus)).forEach(all::remove);
        entries.clear();
        entries.putAll(all);
        write();
    }

    private void write() {
        if (unwritable) {
            return;
        }
        var lines = new ArrayList<String>(List.of(title));
        entries.forEach((k, c) -> lines.add(k + " = " + c.algorithm + " " + c.math));
        try {
            Files.createDirectories(file.getParent());
            AtomicFiles.write(file, String.join("\n", lines) + "\n");
        } catch (IOException | IjenException e) {
            unwritable = true;
            LOG.log(System.Logger.Level.INFO, "cuDNN''s fastest algorithms are not remembered: {0}", e.getMessage());
        }
    }

    /// What the file has; lines that make no sense are left out.
    private Map<String, Choice> read() {
        var found = new LinkedHashMap<String, Choice>();
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
                return found;
            }
            var lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n", -1);
            if (!lines[0].equals(title)) {
                return found;
            }
            for (int i = 1; i < lines.length - 1; i++) { // the last one has no end, and so is incomplete or empty
                int at = lines[i].lastIndexOf(" = ");
                var numbers = at < 0 ? "" : lines[i].substring(at + 3);
                if (numbers.matches("[0-9]{1,3} [0-9]{1,3}")) {
                    var n = numbers.split(" ", -1);
                    found.put(lines[i].substring(0, at), new Choice(Integer.parseInt(n[0]), Integer.parseInt(n[1])));
                }
            }
        } catch (IOException | SecurityException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot read " + file, e);
        }
        return found;
    }
}
