#!/usr/bin/env python3
"""Trains networks, and takes their features, from WebDataset shards, with dfprep and with PyTorch, webdataset and timm.

Writes Benchmarks/results/training.json. Needs `make build` and the demo's photographs. README.md beside this file says what is the
same on both sides and what is not.
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import harness

HERE = Path(__file__).resolve().parent
OURS = harness.ROOT / ".build/release/dfprep-training-benchmark"
SCRATCH = harness.BUILD / "training-shards"
PACKAGES = ["torch==2.13.0", "torchvision==0.28.0", "timm==1.0.31", "webdataset==1.0.2", "pillow==12.3.0"]
# Mode, dfprep's and timm's name, side, batch, measured steps, steps before them.
WORK = {
    "train-lite0-128": ("train", "efficientnet-lite0", "efficientnet_lite0", 128, 32, 12, 3),
    "train-lite0-224": ("train", "efficientnet-lite0", "efficientnet_lite0", 224, 32, 5, 2),
    "train-resnet50-64": ("train", "resnet50", "resnet50", 64, 32, 12, 3),
    "features-lite0-128": ("features", "efficientnet-lite0", "efficientnet_lite0", 128, 32, 30, 3),
    "features-lite0-224": ("features", "efficientnet-lite0", "efficientnet_lite0", 224, 32, 10, 2),
    "features-resnet50-64": ("features", "resnet50", "resnet50", 64, 32, 30, 3),
}
GOAL = 1.3
# Processes of the peer's loader: with one, its network waits for less than a twentieth of the time.
WORKERS = 1


def entries(work, arguments, where):
    mode, ours_name, peer_name, side, batch, steps, warm_up = work
    python = harness.environment("training", PACKAGES)
    shards = sorted(SCRATCH.glob("*.tar"))
    if not shards:
        photographs = sorted((harness.ROOT / "build/demo/media").glob("*.jpg"))
        if not photographs:
            harness.missing("no photographs in build/demo/media; run `make demo-media`")
        harness.measure([python, HERE / "shards.py", SCRATCH, 1024, *photographs])
        shards = sorted(SCRATCH.glob("*.tar"))
    commands = {
        "ours": [OURS, mode, ours_name, side, batch, steps, warm_up, *shards],
        "peer": [python, HERE / "peer.py", mode, peer_name, side, batch, steps, warm_up, arguments.workers, *shards],
    }
    found = {name: [] for name in commands}
    for _ in range(arguments.runs):
        for name, command in commands.items():
            run = harness.measure(command, cores=2)
            found[name].append({**json.loads(run["output"].splitlines()[-1]), "memory": run["memory"]})
            print(name, peer_name, side, found[name][-1], file=sys.stderr)

    def of(name, key, change=lambda value: value):
        return [change(run[key]) for run in found[name]]

    what = f"{mode}: {peer_name} at {side}, batch {batch}"
    note = f"two threads, {where}; {arguments.workers} loader processes of the peer's"
    return [
        harness.row(what, of("ours", "imagesPerSecond", lambda value: 1000 / value),
                    of("peer", "imagesPerSecond", lambda value: 1000 / value), "PyTorch 2.13, webdataset, timm",
                    "ms an image", GOAL, note, cores=2),
        harness.row(what, of("ours", "memory"), of("peer", "memory"), "PyTorch 2.13, webdataset, timm", "MiB at most", 1,
                    "one process each; those of the peer's loader are not counted", cores=2),
    ]


if __name__ == "__main__":
    harness.run_sections(
        WORK, __doc__, harness.RESULTS / "training.json", SCRATCH,
        lambda parser: parser.add_argument("--workers", type=int, default=WORKERS, help="of the peer's loader"), entries)
