package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.RAX;
import static dev.ijen.cpu.x86.Assembler.v;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.cpu.x86.Assembler.Operand;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Instructions beside what GNU as 2.40 makes of the line above each. What a processor without AVX-512 cannot run is tested here all the same.
class EncodingTest {
    private static final Operand BLOCK_9 = new Operand.Block(9);
    private static final Operand PLACE = new Operand.At(2, 10, 2, 0x12345);

    @Test
    void avx2() {
        // vaddps ymm1, ymm2, ymm3
        narrow("c5ec58cb", w -> w.op(Op.ADD, 1, 2, v(3)));
        // vmulps ymm9, ymm2, ymm11
        narrow("c4416c59cb", w -> w.op(Op.MUL, 9, 2, v(11)));
        // vsqrtps ymm10, ymm12
        narrow("c4417c51d4", w -> w.op(Op.SQRT, 10, 0, v(12)));
        // vfmadd231ps ymm3, ymm14, ymm13
        narrow("c4c20db8dd", w -> w.op(Op.FMA231, 3, 14, v(13)));
        // vfmadd213ps ymm8, ymm1, ymm2
        narrow("c46275a8c2", w -> w.op(Op.FMA213, 8, 1, v(2)));
        // vroundps ymm4, ymm9, 9
        narrow("c4c37d08e109", w -> w.op(Op.ROUND, 4, 0, v(9), 9));
        // vpmulld ymm7, ymm8, ymm9
        narrow("c4c23d40f9", w -> w.op(Op.MUL_I, 7, 8, v(9)));
        // vpsrad ymm3, ymm11, 23
        narrow("c4c16572e317", w -> w.op(Op.SHIFT_I, Op.SHIFT_RIGHT, 3, v(11), 23));
        // vpslld ymm12, ymm1, 23
        narrow("c59d72f117", w -> w.op(Op.SHIFT_I, Op.SHIFT_LEFT, 12, v(1), 23));
        // vpsllvd ymm1, ymm2, ymm9
        narrow("c4c26d47c9", w -> w.op(Op.SHL_I, 1, 2, v(9)));
        // vcvtdq2ps ymm2, ymm10
        narrow("c4c17c5bd2", w -> w.op(Op.TO_FLOAT, 2, 0, v(10)));
        // vpabsd ymm2, ymm10
        narrow("c4c27d1ed2", w -> w.op(Op.ABS_I, 2, 0, v(10)));
        // vunpckhpd ymm9, ymm10, ymm11
        narrow("c4412d15cb", w -> w.op(Op.HIGH_PAIRS, 9, 10, v(11)));
        // vperm2f128 ymm9, ymm2, ymm11, 0x31
        narrow("c4436d06cb31", w -> w.op(Op.HALVES, 9, 2, v(11), 0x31));
        // vmovaps ymm3, ymm12
        narrow("c4c17c28dc", w -> w.move(3, 12));
    }

    @Test
    void memoryOfAvx2() {
        // vmovups ymm3, [r9 + rax]
        narrow("c4c17c101c01", w -> w.load(3, BLOCK_9, 0));
        // vmovups [r13 + rax], ymm12
        narrow("c4417c11640500", w -> w.store(12, new Operand.Block(13), 0));
        // vbroadcastss ymm6, [r10]
        narrow("c4c27d1832", w -> w.broadcast(6, new Operand.One(10)));
        // vfmadd231ps ymm3, ymm15, [rdx + r10 * 4 + 0x12345]
        narrow("c4a205b89c9245230100", w -> w.op(Op.FMA231, 3, 15, PLACE));
        // vbroadcastss ymm6, [rbx + 0x12345]
        narrow("c4e27d18b345230100", w -> w.broadcast(6, new Operand.OneAt(3, 0x12345)));
        // vmovups ymm12, [rsp - 0x60]; vmaskmovps ymm1, ymm12, [r9 + rax]
        narrow("c57c10a424a0ffffff" + "c4c21d2c0c01", w -> w.load(1, BLOCK_9, 3));
        // the same; vmaskmovps [rbx + rax], ymm12, ymm9
        narrow("c57c10a424a0ffffff" + "c4621d2e0c03", w -> w.store(9, new Operand.Block(3), 3));
        // vbroadcastss ymm12, [r10]; vaddps ymm3, ymm4, ymm12
        narrow("c4427d1822" + "c4c15c58dc", w -> w.op(Op.ADD, 3, 4, new Operand.One(10)));
        // mov rax, rsi; vmovd xmm12, eax; vpbroadcastd ymm12, xmm12; vpcmpgtd ymm12, ymm12, [rip + 0x2c];
        // vmovups [rsp − 0x60], ymm12; add rax, −8
        narrow("4889f0" + "c5796ee0" + "c4427d58e4" + "c51d66252c000000" + "c57c11a424a0ffffff" + "4881c0f8ffffff",
                w -> w.edges(Assembler.RSI, RAX, 3));
    }

    @Test
    void prefetch() {
        // prefetcht0 [r9 + r10 + 0x00]
        narrow("430f184c1100", w -> w.prefetch(9, 10));
        // prefetcht0 [r9 + rax + 0x12345]
        narrow("410f188c0145230100", w -> w.prefetch(9, RAX, 0x12345));
    }

    /// What sums of lanes are made of, the same for both.
    @Test
    void lanes() {
        // vpermilps ymm9, ymm11, 0x4e
        narrow("c4437d04cb4e", w -> w.op(Op.ANY, 9, 0, v(11), 0x4e));
        // vpermilps zmm19, zmm27, 0xb1
        wide("62837d4804dbb1", w -> w.op(Op.ANY, 19, 0, v(27), 0xb1));
        // vmovss [r12 + 0x00], xmm9; all displacements have 8 bits here, and the prefix three bytes
        wide("c4417a114c2400", w -> w.storeOne(9, Assembler.R12));
        // vaddss xmm3, xmm3, [rbx + 0x00]
        narrow("c4e162585b00", w -> w.addOne(3, Assembler.RBX));
        // vaddss xmm11, xmm11, [r13 + 0x00]
        wide("c4412258" + "5d00", w -> w.addOne(11, Assembler.R13));
        // vperm2f128 ymm2, ymm5, ymm5, 1; vaddps ymm5, ymm5, ymm2
        narrow("c4e35506d501" + "c5d458ea", w -> w.parts(Op.ADD, 5, 2));
    }

    @Test
    void masksOfAvx2() {
        // vcmpltps ymm15, ymm3, ymm10, quiet
        narrow("c44164c2fa11", w -> w.compare(3, v(10), Op.LT));
        // vblendvps ymm5, ymm6, ymm9, ymm15
        narrow("c4c34d4ae9f0", w -> w.blend(5, 6, v(9)));
        // vpcmpeqd ymm15, ymm3, ymm4
        narrow("c56576fc", w -> w.compareInts(3, v(4), Op.EQ_I));
        // vpcmpgtd ymm15, ymm4, ymm3
        narrow("c55d66fb", w -> w.compareInts(3, v(4), Op.LT_I));
        // vpcmpgtd ymm15, ymm4, ymm3; vpxor ymm15, ymm15, [rip + 0x34]
        narrow("c55d66fb" + "c505ef3d34000000", w -> w.compareInts(3, v(4), Op.GE_I));
        // vpand ymm2, ymm15, [rip + 0x38]
        narrow("c585db1538000000", w -> w.ones(2));
    }

    @Test
    void avx512() {
        // vaddps zmm1, zmm18, zmm27
        wide("62916c4058cb", w -> w.op(Op.ADD, 1, 18, v(27)));
        // vmulps zmm9{k1}, zmm2, zmm11
        wide("62516c4959cb", w -> w.where(Op.MUL, 9, 2, v(11)));
        // vfmadd231ps zmm3, zmm30, zmm13
        wide("62d20d40b8dd", w -> w.op(Op.FMA231, 3, 30, v(13)));
        // vrndscaleps zmm4, zmm25, 9
        wide("62937d4808e109", w -> w.op(Op.ROUND, 4, 0, v(25), 9));
        // vcmpltps k1, zmm3, zmm26, quiet
        wide("62916448c2ca11", w -> w.compare(3, v(26), Op.LT));
        // vblendmps zmm5{k1}, zmm22, zmm9
        wide("62d24d4165e9", w -> w.blend(5, 22, v(9)));
        // vpcmpnled k1, zmm3, zmm20
        wide("62b365481fcc06", w -> w.compareInts(3, v(20), Op.GT_I));
        // vptestmd k1, zmm9, zmm9
        wide("62d2354827c9", w -> w.notZero(9));
        // vpsrad zmm19, zmm11, 23
        wide("62d1654072e317", w -> w.op(Op.SHIFT_I, Op.SHIFT_RIGHT, 19, v(11), 23));
        // vpmovd2m k1, zmm17
        wide("62b27e4839c9", w -> w.signs(17));
        // vshuff32x4 zmm9, zmm20, zmm31, 0xdd
        wide("62135d4023cfdd", w -> w.op(Op.PARTS, 9, 20, v(31), 0xdd));
        // vunpckhpd zmm9, zmm10, zmm31
        wide("6211ad4815cf", w -> w.op(Op.HIGH_PAIRS, 9, 10, v(31)));
    }

    @Test
    void memoryOfAvx512() {
        // vmovups zmm3, [r9 + rax]
        wide("62d17c48101c01", w -> w.load(3, BLOCK_9, 0));
        // vmovups zmm3{k3}{z}, [r9 + rax]
        wide("62d17ccb101c01", w -> w.load(3, BLOCK_9, 3));
        // vmovups [rbx + rax]{k3}, zmm20
        wide("62e17c4b112403", w -> w.store(20, new Operand.Block(3), 3));
        // vaddps zmm3, zmm17, [r10]{1to16}
        wide("62d17450581a", w -> w.op(Op.ADD, 3, 17, new Operand.One(10)));
        // vbroadcastss zmm6, [r10]
        wide("62d27d481832", w -> w.broadcast(6, new Operand.One(10)));
        // vbroadcastss zmm26{k1}{z}, [rip + 0x36]
        wide("62627dc9181536000000", w -> w.ones(26));
        // vfmadd231ps zmm3, zmm14, [rbx + 0x12345]{1to16}; zmm19, zmm24, [r12 + 0x12345]{1to16}
        wide("62f20d58b89b45230100" + "62c23d50b89c2445230100", w -> {
            w.op(Op.FMA231, 3, 14, new Operand.OneAt(3, 0x12345));
            w.op(Op.FMA231, 19, 24, new Operand.OneAt(12, 0x12345));
        });
        // xor rax, rax; add rax, 0xf00; kmovw k1, eax
        var lanes = new Avx512();
        same("4831c0" + "4881c0000f0000" + "c5f892c8", lanes, _ -> lanes.lanes(1, 8, 4, RAX));
        // vfmadd231ps zmm3, zmm15, [rdx + r10 * 4 + 0x12345]
        wide("62b20548b89c9245230100", w -> w.op(Op.FMA231, 3, 15, PLACE));
        // mov eax, −1; bzhi eax, eax, r10d; kmovw k1, eax; shr eax, 16; kmovw k2, eax
        wide("b8ffffffff" + "c4e228f5c0" + "c5f892c8" + "c1e810" + "c5f892d0", w -> w.edges(10, RAX, 1, 2));
    }

    /// All displacements have 32 bits here.
    @Test
    void tiles() {
        // ldtilecfg [r9 + 0x00]
        wide("c4c278498421" + "00000000", w -> Amx.configure(w, 9));
        // tilerelease
        wide("c4e27849c0", Amx::release);
        // tilezero tmm3
        wide("c4e27b49d8", w -> Amx.zero(w, 3));
        // tileloadd tmm5, [rax + r14 + 0x400]
        wide("c4a27b4bac3000040000", w -> Amx.load(w, 5, RAX, 14, 0x400));
        // tileloadd tmm7, [r11 + rsi + 0x800]
        wide("c4c27b4bbc3300080000", w -> Amx.load(w, 7, 11, 6, 0x800));
        // tilestored [r12 + r13 + 0x40], tmm1
        wide("c4827a4b8c2c40000000", w -> Amx.store(w, 1, 12, 13, 0x40));
        // tdpbf16ps tmm2, tmm5, tmm6
        wide("c4e24a5cd5", w -> Amx.product(w, 2, 5, 6));
        // tdpbf16ps tmm0, tmm4, tmm7
        wide("c4e2425cc4", w -> Amx.product(w, 0, 4, 7));
        // vpsrld zmm19, zmm27, 16
        wide("6291654072d310", w -> w.op(Op.SHIFT_I, Op.SHIFT_RIGHT_UNSIGNED, 19, v(27), 16));
    }

    /// Numbers of 16 bits.
    @Test
    void halves() {
        // vpmovzxwd zmm19, [rdx + r10 * 4 + 0x12345]; vpslld zmm19, zmm19, 16
        wide("62a27d48339c9245230100" + "62b1654072f310", w -> w.loadHalves(19, PLACE));
        // vpmovzxwd ymm9, [rdx + r10 * 4 + 0x12345]; vpslld ymm9, ymm9, 16
        narrow("c4227d338c9245230100" + "c4c13572f110", w -> w.loadHalves(9, PLACE));
        // vpbroadcastw zmm19, [r10]; vpslld zmm19, zmm19, 16
        wide("62c27d48791a" + "62b1654072f310", w -> w.broadcastHalf(19, new Operand.One(10)));
        // vpbroadcastw ymm9, [r10]; vpslld ymm9, ymm9, 16
        narrow("c4427d790a" + "c4c13572f110", w -> w.broadcastHalf(9, new Operand.One(10)));
        // vpsrld zmm19, zmm27, 16; vpmovdw [rdx + r10 * 4 + 0x12345], zmm19
        wide("6291654072d310" + "62a27e48339c9245230100", w -> w.storeHalves(27, PLACE, 19));
        // vpsrld ymm9, ymm11, 16; vperm2f128 ymm12, ymm9, ymm9, 1; vpackusdw ymm9, ymm9, ymm12; vmovups [rdx + r10 * 4 + 0x12345], xmm9
        narrow("c4c13572d310" + "c4433506e101" + "c442352bcc" + "c42178118c9245230100",
                w -> w.storeHalves(11, PLACE, 9));
    }

    private static void narrow(String expected, Consumer<Vectors> write) {
        same(expected, new Avx2(), write);
    }

    private static void wide(String expected, Consumer<Vectors> write) {
        same(expected, new Avx512(), write);
    }

    private static void same(String expected, Vectors asm, Consumer<Vectors> write) {
        write.accept(asm);
        int size = asm.size();
        assertEquals(expected, HexFormat.of().formatHex(Arrays.copyOf(asm.finish(), size)));
    }
}
