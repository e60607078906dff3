"""Places and peers of this benchmark; the rest is what all share, ../harness.py."""
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import harness  # noqa: E402
from harness import BUILD, DFPREP, ROOT, missing, run_sections  # noqa: E402, F401

SCRATCH = BUILD / "clustering-features"
RESULTS = harness.RESULTS / "clustering.json"
PEERS = ["faiss-cpu==1.15.1", "numpy==2.4.6", "Pillow==13.0.0", "scikit-learn==1.9.1"]
CORES = 2


def environment():
    """The Python that has the peers of k-means."""
    return harness.environment("clustering", PEERS)


def measure(command):
    """``harness.measure`` on as many cores as libraries are told to use, with the JSON that the command printed."""
    measured = harness.measure(command, CORES, variables={"OMP_NUM_THREADS": str(CORES)})
    return {**measured, **json.loads(measured["output"])}


def row(work, ours, peer, peer_name, unit, goal, note):
    """One entry of the results; of an inertia every digit that float32 holds."""
    return harness.row(work, ours, peer, peer_name, unit, goal, note, CORES, digits=6 if unit == "inertia" else 3)
