package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.R10;
import static dev.ijen.cpu.x86.Assembler.R12;
import static dev.ijen.cpu.x86.Assembler.R13;
import static dev.ijen.cpu.x86.Assembler.R14;
import static dev.ijen.cpu.x86.Assembler.R15;
import static dev.ijen.cpu.x86.Assembler.R8;
import static dev.ijen.cpu.x86.Assembler.R9;
import static dev.ijen.cpu.x86.Assembler.RAX;
import static dev.ijen.cpu.x86.Assembler.RBP;
import static dev.ijen.cpu.x86.Assembler.RBX;
import static dev.ijen.cpu.x86.Assembler.RCX;
import static dev.ijen.cpu.x86.Assembler.RDI;
import static dev.ijen.cpu.x86.Assembler.RDX;
import static dev.ijen.cpu.x86.Assembler.RSI;
import static dev.ijen.cpu.x86.Assembler.RSP;
import static dev.ijen.cpu.x86.Assembler.c;
import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.x86.Assembler.Operand;
import dev.ijen.cpu.x86.ConvTile.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Lines of a convolution of each channel by itself in machine code, floats, channels last: some neighbouring outputs of a vector of channels at a
/// time, their sums in registers; each number of the image is read once for all the outputs that need it. What of a window lies beside the image
/// is left out. Each sum begins with a number of its channel and is a chain of fused multiply-adds over the window's rows and columns, in this order.
///
/// @param target that the processor has
/// @param channels whole vectors
/// @param in columns of the image
/// @param out columns of the output
/// @param size columns of a window, at most [#MOST]
/// @param stride columns from window to window
/// @param pad columns that the first window begins before the image
/// @param dilation columns from one of a window's to the next
public record DepthTile(Target target, int channels, int in, int out, int size, int stride, int pad, int dilation) {
    /// Most columns of a window.
    public static final int MOST = 7;

    /// Bytes of the block that arguments point to, and what is where in it.
    public static final int BLOCK = 192;
    public static final int BIAS = 0;
    public static final int Y = 8;
    public static final int NEXT_X = 16;
    public static final int NEXT_Y = 24;
    public static final int STEPS = 64;
    public static final int MOST_STEPS = (BLOCK - STEPS) / 8;

    private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};
    private static final int STACK = 8 * SAVED.length; // bytes pushed before the arguments on the stack are read

    /// Neighbouring outputs, and which of their columns lie in the image.
    private record Part(int outputs, int count, boolean[][] inside) {
        boolean like(Part p) {
            return outputs == p.outputs && Arrays.deepEquals(inside, p.inside);
        }
    }

    private int most() {
        return target.registers() - size - 2 - (target == Target.AVX2 ? 2 : 6);
    }

    private int pixel() {
        return channels * Float.BYTES;
    }

    private List<Part> parts() {
        var l = new ArrayList<Part>();
        int tiles = Math.ceilDiv(out, most());
        int from = 0;
        for (int t = 0; t < tiles; t++) {
            int outputs = out / tiles + (t < out % tiles ? 1 : 0); // the longer ones first, so that equal ones are neighbours
            var inside = new boolean[outputs][size];
            for (int p = 0; p < outputs; p++) {
                for (int s = 0; s < size; s++) {
                    int x = (from + p) * stride - pad + s * dilation;
                    inside[p][s] = x >= 0 && x < in;
                }
            }
            var part = new Part(outputs, 1, inside);
            if (!l.isEmpty() && l.getLast().like(part)) {
                l.set(l.size() - 1, new Part(outputs, l.getLast().count + 1, inside));
            } else {
                l.add(part);
            }
            from += outputs;
        }
        return l;
    }

    /// For lines of outputs. Arguments, addresses and steps in bytes: beginning of the image's row that is the first of the windows', nothing, step
    /// to the next row of a window, filter [rows, columns, channels] from that row on, rows ≥ 1, lines ≥ 1, address of [#BLOCK] bytes, and four
    /// that are not used. There, of 64 bits each: address of a number for each channel, y, step from line to line in x, the same in y, and what
    /// the steps need, as in [ConvTile].
    ///
    /// @return null if machine code can't be made here
    public MachineCode of(List<Step> steps) {
        var asm = target.vectors();
        asm.push(SAVED);
        int line = asm.size();
        asm.clear(RAX); // bytes of the channels that are done
        asm.clear(R10);
        asm.add(R10, channels / target.lanes());
        int vector = asm.size();
        asm.copy(R14, RDI);
        asm.addRegister(R14, RAX);
        block(asm, R15, Y);
        asm.addRegister(R15, RAX);
        for (var part : parts()) {
            asm.clear(R13);
            asm.add(R13, part.count);
            int tile = asm.size();
            tile(asm, part, steps);
            asm.add(R14, part.outputs * stride * pixel());
            asm.add(R15, part.outputs * pixel());
            asm.decrement(R13);
            asm.backIfNotZero(tile);
        }
        asm.add(RAX, asm.width());
        asm.decrement(R10);
        asm.backIfNotZero(vector);
        block(asm, RBX, NEXT_X);
        asm.addRegister(RDI, RBX);
        asm.loadPointer(RBX, R12, NEXT_Y);
        asm.loadPointer(R15, R12, Y);
        asm.addRegister(R15, RBX);
        asm.storePointer(R15, R12, Y);
        asm.decrement(R9);
        asm.backIfNotZero(line);
        asm.pop(SAVED);
        asm.end();
        return MachineCode.of(asm.finish());
    }

    /// What is in the block, whose address is then in r12.
    private static void block(Vectors asm, int to, int place) {
        asm.loadPointer(R12, RSP, STACK + 8);
        asm.loadPointer(to, R12, place);
    }

    private void tile(Vectors asm, Part part, List<Step> steps) {
        int n = part.outputs;
        block(asm, RBX, BIAS);
        asm.load(0, new Operand.Block(RBX), 0);
        for (int p = 1; p < n; p++) {
            asm.move(p, 0);
        }
        asm.copy(RBP, R14);
        asm.copy(RBX, RCX);
        asm.addRegister(RBX, RAX);
        asm.copy(R12, R8);
        int row = asm.size();
        row(asm, part);
        asm.addRegister(RBP, RDX);
        asm.add(RBX, size * pixel());
        asm.decrement(R12);
        asm.backIfNotZero(row);
        for (int i = 0; i < steps.size(); i++) {
            step(asm, n, steps.get(i), STEPS + 8 * i);
        }
        for (int p = 0; p < n; p++) {
            asm.store(p, at(R15, p * pixel()), 0);
        }
    }

    private static Operand at(int base, int displacement) {
        return new Operand.At(base, -1, 0, displacement);
    }

    /// A row of the filter, then each number of the image's row times all of it that meets it.
    private void row(Vectors asm, Part part) {
        int n = part.outputs;
        for (int s = 0; s < size; s++) {
            asm.load(n + s, at(RBX, s * pixel()), 0);
        }
        int x = n + size;
        int reach = (n - 1) * stride + (size - 1) * dilation;
        for (int j = 0; j <= reach; j++) {
            boolean read = false;
            for (int s = size - 1; s >= 0; s--) {
                int p = (j - s * dilation) / stride;
                boolean meets = j >= s * dilation && (j - s * dilation) % stride == 0 && p < n && part.inside[p][s];
                if (meets && !read) {
                    asm.load(x, at(RBP, (j - pad) * pixel()), 0);
                    read = true;
                }
                if (meets) {
                    asm.op(Op.FMA231, p, x, v(n + s));
                }
            }
            x = x == n + size ? x + 1 : n + size;
        }
    }

    private void step(Vectors asm, int n, Step step, int place) {
        int work = n;
        switch (step) {
            case Step.AddChannel _ -> channels(asm, n, Op.ADD, place);
            case Step.MulChannel _ -> channels(asm, n, Op.MUL, place);
            case Step.Add _ -> {
                block(asm, RSI, place);
                asm.addRegister(RSI, R15);
                for (int p = 0; p < n; p++) {
                    asm.op(Op.ADD, p, p, at(RSI, p * pixel()));
                }
            }
            case Step.Clip(float low, float high) -> {
                asm.broadcast(work, c(low));
                asm.broadcast(work + 1, c(high));
                for (int p = 0; p < n; p++) {
                    asm.op(Op.MAX, p, p, v(work)); // NaN gives the second
                    if (high < Float.POSITIVE_INFINITY) {
                        asm.op(Op.MIN, p, p, v(work + 1));
                    }
                }
            }
        }
    }

    private static void channels(Vectors asm, int n, Op op, int place) {
        block(asm, RSI, place);
        asm.load(n, new Operand.Block(RSI), 0);
        for (int p = 0; p < n; p++) {
            asm.op(op, p, p, v(n));
        }
    }
}
