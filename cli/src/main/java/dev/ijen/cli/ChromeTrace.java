package dev.ijen.cli;

import dev.ijen.train.Profile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/// A profile in the Trace Event Format, which chrome://tracing and ui.perfetto.dev show.
final class ChromeTrace {
    private ChromeTrace() {}

    static Map<String, Object> of(Profile p) {
        var events = new ArrayList<Map<String, Object>>();
        events.add(name("process_name", 0, "ijen"));
        events.add(name("thread_name", 0, "steps"));
        events.add(name("thread_name", 1, "operations"));
        long at = 0;
        for (int s = 0; s < p.nanos().size(); s++) {
            long begin = at;
            var nanos = p.nanos().get(s);
            for (int i = 0; i < nanos.length; i++) {
                var l = p.launches().get(i);
                var e = event(l.operation(), "operation", 1, at, nanos[i]);
                var args = new LinkedHashMap<String, Object>();
                args.put("where", l.where());
                args.put("flops", l.flops());
                args.put("bytes", l.bytes());
                e.put("args", args);
                events.add(e);
                at += nanos[i];
            }
            events.add(event("step " + (s + 1), "step", 0, begin, at - begin));
        }
        var all = new LinkedHashMap<String, Object>();
        all.put("displayTimeUnit", "ns");
        all.put("traceEvents", events);
        return all;
    }

    private static Map<String, Object> event(String name, String category, long thread, long at, long nanos) {
        var e = new LinkedHashMap<String, Object>();
        e.put("name", name);
        e.put("cat", category);
        e.put("ph", "X");
        e.put("ts", at / 1e3);
        e.put("dur", nanos / 1e3);
        e.put("pid", 1L);
        e.put("tid", thread);
        return e;
    }

    private static Map<String, Object> name(String kind, long thread, String name) {
        var e = new LinkedHashMap<String, Object>();
        e.put("name", kind);
        e.put("ph", "M");
        e.put("pid", 1L);
        e.put("tid", thread);
        e.put("args", Map.of("name", name));
        return e;
    }
}
