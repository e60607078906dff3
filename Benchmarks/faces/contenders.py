"""Those who do the work of run.py: `dfprep run`, and peer.py in an environment with its packages."""
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import harness  # noqa: E402
from harness import BUILD, DFPREP, ROOT, missing  # noqa: E402

SCRATCH = BUILD / "faces"
MODELS = ROOT / "models"
YUNET = MODELS / "face_detection_yunet_2023mar.onnx"
RESULTS = harness.RESULTS / "faces.json"
FRAMES = 32

STAGES = """stages:
  - decode: {{frames: {frames}, at: uniform}}
  - detect: {{model: yunet, score: 0.6, side: 640, boxes-from: {boxes}}}
  - track:  {{}}
  - crop:   {{margin: 1.3, size: 256, format: jpeg, quality: 95, chroma: 444}}
"""
HEADER = "version: 1\nname: faces\nseed: 17\ndatasets:\n  - {name: clips}\noutput: run\n"
PIPELINES = {
    "clips": HEADER + STAGES.format(frames=FRAMES, boxes="own"),
    "families": HEADER + STAGES.format(frames=FRAMES, boxes="original"),
}

MTCNN = ["av==18.1.0", "opencv-python-headless==4.11.0.86", "facenet-pytorch==2.6.0"]
MTCNN_VARIANTS = {
    1: ["--threads 1 --batch 16"],
    2: ["--processes 2 --threads 1 --batch 16", "--processes 1 --threads 2 --decoder-threads auto --batch 16"],
}
PEERS = {
    "yunet": {
        "name": "PyAV 18.1 + OpenCV 5.0 YuNet",
        "detector": "yunet",
        "packages": ["av==18.1.0", "opencv-python-headless==5.0.0.93"],
        "variants": {
            1: ["--threads 1"],
            2: ["--processes 1 --threads 2 --decoder-threads auto", "--processes 1 --threads 1 --decoder-threads auto",
                "--processes 2 --threads 1 --decoder-threads auto", "--processes 2 --threads 1"],
        },
    },
    "mtcnn": {
        "name": "PyAV 18.1 + facenet-pytorch 2.6 MTCNN", "detector": "mtcnn", "packages": MTCNN,
        "variants": {cores: [f"{one} --scale half" for one in variants] for cores, variants in MTCNN_VARIANTS.items()},
    },
    "mtcnn-640": {
        "name": "the same, pictures of 640 pixels", "detector": "mtcnn", "packages": MTCNN, "variants": MTCNN_VARIANTS,
    },
}


def environment(key):
    """The Python of a peer."""
    return harness.environment(PEERS[key]["detector"], PEERS[key]["packages"])


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

    def __init__(self, dataset, kind="clips"):
        (dataset / "faces.yaml").write_text(PIPELINES[kind])
        self.dataset = dataset
        self.store = SCRATCH / "store"

    def run(self, cores):
        for folder in [self.store, self.dataset / "run"]:
            shutil.rmtree(folder, ignore_errors=True)
        command = [DFPREP, "run", self.dataset / "faces.yaml", "--quiet", "--models", MODELS, "--store", self.store]
        # As far as the crops: the audit of shortcuts, which follows in every pipeline, has no counterpart in the peers.
        result = measure([*command, "--until", "crop", "--jobs", str(cores)], cores)
        stages = {}
        for manifest in self.store.glob("units/*/*/manifest.json"):
            for family in json.loads(manifest.read_text())["families"]:
                for stage, seconds in family["stageSeconds"].items():
                    stages[stage] = stages.get(stage, 0) + seconds
        result["stages"] = stages
        return result

    def faces(self):
        """Boxes of the last run by clip and presentation time: x, y, width, height."""
        samples = [line["sample"] for path in self.store.glob("units/*/*/samples.jsonl") for line in lines_of(path)]
        boxes = {(Path(sample["path"]).stem, sample["pts"]): sample["face"]["box"] for sample in samples}
        return {key: [box["x"], box["y"], box["width"], box["height"]] for key, box in boxes.items()}


class Peer:
    """peer.py with one detector, and of its variants the one that was quickest."""

    def __init__(self, key, python, dataset, cores):
        self.key, self.name = key, PEERS[key]["name"]
        self.output = SCRATCH / key
        self.command = [python, HERE / "peer.py", "--detector", PEERS[key]["detector"], "--model", YUNET, "--output",
                        self.output]
        self.clips = sorted(dataset.glob("real/*"))
        variants = PEERS[key]["variants"][cores]
        # The first run of all warms the file cache and Python's compiled modules.
        walls = {variant: self.run(cores, variant)["wall"] for variant in variants[:1] + variants}
        self.variant = min(walls, key=walls.get)

    def run(self, cores, variant=None):
        shutil.rmtree(self.output, ignore_errors=True)
        return measure([*self.command, *(variant or self.variant).split(), *self.clips], cores)

    def faces(self):
        return {(path.stem, line["pts"]): line["box"] for path in self.output.glob("*.jsonl") for line in lines_of(path)}


def make_dataset(clips, copies):
    """A folder of real clips, each so many times."""
    dataset = SCRATCH / f"dataset-{copies}"
    shutil.rmtree(dataset, ignore_errors=True)
    (dataset / "real").mkdir(parents=True)
    for clip in clips:
        for copy in range(copies):
            shutil.copy(clip, dataset / "real" / f"{clip.stem}-{copy}{clip.suffix}")
    (dataset / "datasets.toml").write_text('[clips]\nlayout = "folder"\nroot = "."\nlicense = "see the clips"\n')
    return dataset


def make_copies(clip, copies):
    """A part of DFDC: a clip, and so many copies of it that pass for its fakes."""
    dataset = SCRATCH / f"copies-{copies}"
    shutil.rmtree(dataset, ignore_errors=True)
    part = dataset / "dfdc_train_part_0"
    part.mkdir(parents=True)
    shutil.copy(clip, part / "original.mp4")
    metadata = {"original.mp4": {"label": "REAL", "split": "train"}}
    for copy in range(copies):
        shutil.copy(clip, part / f"fake{copy}.mp4")
        metadata[f"fake{copy}.mp4"] = {"label": "FAKE", "split": "train", "original": "original.mp4"}
    (part / "metadata.json").write_text(json.dumps(metadata))
    (dataset / "datasets.toml").write_text('[clips]\nlayout = "dfdc"\nroot = "."\nlicense = "see the clips"\n')
    return dataset


def make_families(root, fakes):
    """FaceForensics++ as it lies under `root`, in c40: the originals, with or without their fakes."""
    dataset = SCRATCH / f"families-{fakes}"
    shutil.rmtree(dataset, ignore_errors=True)
    (dataset / "original_sequences").mkdir(parents=True)
    (dataset / "original_sequences/youtube").symlink_to(root / "original_sequences/youtube")
    if fakes:
        (dataset / "manipulated_sequences").symlink_to(root / "manipulated_sequences")
    (dataset / "datasets.toml").write_text(
        '[clips]\nlayout = "faceforensics"\nroot = "."\nlicense = "see the clips"\ncompression = "c40"\n')
    return dataset
