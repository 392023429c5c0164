package dev.ijen.cuda.load;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Versions of libraries, from names: that of the file a link leads to, else that of the Python package.
final class Versions {
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final Pattern CUDA = Pattern.compile("/(?:cuda-|cuda_|cu|(?:lib)?cudnn/)(1[0-9])(?:\\.[0-9]+)?/");

    private Versions() {}

    /// A version, and the major version of CUDA that the library was built for.
    ///
    /// @param number as exact as is known
    /// @param cuda 0 if nothing tells
    record Version(String number, int cuda) {}

    /// Of the library `file`.
    static Version of(Path file, int major, Part part) throws IOException {
        var real = file.toRealPath();
        var m = CUDA.matcher(real.toString());
        int cuda = m.find() ? Integer.parseInt(m.group(1)) : 0;
        var fromPackage = distribution(file, major, part.wheel);
        if (fromPackage != null) {
            var built = fromPackage.group(1);
            return new Version(fromPackage.group(2), built == null ? cuda : Integer.parseInt(built));
        }
        var number = after(real, part.prefix);
        return new Version(number.isEmpty() ? String.valueOf(major) : number, cuda);
    }

    private static String after(Path file, String prefix) {
        var name = file.getFileName().toString();
        return name.startsWith(prefix) ? name.substring(prefix.length()) : "";
    }

    /// `site-packages/nvidia/cudnn/lib/libcudnn.so.9` belongs to `site-packages/nvidia_cudnn_cu12-9.5.1.17.dist-info`.
    private static Matcher distribution(Path file, int major, String wheel) {
        var nvidia = file.toAbsolutePath().getParent().getParent();
        nvidia = nvidia == null ? null : nvidia.getParent();
        if (nvidia == null || !nvidia.endsWith("nvidia") || nvidia.getParent() == null) {
            return null;
        }
        var pattern = Pattern.compile(Pattern.quote(wheel) + "(?:_cu([0-9]{1,3}))?-([0-9.]+)\\.dist-info");
        for (var folder : Places.expand(nvidia.getParent(), wheel + "*.dist-info")) {
            var m = pattern.matcher(folder.getFileName().toString());
            if (m.matches() && major(m.group(2)) == major) {
                return m;
            }
        }
        return null;
    }

    /// Compares texts with their runs of digits taken as numbers: `python3.9` before `python3.12`.
    static int compare(String a, String b) {
        var x = NUMBER.matcher(a);
        var y = NUMBER.matcher(b);
        int from = 0;
        while (x.find() && y.find()) {
            int before = a.substring(Math.min(from, x.start()), x.start())
                    .compareTo(b.substring(Math.min(from, y.start()), y.start()));
            int number = new BigInteger(x.group()).compareTo(new BigInteger(y.group()));
            if (before != 0 || number != 0) {
                return before != 0 ? before : number;
            }
            from = x.end();
        }
        return a.compareTo(b);
    }

    /// The number a version begins with; 0 if it does not.
    static int major(String version) {
        var m = NUMBER.matcher(version);
        return m.lookingAt() && m.end() < 9 ? Integer.parseInt(m.group()) : 0;
    }
}
