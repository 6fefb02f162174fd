"""The clock of contenders for the forward pass in Python; the twin of ../../predict/job.ts."""
import json
import pathlib
import resource
import sys
import time

WARM_UP_PASSES, LEAST_PASSES = 3, 5


def time_passes(pass_of, version):
    """`pass_of(batch)` returns a function without arguments that gives logits, [batch, 1000], as a numpy array."""
    given = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf8"))
    passes = []
    for batch in given["batches"]:
        run = pass_of(batch)
        for _ in range(WARM_UP_PASSES):
            logits = run()[0].tolist()
        passes.append({"batch": batch, **_timed(run, given["seconds"])})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"logits": logits, "passes": passes, "peakBytes": peak, "version": version}))
    sys.stdout.flush()


def _timed(run, seconds):
    durations, cpu = [], time.process_time()
    end = time.perf_counter() + seconds
    while len(durations) < LEAST_PASSES or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        durations.append(1000 * (time.perf_counter() - start))
    cpu_ms = 1000 * (time.process_time() - cpu) / len(durations)
    durations.sort()
    p50, p99 = (durations[min(len(durations) - 1, int(share * len(durations)))] for share in (0.5, 0.99))
    return {"p50": p50, "p99": p99, "cpuMs": cpu_ms}
