#!/usr/bin/env python3
"""Faces out of videos: dfprep beside Python peers on the same clips, in the same run. See README.md.

Standard library alone; the peers run as peer.py in environments of their own under build/bench. Reports, and never
fails on speed; exit status 69 where dfprep, its model or the clips are missing.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build/bench"
SCRATCH = BUILD / "faces"
DFPREP = ROOT / ".build/release/dfprep"
MODELS = ROOT / "models"
YUNET = MODELS / "face_detection_yunet_2023mar.onnx"
RESULTS = HERE.parent / "results/faces.json"

GENUINE = ["dfdc/dfdc_train_part_10/widuwuoiur.mp4", "celeb-df-v2/Celeb-real/id0_0000.mp4"]
DEMO = ["WolfgangLanger_Pexels.mp4", "single_face.mp4"]
FRAMES = 32
# Cores lent, and copies of each clip: two workers with two unequal clips would measure the longer one.
SETTINGS = [(1, 1), (2, 2)]
# The least that dfprep's figures should be, in times of the peer's: no worse.
GOAL = 1.0

PIPELINE = f"""version: 1
name: faces
seed: 17
datasets:
  - {{name: clips}}
output: run
stages:
  - decode: {{frames: {FRAMES}, at: uniform}}
  - detect: {{model: yunet, score: 0.6, side: 640}}
  - track:  {{}}
  - crop:   {{margin: 1.3, size: 256, format: jpeg, quality: 95, chroma: 444}}
"""
DATASETS = '[clips]\nlayout = "folder"\nroot = "."\nlicense = "see the clips"\n'

PEERS = {
    "yunet": {
        "name": "PyAV 18.1 + OpenCV 5.0 YuNet",
        "packages": ["av==18.1.0", "opencv-python-headless==5.0.0.93"],
        "variants": {
            1: ["--threads 1"],
            2: ["--processes 1 --threads 2 --decoder-threads auto", "--processes 1 --threads 1 --decoder-threads auto",
                "--processes 2 --threads 1 --decoder-threads auto", "--processes 2 --threads 1"],
        },
    },
    "mtcnn": {
        "name": "PyAV 18.1 + facenet-pytorch 2.6 MTCNN",
        "packages": ["av==18.1.0", "opencv-python-headless==4.11.0.86", "facenet-pytorch==2.6.0"],
        "variants": {
            1: ["--threads 1 --batch 16"],
            2: ["--processes 2 --threads 1 --batch 16", "--processes 1 --threads 2 --decoder-threads auto --batch 16"],
        },
    },
}


def missing(what):
    print(f"bench-faces: {what}", file=sys.stderr)
    sys.exit(69)


def find_clips():
    """Genuine clips where all of them are there, else the demo's; and which."""
    data = Path(os.environ.get("DFPREP_DATA", ROOT / "data"))
    for folder, names, kind in [(data, GENUINE, "genuine clips"), (ROOT / "build/demo/media", DEMO, "the demo's clips")]:
        clips = [folder / name for name in names]
        if all(clip.is_file() for clip in clips):
            return clips, kind
    missing("no clips: set DFPREP_DATA, or fetch the demo's as `make demo-media` does")


def environment(peer):
    """The Python of a peer, made when its packages are not those asked for; None where they cannot be had."""
    folder, wanted = BUILD / peer, "\n".join(PEERS[peer]["packages"])
    python, stamp = folder / "bin/python", folder / "packages.txt"
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    print(f"bench-faces: fetching {', '.join(PEERS[peer]['packages'])} into build/bench/{peer}", file=sys.stderr)
    venv.create(folder, clear=True, with_pip=True)
    fetched = subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS[peer]["packages"]])
    if fetched.returncode != 0:
        print(f"bench-faces: left out: {PEERS[peer]['name']} (pip's messages above)", file=sys.stderr)
        return None
    stamp.write_text(wanted)
    return python


def measure(command, cores):
    """Runs a command on so many cores: wall and CPU seconds of it and its children, MiB of its largest process."""
    allowed = sorted(os.sched_getaffinity(0))[:cores]
    log = SCRATCH / "log"
    with open(log, "w") as errors, open(SCRATCH / "output", "w") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=SCRATCH, stdout=output, stderr=errors, preexec_fn=lambda: os.sched_setaffinity(0, allowed))
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        missing(f"exit status {process.returncode} of {' '.join(map(str, command))}\n{log.read_text()}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024}


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


class Ours:
    """`dfprep run` on a fresh store: process starts, manifests, tar packs, digests and the catalog included."""

    name = "dfprep run"

    def __init__(self, dataset):
        self.dataset = dataset
        self.store = SCRATCH / "store"

    def run(self, cores):
        for folder in [self.store, self.dataset / "run"]:
            shutil.rmtree(folder, ignore_errors=True)
        command = [DFPREP, "run", self.dataset / "faces.yaml", "--quiet", "--models", MODELS, "--store", self.store]
        result = measure([*command, "--jobs", str(cores)], cores)
        families = [family for manifest in self.store.glob("units/*/*/manifest.json")
                    for family in json.loads(manifest.read_text())["families"]]
        result["seconds"] = {Path(family["name"]).stem: family["seconds"] for family in families}
        return result

    def faces(self):
        """Boxes of the last run by clip and presentation time: x, y, width, height."""
        samples = [line["sample"] for path in self.store.glob("units/*/*/samples.jsonl") for line in lines_of(path)]
        boxes = {(Path(sample["path"]).stem, sample["pts"]): sample["face"]["box"] for sample in samples}
        return {key: [box["x"], box["y"], box["width"], box["height"]] for key, box in boxes.items()}


class Peer:
    """peer.py with one detector, and of its variants the one that was quickest."""

    def __init__(self, detector, python, dataset, cores):
        self.name = PEERS[detector]["name"]
        self.output = SCRATCH / detector
        self.command = [python, HERE / "peer.py", "--detector", detector, "--model", YUNET, "--output", self.output]
        self.clips = sorted(dataset.glob("real/*"))
        variants = PEERS[detector]["variants"][cores]
        # The first run of all warms the file cache and Python's compiled modules.
        walls = {variant: self.run(cores, variant)["wall"] for variant in variants[:1] + variants}
        self.variant = min(walls, key=walls.get)

    def run(self, cores, variant=None):
        shutil.rmtree(self.output, ignore_errors=True)
        result = measure([*self.command, *(variant or self.variant).split(), *self.clips], cores)
        result["seconds"] = json.loads((SCRATCH / "output").read_text())
        return result

    def faces(self):
        return {(path.stem, line["pts"]): line["box"] for path in self.output.glob("*.jsonl") for line in lines_of(path)}


def overlap(one, other):
    """Intersection over union of two boxes."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def make_dataset(clips, copies):
    dataset = SCRATCH / f"dataset-{copies}"
    (dataset / "real").mkdir(parents=True)
    for clip in clips:
        for copy in range(copies):
            shutil.copy(clip, dataset / "real" / f"{clip.stem}-{copy}{clip.suffix}")
    (dataset / "faces.yaml").write_text(PIPELINE)
    (dataset / "datasets.toml").write_text(DATASETS)
    return dataset


def machine():
    models = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return f"{len(os.sched_getaffinity(0))} cores, {models[0] if models else os.uname().machine}"


def row(work, ours, peer, peer_name, unit, cores, runs, note, more_is_better=False):
    """One entry of the results; `ours` and `peer` are the figures of every run."""
    a, b = statistics.median(ours), statistics.median(peer)
    ratio = a / b if more_is_better else b / a
    spread = f"ours {min(ours):.3g} to {max(ours):.3g}, peer {min(peer):.3g} to {max(peer):.3g}"
    return {
        "work": work, "ours": round(a, 3), "peer": round(b, 3), "peer_name": peer_name, "unit": unit,
        "ratio": round(ratio, 3), "goal": GOAL, "met": round(ratio, 3) >= GOAL, "runs": runs, "cores": cores,
        "note": f"{note}; {spread}" if runs > 1 else note}


def compare(ours, peer, ours_runs, peer_runs, clips, copies, cores, about):
    """The entries of one peer at one number of cores."""
    runs = len(ours_runs)
    work = f"{len(clips) * copies} clips, whole command"
    tuned = f"{about}; peer: {peer.variant}"
    rows = []
    for figure, unit, what in [
        ("wall", "s wall", "processes started and ended"), ("cpu", "s CPU", "user and system, all processes"),
        ("memory", "MiB peak", "largest single process"),
    ]:
        rows.append(row(work, [run[figure] for run in ours_runs], [run[figure] for run in peer_runs], peer.name, unit,
                        cores, runs, f"{tuned}; {what}"))
    for clip in clips:
        names = [f"{clip.stem}-{copy}" for copy in range(copies)]
        seconds = [[statistics.mean(run["seconds"][name] for name in names) for run in side]
                   for side in (ours_runs, peer_runs)]
        rows.append(row(f"one clip, {clip.name}", *seconds, peer.name, "s wall", cores, runs,
                        f"{tuned}; ours with the source's digest and, as the first clip of its worker, OpenCV's and the "
                        "weights' loading; the peer's without"))
    found, peers = ours.faces(), peer.faces()
    same = [overlap(found[key], peers[key]) for key in found.keys() & peers.keys()]
    agreed = sum(value >= 0.5 for value in same)
    rows.append(row(
        "frames with a face", [len(found)], [len(peers)], peer.name, f"of {len(clips) * copies * FRAMES} frames",
        cores, 1, f"{about}; found by both {len(same)}, the same box (overlap of 0.5 or more) in {agreed}, median "
        f"overlap {statistics.median(same or [0]):.3f}", more_is_better=True))
    return rows


def show(rows):
    columns = ["work", "cores", "unit", "ours", "peer", "ratio", "goal", "met", "peer_name"]
    table = [columns] + [["yes" if row[c] is True else "no" if row[c] is False else str(row[c]) for c in columns]
                         for row in rows]
    widths = [max(len(line[column]) for line in table) for column in range(len(columns))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="of each, one after another in turn (default 5)")
    parser.add_argument("--without", nargs="*", default=[], choices=list(PEERS), help="peers to leave out")
    parser.add_argument("--results", type=Path, default=RESULTS, help="file to write")
    arguments = parser.parse_args()

    clips, kind = find_clips()
    for path in [DFPREP, YUNET]:
        if not path.is_file():
            missing(f"no {path.relative_to(ROOT)}; run `make build`")
    pythons = {peer: environment(peer) for peer in PEERS if peer not in arguments.without}
    shutil.rmtree(SCRATCH, ignore_errors=True)
    SCRATCH.mkdir(parents=True)

    rows, load = [], os.getloadavg()[0]
    for cores, copies in SETTINGS:
        if cores > len(os.sched_getaffinity(0)):
            continue
        dataset = make_dataset(clips, copies)
        ours = Ours(dataset)
        ours.run(cores)  # warms the file cache
        peers = [Peer(name, python, dataset, cores) for name, python in pythons.items() if python]
        contenders = [ours, *peers]
        results = {contender: [] for contender in contenders}
        for _ in range(arguments.runs):
            for contender in contenders:
                results[contender].append(contender.run(cores))
        about = f"{machine()}, load average {load:.1f} at the start; {kind}"
        for peer in peers:
            rows += compare(ours, peer, results[ours], results[peer], clips, copies, cores, about)

    show(rows)
    arguments.results.parent.mkdir(parents=True, exist_ok=True)
    arguments.results.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    shutil.rmtree(SCRATCH)


if __name__ == "__main__":
    main()
