"""k-means: `dfprep cluster` beside faiss and scikit-learn, from the same centroids, for as many rounds."""
import json
import os
import subprocess
import sys
from pathlib import Path

import common
from common import CORES, DFPREP, HERE, ROOT, SCRATCH, environment, missing, row

ITERATIONS = 25
# rows, columns, clusters.
SIZES = [(200_000, 256, 100), (50_000, 1280, 20)]
KINDS = ["blobs", "patches"]
REFERENCE = "textbook, NumPy float64"
PEERS = {"faiss": "faiss-cpu 1.15", "lloyd": "scikit-learn 1.9 Lloyd", "elkan": "scikit-learn 1.9 Elkan"}
# How many times quicker than each; inertia may differ by what float32 holds.
GOALS = {"faiss": 2.0, "lloyd": 6.0, "elkan": 6.0}
INERTIA_GOAL = 0.99999


def pictures():
    """The folder of pictures that patches are cut from: genuine ones where they are, else the demo's."""
    folder = Path(os.environ.get("DFPREP_DATA", ROOT / "build/demo/media")).resolve()
    if not any(path.suffix.lower() in (".jpg", ".jpeg", ".png") for path in folder.rglob("*")):
        missing("no pictures: set DFPREP_DATA, or fetch the demo's as `make demo-media` does")
    return folder


def run(python, *arguments):
    done = subprocess.run([python, HERE / "peer.py", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        missing(f"peer.py {arguments[0]} failed\n{done.stderr}")
    return json.loads(done.stdout)


def ours(features, initial, clusters):
    return common.measure([
        DFPREP, "cluster", features, "--k", clusters, "--initial", initial, "--iterations", ITERATIONS, "--tolerance", 0,
        "--threads", CORES, "--output", SCRATCH / "ours", "--json"])


def measure_one(python, kind, size, runs, about):
    rows, columns, clusters = size
    features, initial = SCRATCH / "features.npy", SCRATCH / "initial.npy"
    source = pictures() if kind == "patches" else ""
    run(python, "make", kind, rows, columns, clusters, features, initial, source)
    ours(features, initial, clusters)  # warms the file cache
    results = {name: [] for name in ["ours", *PEERS]}
    for _ in range(runs):
        results["ours"].append(ours(features, initial, clusters))
        for peer in PEERS:
            results[peer].append(common.measure([
                python, HERE / "peer.py", "fit", peer, features, initial, ITERATIONS, CORES, SCRATCH / f"{peer}.npy"]))
    run(python, "fit", "textbook", features, initial, ITERATIONS, CORES, SCRATCH / "textbook.npy")
    mine, *others, textbook = run(python, "judge", features, SCRATCH / "ours/centroids.npy",
                                  *(SCRATCH / f"{peer}.npy" for peer in PEERS), SCRATCH / "textbook.npy")
    work = f"{kind} {rows:,} x {columns}, k = {clusters}"
    fitted = results["ours"][0]
    detail = (f"{about}; at most {ITERATIONS} rounds, ours {fitted['iterations']}"
              f"{' until nothing moved' if fitted['converged'] else ''}; rows not with their nearest centroid: "
              f"{mine['not_nearest']}")
    entries = []
    for (peer, name), other in zip(PEERS.items(), others):
        note = f"{detail}, peer {results[peer][0]['iterations']} rounds"
        mine_fit = [one["secondsClustering"] for one in results["ours"]]
        entries.append(row(work, mine_fit, [one["seconds"] for one in results[peer]], name, "s fit", GOALS[peer], note))
        for field, unit, goal in [("wall", "s whole command", GOALS[peer]), ("cpu", "s CPU, whole command", 1),
                                  ("memory", "MiB peak", 1)]:
            entries.append(row(work, [one[field] for one in results["ours"]], [one[field] for one in results[peer]], name,
                               unit, goal, note))
        entries.append(row(work, [mine["inertia"]], [other["inertia"]], name, "inertia", INERTIA_GOAL, note))
    entries.append(row(work, [mine["inertia"]], [textbook["inertia"]], REFERENCE, "inertia", INERTIA_GOAL, detail))
    print(f"{work}: done", file=sys.stderr)
    return entries


class Section:
    """One kind of features of one size."""

    def __init__(self, kind, size):
        self.kind, self.size = kind, size

    def measure(self, runs, about):
        return measure_one(environment(), self.kind, self.size, runs, about)


SECTIONS = {f"{kind}-{size[1]}": Section(kind, size) for kind in KINDS for size in SIZES}
