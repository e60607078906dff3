#!/usr/bin/env python3
"""t-SNE: `dfprep map` beside openTSNE, on the same features, in the same run.

`rows(runs)` gives the results; `--write` puts them into Benchmarks/results/tsne.json. Standard library alone: the peer and
the referee run in an environment of their own below build/bench/tsne. Both are given perplexity 30, 750 rounds (250 of them
exaggerated) and the same number of threads. The divergence of both maps is worked out by the same lines, from exact
neighbours and all pairs of points.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build/bench/tsne"
DFPREP = ROOT / ".build/release/dfprep"
RESULTS = ROOT / "Benchmarks/results/tsne.json"
PACKAGES = ["openTSNE==1.0.4", "numpy", "scikit-learn"]
THREADS = 2
ITERATIONS = 750
WORKS = {"blobs": "20000 x 50, 40 made clusters", "digits": "1797 x 50, scikit-learn's digits"}

MAKE = """
import sys, numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
random = np.random.default_rng(1)
centres = random.normal(size=(40, 50)) * 2
blobs = centres[random.integers(0, 40, 20000)] + random.normal(size=(20000, 50)) * np.linspace(1.2, .3, 50)
np.save(sys.argv[1] + "/blobs.npy", blobs.astype(np.float32))
digits = PCA(50, svd_solver="full").fit_transform(load_digits().data)
np.save(sys.argv[1] + "/digits.npy", np.ascontiguousarray(digits, dtype=np.float32))
"""

PEER = """
import sys, time, numpy as np, openTSNE
features, output, rounds, threads = np.load(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
start = time.monotonic()
fitted = openTSNE.TSNE(perplexity=30, early_exaggeration_iter=250, n_iter=rounds - 250, n_jobs=threads, random_state=1).fit(features)
print(time.monotonic() - start)
np.save(output, np.asarray(fitted))
"""

REFEREE = """
import sys, numpy as np
from openTSNE.affinity import PerplexityBasedNN
features = np.load(sys.argv[1]).astype(np.float64)
joint = PerplexityBasedNN(features, perplexity=30, method="exact").P.tocoo()
for name in sys.argv[2:]:
    places = np.load(name).astype(np.float64)
    pairs = -float(len(places))
    for start in range(0, len(places), 500):
        block = places[start:start + 500, None] - places[None]
        pairs += (1 / (1 + (block ** 2).sum(2))).sum()
    squared = ((places[joint.row] - places[joint.col]) ** 2).sum(1)
    print((joint.data * np.log(joint.data * pairs * (1 + squared))).sum())
"""


def missing(what):
    print(f"bench-tsne: {what}", file=sys.stderr)
    sys.exit(69)


def environment():
    """The Python that has the peer."""
    python = BUILD / "python/bin/python"
    if not python.is_file():
        print(f"making {BUILD.relative_to(ROOT)}/python with {', '.join(PACKAGES)}", file=sys.stderr)
        venv.create(BUILD / "python", with_pip=True)
        if subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES]).returncode != 0:
            missing(f"cannot install {', '.join(PACKAGES)}")
    return python


def measure(command):
    """Wall and CPU seconds, peak memory in MiB, and what the command printed."""
    allowed = sorted(os.sched_getaffinity(0))[:THREADS]
    start = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, allowed))
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        missing(f"{command[0]} ended with {process.returncode}")
    return {"wall": time.monotonic() - start, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024,
            "output": output}


def machine():
    models = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return f"{len(os.sched_getaffinity(0))} cores, {models[0] if models else os.uname().machine}"


def row(work, unit, ours, peer, note, runs):
    """One entry of the results, less being better; `ours` and `peer` are the figures of every run."""
    a, b = statistics.median(ours), statistics.median(peer)
    spread = f"; ours {min(ours):.4g} to {max(ours):.4g}, peer {min(peer):.4g} to {max(peer):.4g}" if runs > 1 else ""
    return {"work": work, "ours": round(a, 4), "peer": round(b, 4), "peer_name": "openTSNE 1.0.4", "unit": unit,
            "ratio": round(b / a, 3), "goal": 1, "met": b >= a, "runs": runs, "cores": THREADS, "note": note + spread}


def rows(runs):
    """What both took, and how good their maps are."""
    if not DFPREP.is_file():
        missing("no .build/release/dfprep; run `make build`")
    python = environment()
    subprocess.run([python, "-c", MAKE, BUILD], check=True)
    about = f"{machine()}, load average {os.getloadavg()[0]:.1f} at the start"
    result = []
    for work, description in WORKS.items():
        features = BUILD / f"{work}.npy"
        ours, peer = [], []
        for _ in range(runs):
            mine = measure([DFPREP, "map", features, "--perplexity", 30, "--iterations", ITERATIONS, "--threads", THREADS,
                            "--output", BUILD / "ours.npy", "--json"])
            ours.append({**mine, "seconds": json.loads(mine["output"])["seconds"]})
            theirs = measure([python, "-c", PEER, features, BUILD / "peer.npy", ITERATIONS, THREADS])
            peer.append({**theirs, "seconds": float(theirs["output"].split()[-1])})
        verdict = measure([python, "-c", REFEREE, features, BUILD / "ours.npy", BUILD / "peer.npy"])["output"].split()
        for figure, unit, note in [
                ("seconds", "s", "without reading, writing and imports"), ("cpu", "s CPU", "the whole process"),
                ("memory", "MiB peak", "the whole process")]:
            result.append(row(f"t-SNE of {description}", unit, [run[figure] for run in ours],
                              [run[figure] for run in peer], f"{about}; {note}", runs))
        result.append(row(f"t-SNE of {description}, divergence", "nats", [float(verdict[0])], [float(verdict[1])],
                          f"{about}; exact, of the last run's maps", 1))
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="of each, one after another in turn (default 5)")
    parser.add_argument("--write", action="store_true", help=f"writes {RESULTS.relative_to(ROOT)}")
    arguments = parser.parse_args()
    result = rows(arguments.runs)
    for entry in result:
        print("{work}: ours {ours}, {peer_name} {peer} {unit}, ratio {ratio}".format(**entry))
    if arguments.write:
        RESULTS.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in result) + "\n]\n")


if __name__ == "__main__":
    main()
