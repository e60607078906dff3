"""t-SNE: `dfprep map` beside openTSNE, on the same features, in the same run.

Both are given perplexity 30, 750 rounds (250 of them exaggerated) and the same number of threads. The divergence of both
maps is worked out by the same lines, from exact neighbours and all pairs of points.
"""
import json
import subprocess

import harness
from common import CORES, DFPREP, SCRATCH

PACKAGES = ["openTSNE==1.0.4", "numpy", "scikit-learn"]
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


def row(work, ours, peer, unit, note):
    return harness.row(work, ours, peer, "openTSNE 1.0.4", unit, 1, note, CORES, digits=4)


def measure(runs, about):
    """What both took, and how good their maps are."""
    python = harness.environment("tsne", PACKAGES)
    subprocess.run([python, "-c", MAKE, SCRATCH], check=True)
    result = []
    for work, description in WORKS.items():
        features = SCRATCH / f"{work}.npy"
        ours, peer = [], []
        for _ in range(runs):
            mine = harness.measure([DFPREP, "map", features, "--perplexity", 30, "--iterations", ITERATIONS, "--threads",
                                    CORES, "--output", SCRATCH / "ours.npy", "--json"], CORES)
            ours.append({**mine, "seconds": json.loads(mine["output"])["seconds"]})
            theirs = harness.measure([python, "-c", PEER, features, SCRATCH / "peer.npy", ITERATIONS, CORES], CORES)
            peer.append({**theirs, "seconds": float(theirs["output"].split()[-1])})
        maps = [SCRATCH / "ours.npy", SCRATCH / "peer.npy"]
        verdict = harness.measure([python, "-c", REFEREE, features, *maps], CORES)["output"].split()
        for figure, unit, note in [
                ("seconds", "s", "without reading, writing and imports"), ("cpu", "s CPU", "the whole process"),
                ("memory", "MiB peak", "the whole process")]:
            result.append(row(f"t-SNE of {description}", [run[figure] for run in ours], [run[figure] for run in peer], unit,
                              f"{about}; {note}"))
        result.append(row(f"t-SNE of {description}, divergence", [float(verdict[0])], [float(verdict[1])], "nats",
                          f"{about}; exact, of the last run's maps"))
    return result
