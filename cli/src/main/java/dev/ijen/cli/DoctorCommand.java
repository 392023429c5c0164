package dev.ijen.cli;

import dev.ijen.engine.Devices;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/// Says what the machine can do and what is missing, with the fix.
@Command(name = "doctor", description = "Says what this machine can do and what is missing, with the fix.")
final class DoctorCommand extends BaseCommand {
    private enum Verdict {
        OK("ok"), HINT("--"), BAD("!!");

        final String mark;

        Verdict(String mark) {
            this.mark = mark;
        }
    }

    private record Finding(Verdict verdict, String what, String found, String fix) {}

    private final List<Finding> findings = new ArrayList<>();

    @Override
    public Integer call() {
        java();
        processors();
        memory();
        disk();
        devices();
        boolean bad = findings.stream().anyMatch(f -> f.verdict == Verdict.BAD);
        print(text(bad), object(bad));
        return bad ? Exit.FAILED : Exit.DONE;
    }

    private void java() {
        var version = Runtime.version();
        var found = version + ", " + System.getProperty("java.vm.vendor") + ", " + System.getProperty("java.home");
        check(version.feature() >= 25, "java", found, "install a JDK 25 (https://adoptium.net) or set JAVA_HOME");
        boolean vector = vectors();
        check(vector, "vector API", vector ? "on" : "off",
                "start with the ijen script, or add --add-modules jdk.incubator.vector");
        var compiler = System.getProperty("java.vm.info", "");
        check(!compiler.contains("interpreted"), "compiler", compiler, "start java without -Xint");
    }

    /// A module, or with a fast start on the boot class path.
    private static boolean vectors() {
        try {
            Class.forName("jdk.incubator.vector.FloatVector", false, null);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private void processors() {
        int n = Runtime.getRuntime().availableProcessors();
        var found = n + " (" + System.getProperty("os.arch") + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.version") + ")";
        add(n > 1 ? Verdict.OK : Verdict.HINT, "processors", found, "more processors train faster");
    }

    private void memory() {
        long heap = Runtime.getRuntime().maxMemory();
        var found = "Java heap up to " + Text.bytes(heap);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os) {
            found = Text.bytes(os.getFreeMemorySize()) + " free of " + Text.bytes(os.getTotalMemorySize()) + ", "
                    + found;
            check(
                    os.getTotalMemorySize() >= 1L << 30,
                    "memory",
                    found,
                    "use a machine or container with at least 1 GiB of memory");
        } else {
            add(Verdict.OK, "memory", found, "");
        }
    }

    private void disk() {
        var here = Path.of("").toAbsolutePath();
        try {
            FileStore store = Files.getFileStore(here);
            long free = store.getUsableSpace();
            check(
                    Files.isWritable(here),
                    "folder",
                    here + (Files.isWritable(here) ? " can be written" : " cannot be written"),
                    "change to a folder of yours, or use --out");
            add(
                    free >= 1L << 30 ? Verdict.OK : Verdict.HINT,
                    "disk",
                    Text.bytes(free) + " free",
                    "free some space: checkpoints and reports are written to ./runs, or to --out");
        } catch (IOException e) {
            check(false, "folder", here + ": " + e.getMessage(), "change to another folder");
        }
    }

    private void devices() {
        var all = Devices.all();
        boolean any = all.stream().anyMatch(f -> !f.devices().isEmpty());
        for (var f : all) {
            for (var d : f.devices()) {
                add(Verdict.OK, "device " + DevicesCommand.name(d), d.name(), "");
                d.details().forEach((k, v) -> add(Verdict.OK, "  " + k, v, ""));
            }
            if (f.devices().isEmpty()) {
                add(any ? Verdict.HINT : Verdict.BAD, "device " + f.backend(), f.reason(), f.fix());
            }
        }
        if (all.isEmpty()) {
            check(false, "devices", "no backend found", "build again: delete cli/target and start ./ijen");
        }
    }

    private void check(boolean ok, String what, String found, String fix) {
        add(ok ? Verdict.OK : Verdict.BAD, what, found, fix);
    }

    private void add(Verdict verdict, String what, String found, String fix) {
        findings.add(new Finding(verdict, what, found, verdict == Verdict.OK ? "" : fix));
    }

    private String text(boolean bad) {
        var text = new StringBuilder();
        for (var f : findings) {
            text.append("[%s] %-14s %s%n".formatted(f.verdict.mark, f.what, f.found));
            if (!f.fix.isEmpty()) {
                text.append("     %-14s fix: %s%n".formatted("", f.fix));
            }
        }
        return text.append(bad ? "Ijen can't work here until what is marked [!!] is fixed.\n" : "Ijen can work here.\n")
                .toString();
    }

    private Map<String, Object> object(boolean bad) {
        var list = findings.stream()
                .map(f -> Map.of("verdict", f.verdict.name().toLowerCase(java.util.Locale.ROOT), "what", f.what.strip(),
                        "found", f.found, "fix", f.fix))
                .toList();
        var m = new LinkedHashMap<String, Object>();
        m.put("ok", !bad);
        m.put("version", Main.Version.IJEN);
        m.put("findings", list);
        return m;
    }
}
