package dev.ijen.cli;

import dev.ijen.tensor.IjenException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// Another process of this command, with this one's Java options, that answers lines with lines.
final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final PrintStream to;
    private final BufferedReader from;

    private ChildJvm(Process process) {
        this.process = process;
        to = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        from = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static ChildJvm start(List<String> arguments) {
        try {
            return new ChildJvm(new ProcessBuilder(command(arguments)).redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            throw new IjenException("bench: cannot start another process", String.valueOf(e.getMessage()),
                    "room for one more", "end other programs", e);
        }
    }

    /// The line that starts this command again.
    static List<String> command(List<String> arguments) {
        var all = new ArrayList<String>();
        all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (var option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // the first two are about this process's stderr, the others would be in the way of it
            if (!option.startsWith("-Dijen.stderr") && !option.startsWith("-Dijen.terminal")
                    && !option.startsWith("-agentlib") && !option.startsWith("-javaagent")) {
                all.add(option);
            }
        }
        var jar = System.getProperty("ijen.jar");
        if (jar != null) {
            all.addAll(List.of("-cp", jar, Launcher.class.getName()));
            all.addAll(arguments);
            return all;
        }
        all.addAll(List.of("-cp", System.getProperty("java.class.path")));
        var main = System.getProperty("jdk.module.main");
        if ("dev.ijen.cli".equals(main)) {
            all.addAll(
                    List.of("-p", System.getProperty("jdk.module.path"), "-m", main + "/" + Launcher.class.getName()));
        } else {
            all.add(Launcher.class.getName());
        }
        all.addAll(arguments);
        return all;
    }

    /// The answer to one line.
    String ask(String line) {
        to.println(line);
        try {
            var answer = from.readLine();
            if (answer == null || answer.startsWith("err")) {
                throw new IjenException("bench: no measurement for '" + line + "'",
                        answer == null ? "the process ended" : answer.substring(3).strip(), "an answer",
                        "'ijen doctor' says what this machine can do; with too little memory, end other programs");
            }
            return answer;
        } catch (IOException e) {
            throw new IjenException("bench: no measurement for '" + line + "'", String.valueOf(e.getMessage()),
                    "an answer", "try again", e);
        }
    }

    /// The most memory it has had, in bytes; empty where the system does not tell.
    OptionalLong peakBytes() {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(l -> l.startsWith("VmHWM:"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", "")) << 10)
                    .findFirst();
        } catch (IOException | java.io.UncheckedIOException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() {
        to.println("quit");
        to.close();
        boolean interrupted = false;
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            process.destroyForcibly();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
