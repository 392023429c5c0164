package dev.ijen.format;

import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A TensorBoard event file of scalars: TFRecords (length, masked CRC-32C, data, masked CRC-32C) that each hold one
/// `tensorflow.Event` in protobuf. Records are appended, so that TensorBoard can read along; a crash loses at most the
/// record being written. Methods may be called from several threads.
public final class TfEvents implements AutoCloseable {
    private final Path file;
    private final FileChannel out;

    private TfEvents(Path file, FileChannel out) {
        this.file = file;
        this.out = out;
    }

    /// One event.
    ///
    /// @param wallTime seconds since 1970
    /// @param step training step
    /// @param fileVersion `brain.Event:2` in a file's first event, else null
    /// @param scalars value by tag
    public record Event(double wallTime, long step, String fileVersion, Map<String, Float> scalars) {}

    /// Starts a new event file in a folder, which is created if need be.
    public static TfEvents create(Path folder) {
        double now = System.currentTimeMillis() / 1e3;
        String host = host();
        try {
            Files.createDirectories(folder);
            for (int i = 0;; i++) {
                String name = "events.out.tfevents." + (long) now + "." + host + "."
                        + ProcessHandle.current().pid() + "." + i;
                Path file = folder.resolve(name);
                if (Files.exists(file)) {
                    continue;
                }
                var events = new TfEvents(
                        file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
                events.append(TfRecord.versionEvent(now));
                return events;
            }
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    /// Appends a scalar at the present time.
    public void scalar(String tag, long step, double value) {
        scalar(tag, step, value, System.currentTimeMillis() / 1e3);
    }

    /// Appends a scalar.
    ///
    /// @param wallTime seconds since 1970
    public void scalar(String tag, long step, double value, double wallTime) {
        Objects.requireNonNull(tag);
        try {
            append(TfRecord.scalarEvent(wallTime, step, tag, (float) value));
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /// Forces what was written to disk.
    public void flush() {
        try {
            out.force(false);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /// The file written to.
    public Path file() {
        return file;
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /// Reads a file's events: scalars as `simple_value` or as a tensor with one float. A record that a crash cut off at
    /// the end is left out.
    ///
    /// @throws FormatException if the file is missing or a checksum is wrong
    public static List<Event> read(Path file) {
        return TfRecord.read(file);
    }

    private synchronized void append(byte[] event) throws IOException {
        var record = ByteBuffer.wrap(TfRecord.frame(event));
        while (record.hasRemaining()) {
            out.write(record);
        }
    }

    private static String host() {
        try {
            // it becomes part of a file name
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "-");
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static IjenException failed(Path file, IOException e) {
        return new IjenException(
                "cannot write " + file,
                String.valueOf(e.getMessage()),
                "a writable event file",
                "check the folder, its permissions and the free space",
                e);
    }
}
