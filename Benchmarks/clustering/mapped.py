"""k-means over a file larger than the memory that it may take."""
import common
from common import CORES, DFPREP, SCRATCH, environment, row
from kmeans import run

ROWS, COLUMNS, CLUSTERS = 5_000_000, 256, 100
LIMIT_MIB = 1000
WAYS = {
    "mini-batch": ["--algorithm", "mini-batch", "--starts", 1],
    "Lloyd, 3 rounds": ["--iterations", 3, "--tolerance", 0, "--starts", 1],
}


def measure(runs, about):
    python = environment()
    features, initial = SCRATCH / "features.npy", SCRATCH / "initial.npy"
    run(python, "make", "blobs", ROWS, COLUMNS, CLUSTERS, features, initial)
    work = f"blobs {ROWS:,} x {COLUMNS} in a file, k = {CLUSTERS}"
    ways = {name: [DFPREP, "cluster", features, "--k", CLUSTERS, *options] for name, options in WAYS.items()}
    ways["assigning"] = [DFPREP, "cluster", features, "--nearest-to", SCRATCH / "ours/centroids.npy"]
    entries = []
    for name, command in ways.items():
        results = [common.measure([*command, "--threads", CORES, "--output", SCRATCH / "ours", "--json"]) for _ in range(runs)]
        first = results[0]
        figures = f", inertia {first['inertia']:.6g} after {first['iterations']} rounds" if "inertia" in first else ""
        seconds = ", ".join(f"{one['wall']:.1f}" for one in results)
        entries.append(row(
            f"{work}: {name}", [one["memory"] for one in results], [LIMIT_MIB], "limit", "MiB peak", 1,
            f"{about}; file of {features.stat().st_size / 1e9:.1f} GB; whole command {seconds} s{figures}"))
    features.unlink()
    return entries
