package dev.ijen.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/// Writes what the `ijen` script needs for an AOT cache that holds linked classes and the module graph (JEP 483). JDK 25
/// leaves both out as soon as an incubating module or a module path is there. So a fast start has the same classes without
/// modules:
/// - `vector.jar`: the JDK's own Vector API, for `-Xbootclasspath/a`
/// - `picocli.jar`: with stack maps, without which no class is archived
/// - our own, with [DirectCalls] and [DirectMemory], and the hash of what each was made from, for the record of a run
/// - `ijen.jar`: nothing but a manifest that names all jars, and what the modules provide
/// - `exports`: options for java: what `java.base` exports to the Vector API's module, which is none here. On the command line, for
///   Java makes the cache without a look at manifests, and leaves out each lambda of the Vector API whose types it cannot see then
final class FastStart {
    private static final String VECTOR = "jdk.incubator.vector";
    private static final int JAVA_8 = 52;
    /// What a run says the code was, instead of the hash of our copy.
    private static final String ORIGINAL = "Ijen-Original-SHA-256";

    private FastStart() {}

    /// @param args the folder to write to
    static void main(String[] args) throws IOException {
        var to = Path.of(args[0]).toAbsolutePath();
        vector(to.resolve("vector.jar"));
        var jars = new ArrayList<Path>();
        var direct = new DirectCalls(FastStart.class.getClassLoader());
        for (var m : ModuleLayer.boot().configuration().modules()) {
            m.reference().location().filter(l -> l.getScheme().equals("file")).map(Path::of)
                    .map(p -> isOurs(m.name()) ? ours(p, to.resolve(p.getFileName()), direct) : p)
                    .map(p -> m.name().equals("info.picocli") ? picocli(p, to.resolve("picocli.jar")) : p)
                    .ifPresent(jars::add);
        }
        for (var p : System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
            if (!p.isEmpty()) {
                jars.add(Path.of(p).toAbsolutePath());
            }
        }
        jars.sort(null);
        ijen(to, jars);
        exports(to.resolve("exports"));
    }

    private static boolean isOurs(String module) {
        return module.startsWith("dev.ijen.");
    }

    /// Returns the copy.
    private static Path ours(Path from, Path jar, DirectCalls direct) {
        try (var in = new JarFile(from.toFile())) {
            var manifest = in.getManifest();
            manifest.getMainAttributes().putValue(ORIGINAL, sha256(from));
            try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
                for (var e : (Iterable<JarEntry>) in.stream()::iterator) {
                    if (!e.isDirectory() && !e.getName().equals(JarFile.MANIFEST_NAME)) {
                        var bytes = in.getInputStream(e).readAllBytes();
                        put(out, e.getName(), e.getName().equals(DirectMemory.CLASS) ? DirectMemory.in(bytes)
                                : e.getName().endsWith(".class") ? direct.in(bytes) : bytes);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar;
    }

    private static void vector(Path jar) throws IOException {
        var module = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules", VECTOR);
        try (var out = new JarOutputStream(Files.newOutputStream(jar)); var all = Files.walk(module)) {
            for (var f : all.filter(Files::isRegularFile).sorted().toList()) {
                var name = module.relativize(f).toString();
                if (!name.equals("module-info.class")) {
                    put(out, name, Files.readAllBytes(f));
                }
            }
        }
    }

    /// Returns the copy.
    private static Path picocli(Path from, Path jar) {
        var parser = ClassFile.of(
                ClassFile.StackMapsOption.GENERATE_STACK_MAPS, ClassFile.ConstantPoolSharingOption.NEW_POOL,
                ClassFile.ClassHierarchyResolverOption.of(
                        ClassHierarchyResolver.ofResourceParsing(picocli.CommandLine.class.getClassLoader()).cached()));
        var version = (ClassTransform) (b, e) -> {
            if (e instanceof ClassFileVersion) {
                b.withVersion(JAVA_8, 0);
            } else {
                b.with(e);
            }
        };
        var transform = version.andThen(ClassTransform.transformingMethodBodies((b, e) -> b.with(e)));
        try (var in = new JarFile(from.toFile()); var out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (var e : (Iterable<JarEntry>) in.stream()::iterator) {
                if (e.getName().startsWith("picocli/") && e.getName().endsWith(".class")) {
                    var model = parser.parse(in.getInputStream(e).readAllBytes());
                    put(out, e.getName(), parser.transformClass(model, transform));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar;
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static void ijen(Path folder, List<Path> jars) throws IOException {
        var manifest = new Manifest();
        var main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.CLASS_PATH,
                jars.stream().map(p -> folder.relativize(p).toString()).collect(Collectors.joining(" ")));
        try (var out = new JarOutputStream(Files.newOutputStream(folder.resolve("ijen.jar")), manifest)) {
            for (var s : services().entrySet()) {
                put(out, "META-INF/services/" + s.getKey(),
                        String.join("\n", s.getValue()).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void exports(Path file) throws IOException {
        Files.write(file, Object.class.getModule().getDescriptor().exports().stream()
                .filter(e -> e.targets().contains(VECTOR))
                .map(e -> "--add-exports=java.base/" + e.source() + "=ALL-UNNAMED")
                .sorted().toList());
    }

    /// What our modules provide, by service.
    private static TreeMap<String, List<String>> services() {
        var all = new TreeMap<String, List<String>>();
        for (var m : ModuleLayer.boot().modules()) {
            if (isOurs(m.getName())) {
                for (ModuleDescriptor.Provides p : m.getDescriptor().provides()) {
                    all.computeIfAbsent(p.service(), _ -> new ArrayList<>()).addAll(p.providers());
                }
            }
        }
        all.values().forEach(l -> l.sort(null));
        return all;
    }

    private static void put(JarOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(bytes);
        out.closeEntry();
    }
}
