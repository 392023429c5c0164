package dev.ijen.cuda.run;

import dev.ijen.cuda.driver.Addresses;
import dev.ijen.cuda.driver.Gpu;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUmemAccessDesc;
import jcuda.driver.CUmemAccess_flags;
import jcuda.driver.CUmemAllocationGranularity_flags;
import jcuda.driver.CUmemAllocationProp;
import jcuda.driver.CUmemAllocationType;
import jcuda.driver.CUmemGenericAllocationHandle;
import jcuda.driver.CUmemLocation;
import jcuda.driver.CUmemLocationType;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/// One range of addresses as large as the device, to whose end physical memory is mapped as it is needed. So memory never comes in
/// segments that do not fit together: free neighbours always join. Free blocks are taken best fit first.
///
/// All uses are on the compute stream, in whose order a block changes hands; so nothing waits for the GPU here.
final class ArenaMemory implements Memory {
    /// The least that is mapped at a time.
    private static final long CHUNK = 32L << 20;

    private record Block(long bytes, long address) implements Comparable<Block> {
        @Override
        public int compareTo(Block o) {
            int c = Long.compare(bytes, o.bytes);
            return c != 0 ? c : Long.compare(address, o.address);
        }
    }

    private record Mapping(long address, long bytes, CUmemGenericAllocationHandle handle) {}

    private final Gpu gpu;
    private final CUmemAllocationProp kind;
    private final long granularity;
    private final long start;
    private final long range;
    private long end;
    private final List<Mapping> mappings = new ArrayList<>();
    private final TreeMap<Long, Long> freeByAddress = new TreeMap<>();
    private final TreeSet<Block> freeBySize = new TreeSet<>();

    ArenaMemory(Gpu gpu) {
        this.gpu = gpu;
        kind = new CUmemAllocationProp();
        kind.type = CUmemAllocationType.CU_MEM_ALLOCATION_TYPE_PINNED;
        kind.location = new CUmemLocation(CUmemLocationType.CU_MEM_LOCATION_TYPE_DEVICE, gpu.properties().index());
        var g = new long[1];
        gpu.call(
                "cuMemGetAllocationGranularity",
                () -> JCudaDriver.cuMemGetAllocationGranularity(
                        g, kind, CUmemAllocationGranularity_flags.CU_MEM_ALLOC_GRANULARITY_RECOMMENDED));
        granularity = g[0];
        range = up(gpu.properties().totalBytes(), granularity) + CHUNK;
        var p = new Addresses.Device();
        gpu.call("cuMemAddressReserve", () -> JCudaDriver.cuMemAddressReserve(p, range, 0, new CUdeviceptr(), 0));
        start = p.address();
        end = start;
    }

    private static long up(long bytes, long multiple) {
        return (bytes + multiple - 1) / multiple * multiple;
    }

    @Override
    public long allocate(long bytes) {
        var fit = freeBySize.ceiling(new Block(bytes, 0));
        if (fit == null) {
            var last = freeByAddress.lastEntry();
            long atEnd = last != null && last.getKey() + last.getValue() == end ? last.getValue() : 0;
            if (!grow(bytes - atEnd)) {
                return 0;
            }
            fit = freeBySize.ceiling(new Block(bytes, 0));
        }
        take(fit);
        if (fit.bytes > bytes) {
            give(new Block(fit.bytes - bytes, fit.address + bytes));
        }
        return fit.address;
    }

    @Override
    public void free(long address, long bytes) {
        long from = address;
        long to = address + bytes;
        var before = freeByAddress.lowerEntry(address);
        if (before != null && before.getKey() + before.getValue() == address) {
            from = before.getKey();
            take(new Block(before.getValue(), from));
        }
        var after = freeByAddress.get(to);
        if (after != null) {
            take(new Block(after, to));
            to += after;
        }
        give(new Block(to - from, from));
    }

    private void give(Block b) {
        freeBySize.add(b);
        freeByAddress.put(b.address, b.bytes);
    }

    private void take(Block b) {
        freeBySize.remove(b);
        freeByAddress.remove(b.address);
    }

    /// Maps more memory at the end: a chunk if that can be had, else just enough.
    private boolean grow(long atLeast) {
        long least = up(atLeast, granularity);
        long most = start + range - end;
        return least <= most
                && (least < CHUNK && CHUNK <= most && map(up(CHUNK, granularity)) || map(least));
    }

    private boolean map(long bytes) {
        var handle = new CUmemGenericAllocationHandle();
        int code = gpu.attempt(() -> JCudaDriver.cuMemCreate(handle, bytes, kind, 0));
        if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            return false;
        }
        if (code != 0) {
            throw gpu.failed("cuMemCreate of " + bytes + " bytes", code);
        }
        long at = end;
        boolean mapped = false;
        boolean done = false;
        try {
            gpu.raw("cuMemMap", () -> JCudaDriver.cuMemMap(Addresses.device(at), bytes, 0, handle, 0));
            mapped = true;
            var access = new CUmemAccessDesc(kind.location, CUmemAccess_flags.CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
            gpu.raw(
                    "cuMemSetAccess",
                    () -> JCudaDriver.cuMemSetAccess(Addresses.device(at), bytes, new CUmemAccessDesc[] {access}, 1));
            done = true;
        } finally {
            if (!done) {
                unmap(new Mapping(at, bytes, handle), mapped);
            }
        }
        mappings.add(new Mapping(at, bytes, handle));
        end += bytes;
        free(at, bytes);
        return true;
    }

    private void unmap(Mapping m, boolean mapped) {
        if (gpu.isLost()) {
            return;
        }
        if (mapped) {
            gpu.call("cuMemUnmap", () -> JCudaDriver.cuMemUnmap(Addresses.device(m.address), m.bytes));
        }
        gpu.call("cuMemRelease", () -> JCudaDriver.cuMemRelease(m.handle));
    }

    @Override
    public long reserved() {
        return end - start;
    }

    @Override
    public long unused() {
        return freeBySize.stream().mapToLong(Block::bytes).sum();
    }

    /// All buffers are closed, and the device is idle.
    @Override
    public void close() {
        mappings.forEach(m -> unmap(m, true));
        mappings.clear();
        if (!gpu.isLost()) {
            gpu.call("cuMemAddressFree", () -> JCudaDriver.cuMemAddressFree(Addresses.device(start), range));
        }
    }
}
