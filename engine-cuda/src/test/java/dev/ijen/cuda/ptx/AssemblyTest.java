package dev.ijen.cuda.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.contract.RandomRegion;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Region;
import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The assemblers take the text of every region.
class AssemblyTest {
    private static final List<Integer> ARCHITECTURES = List.of(75, 80, 86, 89, 90);

    private static Region random(long seed) {
        var launch = RandomRegion.plan(seed).launches().getFirst();
        return ((Kernel.Loop) launch.kernel()).region();
    }

    private static List<RegionCode> codes() {
        var codes = new ArrayList<RegionCode>();
        for (var r : Regions.all().values()) {
            codes.add(RegionCode.of(r, 4));
        }
        for (int seed = 0; seed < 100; seed++) {
            codes.add(RegionCode.of(random(seed), 4));
        }
        var parameters = new ArrayList<Region>();
        for (int i = 1; i < 60; i++) {
            parameters.add(Regions.adam(i * 100, DType.BF16));
        }
        codes.add(RegionCode.ofAll(parameters, 7, 3));
        return codes;
    }

    @ParameterizedTest
    @ValueSource(ints = {75, 80, 86, 89, 90})
    void assembles(int arch) {
        var codes = codes();
        // another part for each GPU, because the assembler takes its time; that of ptxas gets all
        var some = new ArrayList<RegionCode>();
        for (int i = 0; i < codes.size(); i++) {
            if ((i + ARCHITECTURES.indexOf(arch)) % 5 == 0) {
                some.add(codes.get(i));
            }
        }
        String log = Assembler.assemble(Assembler.module(some), arch);
        assertTrue(log.contains("Used "), log);
    }

    @Test
    void assemblesForBlackwell() throws Exception {
        Assumptions.assumeTrue(Assembler.hasPtxas(), "no ptxas on the PATH");
        String log = Assembler.ptxas(Assembler.module(codes()), 100);
        assertTrue(log.contains("Used "), log);
    }

    @Test
    void dependsOnTheRegionAlone() {
        for (int seed = 0; seed < 20; seed++) {
            var a = RegionCode.of(random(seed), 1);
            var b = RegionCode.of(random(seed), 132);
            assertEquals(a.text(), b.text());
            assertEquals(a.scratchBytes(), b.scratchBytes());
        }
    }
}
