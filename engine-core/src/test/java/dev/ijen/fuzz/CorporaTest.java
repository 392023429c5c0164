package dev.ijen.fuzz;

import dev.ijen.format.SharedData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files with which other programs were fuzzed, each of them through every reader, its own or not: values or the documented exception.
class CorporaTest {
    @TempDir Path scratch;
    @TempDir Path folder;
    @RegisterExtension final Reading reading = new Reading();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "go-fuzz-csv", "go-fuzz-flate", "go-fuzz-gzip", "go-fuzz-jpeg", "go-fuzz-json", "go-fuzz-png",
                "go-fuzz-protobuf",
                "go-fuzz-tar", "go-fuzz-zip", "go-fuzz-zlib", "jpeg-fuzz-corpus", "modelaudit-safetensors",
                "png-fuzz-corpus"})
    @Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void throughEveryReader(String archive) throws IOException {
        var files = SharedData.tar("security/" + archive + ".tar.gz");
        var read = new TreeMap<String, Integer>();
        for (var t : Targets.all(scratch)) {
            for (var e : files.entrySet()) {
                boolean fine = reading.read(t, folder.resolve("hostile" + t.suffix()), e.getValue(), e.getKey());
                read.merge(t.name(), fine ? 1 : 0, Integer::sum);
            }
        }
        System.out.printf("%s: %d files through %d readers; %s; read: %s%n", archive, files.size(), read.size(),
                reading,
                read.entrySet().stream().filter(e -> e.getValue() > 0).map(Object::toString)
                        .collect(Collectors.joining(" ")));
    }
}
