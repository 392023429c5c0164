package dev.ijen.cpu;

import java.util.HashMap;
import java.util.Map;

/// What the workers of one binding need to run oneDNN primitives: a stream each, and scratch memory each.
final class DnnlWorkers {
    /// A primitive and its scratch memory object for each worker.
    private record Made(long primitive, long[] scratch) {}

    private final DnnlScope scope;
    private final long[] streams;
    private final long own;
    private final long ownBytes;
    private final Map<Long, Made> made = new HashMap<>();

    /// @param own address of the first worker's scratch memory, `ownBytes` for each
    DnnlWorkers(DnnlScope scope, int workers, long own, long ownBytes) {
        this.scope = scope;
        this.own = own;
        this.ownBytes = ownBytes;
        streams = new long[workers];
        for (int i = 0; i < workers; i++) {
            streams[i] = scope.stream();
        }
    }

    /// Address of a worker's scratch memory.
    long scratch(int worker) {
        return own + worker * ownBytes;
    }

    /// A run of the primitive of descriptor `pd`, which takes `arguments` arguments.
    DnnlRun run(long pd, int arguments) {
        var m = made.computeIfAbsent(pd, this::make);
        return new DnnlRun(m.primitive, scope.arguments(arguments + 1), m.scratch);
    }

    private Made make(long pd) {
        long primitive = scope.primitive(pd);
        if (Dnnl.scratchBytes(pd) == 0) {
            return new Made(primitive, null);
        }
        long md = scope.query(pd, Dnnl.dnnl_query_scratchpad_md);
        var scratch = new long[streams.length];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = scope.memory(md, own + i * ownBytes);
        }
        return new Made(primitive, scratch);
    }

    /// Runs on the calling thread. A run must not be executed twice at the same time.
    void execute(DnnlRun run, int worker) {
        int n = run.count();
        if (run.scratch != null) {
            run.put(n, Dnnl.DNNL_ARG_SCRATCHPAD, run.scratch[worker]);
            n++;
        }
        Dnnl.execute(run.primitive, streams[worker], n, run.arguments);
    }
}
