package dev.ijen.plain;

import dev.ijen.spi.Backend;
import dev.ijen.spi.BackendProvider;
import dev.ijen.spi.DeviceInfo;
import dev.ijen.spi.OutOfMemoryException;
import dev.ijen.spi.Plan;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The plainest backend that honours the interface: single-threaded loops over elements, everything through doubles and longs. It lets
/// engine-core test itself without a real backend, and is a second opinion on plans.
public final class PlainBackend implements Backend {
    private final Set<Memory> open = new HashSet<>();
    private long live;
    private long peak;
    private boolean closed;

    /// Found by the service loader in tests of engine-core.
    public static final class Provider implements BackendProvider {
        @Override
        public String name() {
            return "cpu";
        }

        @Override
        public int priority() {
            return -1;
        }

        @Override
        public Probe probe() {
            return new Probe.Available(List.of(INFO));
        }

        @Override
        public void ahead() {
            // loads nothing
        }

        @Override
        public Backend open(int index, Options options) {
            return new PlainBackend();
        }
    }

    private static final DeviceInfo INFO = new DeviceInfo("cpu", 0, "plain loops", 1L << 30, Map.of());

    /// Memory on the Java heap.
    final class Memory implements Buffer {
        private final long bytes;
        private MemorySegment data;

        Memory(long bytes) {
            this.bytes = bytes;
            this.data = MemorySegment.ofArray(new long[(int) ((bytes + 7) / 8)]).asSlice(0, bytes);
            // what is not written must not be read
            data.fill((byte) 0xA7);
        }

        MemorySegment data() {
            if (data == null) {
                throw new IjenException("buffer: used after close");
            }
            return data;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void close() {
            data = null;
            freed(this);
        }
    }

    @Override
    public DeviceInfo info() {
        return INFO;
    }

    @Override
    public synchronized Memory allocate(long bytes) {
        checkOpen();
        if (bytes > INFO.totalBytes() - live) {
            throw new OutOfMemoryException(INFO.name(), bytes, live, INFO.totalBytes());
        }
        var m = new Memory(bytes);
        open.add(m);
        live += bytes;
        peak = Math.max(peak, live);
        return m;
    }

    private synchronized void freed(Memory m) {
        if (open.remove(m)) {
            live -= m.bytes();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("plain backend: used after close");
        }
    }

    @Override
    public void write(Buffer to, long offset, MemorySegment from) {
        ((Memory) to).data().asSlice(offset, from.byteSize()).copyFrom(from);
    }

    @Override
    public void read(Buffer from, long offset, MemorySegment to) {
        to.copyFrom(((Memory) from).data().asSlice(offset, to.byteSize()));
    }

    @Override
    public synchronized Prepared prepare(Plan plan) {
        checkOpen();
        return new Prepared() {
            @Override
            public long bindingBytes() {
                return plan.workspaceBytes();
            }

            @Override
            public Bound bind(Buffer[] externals) {
                for (var e : externals) {
                    ((Memory) e).data();
                }
                return new Ready(plan, externals.clone(), allocate(plan.workspaceBytes()));
            }

            @Override
            public void close() {}
        };
    }

    private record Ready(Plan plan, Buffer[] externals, Memory workspace) implements Bound {
        private List<HostTensor> views(List<Plan.Ref> refs) {
            var l = new ArrayList<HostTensor>();
            for (var r : refs) {
                var m = r.memory() == 0 ? workspace : (Memory) externals[r.memory() - 1];
                l.add(new HostTensor(r.dtype(), Shape.of((int) r.count()), m.data().asSlice(r.offset(), r.bytes())));
            }
            return l;
        }

        @Override
        public void run() {
            for (var l : plan.launches()) {
                try {
                    PlainKernels.run(l.kernel(), views(l.in()), views(l.out()));
                } catch (IndexOutOfBoundsException e) {
                    throw new IjenException(l.origin() + ": " + e.getMessage(), e);
                }
            }
        }

        @Override
        public void runTimed(long[] nanos) {
            run();
            for (int i = 0; i < nanos.length; i++) {
                nanos[i]++;
            }
        }

        @Override
        public void close() {
            workspace.close();
        }
    }

    @Override
    public void synchronize() {}

    @Override
    public synchronized MemoryUse memory() {
        return new MemoryUse(open.size(), live, peak);
    }

    @Override
    public synchronized void close() {
        closed = true;
        List.copyOf(open).forEach(Memory::close);
    }
}
