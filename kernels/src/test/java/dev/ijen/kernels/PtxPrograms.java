package dev.ijen.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.regex.Pattern;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.JCudaDriver;

/// Small programs of PTX for tests of the emulator's interpreter. The entry is `k(y, x)`: addresses in `%y` and `%x`, and
/// a few registers of every type: predicates `%p`, 16 bits `%h`, 32 bits `%r`, 64 bits `%d`, f32 `%f`, f64 `%g`.
final class PtxPrograms {
    static final String HEAD = ".version 7.0\n.target sm_75\n.address_size 64\n";

    private static final Pattern SLOT = Pattern.compile("\\$([phrdfg])");

    private PtxPrograms() {}

    /// A module with the entry `k`; `before` stands in front of it.
    static String module(String before, String body) {
        return HEAD + before + """
                .visible .entry k(.param .u64 k_y, .param .u64 k_x)
                {
                .reg .pred %p<8>;
                .reg .b16 %h<8>;
                .reg .b32 %r<16>;
                .reg .b64 %d<16>;
                .reg .f32 %f<16>;
                .reg .f64 %g<8>;
                .reg .b64 %y, %x;
                ld.param.u64 %y, [k_y];
                ld.param.u64 %x, [k_x];
                """ + body + "\nret;\n}\n";
    }

    static CUfunction load(String text) {
        var f = new CUfunction();
        JCudaDriver.cuModuleGetFunction(f, Device.module((text + "\0").getBytes(StandardCharsets.US_ASCII)), "k");
        return f;
    }

    /// Runs `k` by one block and gives the `n` numbers of 64 bits at y, which begin as 0; x holds the inputs.
    static long[] run(Device d, String text, int threads, int n, long... inputs) {
        var x = ByteBuffer.allocate(8 * Math.max(inputs.length, 1)).order(ByteOrder.nativeOrder());
        x.asLongBuffer().put(inputs);
        CUdeviceptr y = d.up(new byte[8 * n]);
        d.launch(load(text), 1, 1, 1, threads, 1, y, d.up(x.array()));
        var result = new long[n];
        ByteBuffer.wrap(d.down(y, 8L * n))
                .order(ByteOrder.nativeOrder())
                .asLongBuffer()
                .get(result);
        return result;
    }

    /// One instruction: the first `$` and a letter of a register is its result, the others take the inputs in order.
    static long eval(Device d, String instruction, long... inputs) {
        var body = new StringBuilder();
        var kinds = new ArrayList<String>();
        var m = SLOT.matcher(instruction);
        var line = new StringBuilder();
        while (m.find()) {
            String kind = m.group(1);
            m.appendReplacement(line, "%" + kind + kinds.size());
            kinds.add(kind);
        }
        m.appendTail(line);
        for (int i = 1; i < kinds.size(); i++) {
            String from = "[%x+" + 8 * (i - 1) + "];\n";
            if (kinds.get(i).equals("p")) {
                body.append("ld.global.b32 %r15, ").append(from).append("setp.ne.u32 %p" + i + ", %r15, 0;\n");
            } else {
                body.append("ld.global.b" + bits(kinds.get(i)) + " %" + kinds.get(i) + i + ", ").append(from);
            }
        }
        body.append(line).append(";\n");
        if (kinds.getFirst().equals("p")) {
            body.append("selp.b32 %r14, 1, 0, %p0;\nst.global.b32 [%y], %r14;\n");
        } else {
            String kind = kinds.getFirst();
            body.append("st.global.b" + bits(kind) + " [%y], %" + kind + "0;\n");
        }
        return run(d, module("", body.toString()), 1, 1, inputs)[0];
    }

    private static int bits(String kind) {
        return switch (kind) {
            case "h" -> 16;
            case "r", "f" -> 32;
            default -> 64;
        };
    }
}
