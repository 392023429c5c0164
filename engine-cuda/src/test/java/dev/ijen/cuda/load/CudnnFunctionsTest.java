package dev.ijen.cuda.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import jcuda.jcudnn.JCudnn;
import org.junit.jupiter.api.Test;

final class CudnnFunctionsTest {
    /// What JCudnn 11.7 binds, made for cuDNN 8, and cuDNN 9 has not.
    private static List<String> removed() throws IOException {
        try (var in = CudnnFunctionsTest.class.getResourceAsStream("cudnn9-removed.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().filter(l -> !l.isBlank()).toList();
        }
    }

    private static Set<String> bound() {
        return Arrays.stream(JCudnn.class.getDeclaredMethods())
                .filter(m -> Modifier.isPublic(m.getModifiers()))
                .map(java.lang.reflect.Method::getName)
                .collect(Collectors.toSet());
    }

    @Test
    void cudnn8HasThem() {
        var unknown = new TreeSet<>(CudnnFunctions.ALLOWED);
        unknown.removeAll(bound());
        assertEquals(Set.of(), unknown);
    }

    @Test
    void cudnn9HasThem() throws Exception {
        var gone = new TreeSet<>(CudnnFunctions.ALLOWED);
        gone.retainAll(removed());
        assertEquals(Set.of(), gone);
        assertEquals(54, removed().size());
        assertTrue(bound().containsAll(removed()));
    }

    @Test
    void ourCodeCallsNoOthers() throws Exception {
        var allowed = new HashSet<>(CudnnFunctions.ALLOWED);
        allowed.add("setExceptionsEnabled"); // of Java alone
        var calls = new TreeSet<String>();
        var classes = Path.of(Loader.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (var files = Files.walk(classes)) {
            for (var file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                for (var entry : ClassFile.of().parse(file).constantPool()) {
                    if (entry instanceof MemberRefEntry m && m.owner().asInternalName().equals("jcuda/jcudnn/JCudnn")) {
                        calls.add(m.name().stringValue());
                    }
                }
            }
        }
        assertTrue(calls.contains("setExceptionsEnabled"), "the calls were not found: " + calls);
        calls.removeAll(allowed);
        assertEquals(Set.of(), calls, "these may be missing in cuDNN 8 or 9");
    }
}
