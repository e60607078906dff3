#!/usr/bin/env python3
"""Holds dfprep's face detectors side by side: what they find, what they find that is no face, and what it costs.

Runs `dfprep run` once per detector over the clips and photographs in DFPREP_DATA (else the demo's), reads the boxes out of
the units' records, prints the tables of docs/detectors.md, and writes them there with --write. Needs `make build`.
"""
import argparse
import collections
import datetime
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import harness  # noqa: E402
from harness import DFPREP, ROOT, missing  # noqa: E402

BUILD = harness.BUILD / "detectors"
PAGE = ROOT / "docs/detectors.md"
RESULTS = harness.RESULTS / "detectors.json"

CLIPS = {
    "DFDC": ["dfdc/*/*.mp4"],
    "Celeb-DF": ["celeb-df-v2/*/*.mp4"],
    "FaceForensics++": ["ffpp/original_sequences/youtube/c40/videos/*.mp4"],
    "DFD": ["ffpp/original_sequences/actors/c40/videos/*.mp4"],
    "in the wild": ["wild/*.mp4"],
}
# Faces counted by eye, see the manifest of the media.
COUNTED = {"dogs.jpg": 0, "multiface.jpg": 6, "obama_partial_face.jpg": 1, "two_people.jpg": 2, "ul_2.jpg": 4,
           "ul_20.jpg": 10}
# Name in the tables: options of `detect`, and the score that the table holds it at.
DETECTORS = {
    "yunet": ({"model": "yunet"}, 0.6),
    "mtcnn": ({"model": "mtcnn"}, 0.7),
    "centerface": ({"model": "centerface"}, 0.5),
    "blazeface": ({"model": "blazeface"}, 0.6),
    "haar": ({"model": "haar"}, 0.6),
    "yunet, side 320": ({"model": "yunet", "side": 320}, 0.6),
    "yunet, side 1280": ({"model": "yunet", "side": 1280}, 0.6),
    "yunet, dfdc-winner": ({"model": "yunet", "scale": "dfdc-winner"}, 0.6),
    "mtcnn, dfdc-winner": ({"model": "mtcnn", "scale": "dfdc-winner"}, 0.7),
}
VOTERS = ["yunet", "mtcnn", "centerface", "blazeface", "haar"]
LEAST_SCORE = 0.3
THRESHOLDS = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
PIPELINE = """version: 1
name: detectors
seed: 1
datasets:
  - {{name: media}}
output: run
stages:
  - decode: {{frames: {frames}, at: uniform}}
  - detect: {options}
  - track:  {{overlap: 1, max-shift: 0, max-gap: 0, scene-cut: 0, interpolate: false, min-frames: 1}}
  - crop:   {{faces: all, size: 16}}
"""


def overlap(a, b):
    """Intersection over union of two boxes: x, y, width, height."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0
    return wide * high / (a[2] * a[3] + b[2] * b[3] - wide * high)


def make_media(data):
    """Links of what is looked at, named GROUP--FILE, below `real/` of a folder that is a dataset."""
    folder = BUILD / "media"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "real").mkdir(parents=True)

    def take(group, paths):
        for path in paths:
            (folder / "real" / f"{group}--{path.parent.name}--{path.name}").symlink_to(path.resolve())

    if data:
        for group, globs in CLIPS.items():
            take(group, sorted(path for glob in globs for path in data.glob(glob)))
        take("boxes", sorted((data / "photos_with_boxes").glob("*.jpg")))
        take("counted", [data / "photos_counted" / name for name in COUNTED])
    else:
        demo = ROOT / "build/demo/media"
        take("demo", sorted([*demo.glob("*.mp4"), *demo.glob("*.jpg"), *demo.glob("*.png")]))
    if not any((folder / "real").iterdir()):
        missing("no media: set DFPREP_DATA, or `make demo-media`")
    (folder / "datasets.toml").write_text('[media]\nlayout = "folder"\nroot = "."\nlicense = "see the media"\n')
    return folder


def detect(folder, options, frames):
    """All boxes by (file, time): score, x, y, width, height, landmarks; every frame; CPU milliseconds a frame by file."""
    store = BUILD / "store"
    for old in [store, folder / "run"]:
        shutil.rmtree(old, ignore_errors=True)
    wanted = {"score": LEAST_SCORE, "min-face": 0} | options
    flow = ", ".join(f"{key}: {value}" for key, value in wanted.items())
    (folder / "detectors.yaml").write_text(PIPELINE.format(frames=frames, options="{" + flow + "}"))
    done = subprocess.run([DFPREP, "run", folder / "detectors.yaml", "--quiet", "--jobs", "1", "--store", store,
                           "--models", ROOT / "models"], capture_output=True, text=True)
    if done.returncode != 0:
        missing(f"exit status {done.returncode} with {flow}\n{done.stderr}")
    boxes, counts, milliseconds = collections.defaultdict(list), {}, {}
    for path in store.glob("units/*/*/samples.jsonl"):
        for line in path.read_text().splitlines():
            sample = json.loads(line)["sample"]
            face, box = sample["face"], sample["face"]["box"]
            boxes[Path(sample["path"]).name, sample["pts"]].append(
                [face["score"], box["x"], box["y"], box["width"], box["height"], len(face["landmarks"])])
    for path in store.glob("units/*/*/manifest.json"):
        for family in json.loads(path.read_text())["families"]:
            name = Path(family["name"]).name
            counts[name] = family["counts"]["detect"]["input"]
            milliseconds[name] = 1000 * family["stageSeconds"]["detect"] / max(1, counts[name])
    return boxes, counts, milliseconds


def agreed(found):
    """By frame, the boxes that at least three of the voting detectors see, each the median of theirs."""
    truth = {}
    for frame in sorted({key for voter in VOTERS for key in found[voter]}):
        groups = []
        for voter in VOTERS:
            for box in (box[1:5] for box in found[voter].get(frame, []) if box[0] >= DETECTORS[voter][1]):
                fitting = [group for group in groups if overlap(group[0][1], box) >= 0.25]
                (fitting[0] if fitting else groups.append([]) or groups[-1]).append((voter, box))
        faces = [group for group in groups if len({voter for voter, _ in group}) >= 3]
        truth[frame] = [[statistics.median(box[side] for _, box in group) for side in range(4)] for group in faces]
    return truth


def score(boxes, truth, threshold):
    """Faces of the truth that were found, all of them, boxes on none of them."""
    hits = total = extra = 0
    for frame, faces in truth.items():
        seen = [box[1:5] for box in boxes.get(frame, []) if box[0] >= threshold]
        hits += sum(any(overlap(face, box) >= 0.25 for box in seen) for face in faces)
        total += len(faces)
        extra += sum(all(overlap(face, box) < 0.25 for face in faces) for box in seen)
    return hits, total, extra


def annotated(data):
    """The boxes of the annotated photos, in the file beside them."""
    truth, frame = {}, None
    for line in (data / "photos_with_boxes/training.xml").read_text(encoding="latin-1").splitlines():
        if image := re.search(r"<image file='([^']+)'", line):
            frame = (f"boxes--photos_with_boxes--{image[1]}", 0)
            truth[frame] = []
        if box := re.search(r"<box top='(\d+)' left='(\d+)' width='(\d+)' height='(\d+)'", line):
            truth[frame].append([int(box[2]), int(box[1]), int(box[3]), int(box[4])])
    return truth


def table(head, rows):
    return "\n".join(["| " + " | ".join(map(str, head)) + " |", "|" + "---|" * len(head),
                      *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)])


def processor():
    try:
        return re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        return platform.processor() or "unknown processor"


def write_figures(name, text):
    """Puts the text between the marks of that name in docs/detectors.md."""
    page = PAGE.read_text()
    begin, end = f"<!-- begin {name} -->\n", f"\n<!-- end {name} -->"
    PAGE.write_text(page.partition(begin)[0] + begin + text + end + page.partition(end)[2])


def beside_default(results):
    """The default beside each other detector, as rows of results: milliseconds, and faces found."""
    ours, rows = results["yunet"], []
    for name, other in results.items():
        if name == "yunet":
            continue
        note = (f"one core, median over clips; found {ours['hits']} and {other['hits']} of {ours['of']} agreed faces, "
                f"{ours['false']} and {other['false']} other boxes")
        for unit, a, b, ratio in [
            ("CPU ms a frame", ours["cpuMilliseconds"], other["cpuMilliseconds"],
             round(other["cpuMilliseconds"] / ours["cpuMilliseconds"], 3)),
            ("faces found", ours["hits"], other["hits"], round(ours["hits"] / other["hits"], 3)),
        ]:
            rows.append({"work": "faces of clips, yunet", "ours": a, "peer": b, "peer_name": name, "unit": unit,
                         "ratio": ratio, "goal": 1, "met": ratio >= 1, "runs": 1, "cores": 1, "note": note})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=8, help="frames of each clip (8)")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/detectors.md and results")
    parser.add_argument("--facenet", metavar="PYTHON", help="a Python with facenet-pytorch: compare MTCNN with it")
    arguments = parser.parse_args()
    if not DFPREP.exists():
        missing("no .build/release/dfprep: `make build`")
    data = os.environ.get("DFPREP_DATA")
    data = Path(data).resolve() if data else None
    folder = make_media(data)

    found, milliseconds, frames = {}, {}, {}
    for name, (options, _) in DETECTORS.items():
        found[name], frames, milliseconds[name] = detect(folder, options, arguments.frames)
        print(f"detectors: {name} done", file=sys.stderr)

    photos = {"boxes", "counted"}
    clips = {name for name in frames if name.split("--")[0] not in photos}
    truth = {key: faces for key, faces in agreed(found).items() if key[0] in clips}
    boxed = annotated(data) if data else {}
    rows, results = [], {}
    for name, (_, threshold) in DETECTORS.items():
        boxes = found[name]
        hits, total, extra = score(boxes, truth, threshold)
        with_face = sum(any(box[0] >= threshold for box in boxes.get(key, [])) for key in truth if truth[key])
        photo = score(boxes, boxed, threshold)
        counts = [sum(box[0] >= threshold for box in boxes.get((f"counted--photos_counted--{file}", 0), []))
                  for file in COUNTED] if data else []
        cost = statistics.median(value for file, value in milliseconds[name].items() if file in clips)
        landmarks = {box[5] for faces in boxes.values() for box in faces}
        row = {"score": threshold, "hits": hits, "of": total, "false": extra, "framesWithFace": with_face,
               "photoHits": photo[0], "photoOf": photo[1], "photoFalse": photo[2], "counts": counts,
               "cpuMilliseconds": round(cost, 1), "landmarks": max(landmarks, default=0)}
        results[name] = row
        rows.append([name, threshold, f"{hits} of {total}", extra, f"{photo[0]} of {photo[1]}, {photo[2]}",
                     " ".join(map(str, counts)), row["landmarks"] or "none", row["cpuMilliseconds"]])
    head = ["detector", "least score", "faces found", "others", "annotated found, others", "counted", "landmarks",
            "CPU ms a frame"]
    groups = [group for group in dict.fromkeys(key[0].split("--")[0] for key in sorted(truth))]
    by_group = []
    for name in VOTERS:
        cells = [score(found[name], {key: value for key, value in truth.items() if key[0].startswith(group + "--")},
                       DETECTORS[name][1]) for group in groups]
        by_group.append([name, *(f"{hits} of {total}, {extra}" for hits, total, extra in cells)])
    by_score = []
    for name in VOTERS:
        cells = [score(found[name], truth, threshold) for threshold in THRESHOLDS]
        by_score.append([name, *(f"{hits}, {extra}" for hits, _, extra in cells)])
    text = "\n\n".join([
        f"{datetime.date.today()}, {processor()}, one core; {len(clips)} clips, "
        f"{sum(frames[name] for name in clips)} frames, {sum(len(faces) for faces in truth.values())} agreed faces. "
        f"`{'DFPREP_DATA=... ' if data else ''}python3 Benchmarks/detectors/run.py --write`.",
        table(head, rows),
        "By kind of clip, agreed faces found and other boxes:",
        table(["detector", *groups], by_group),
        "By least score, agreed faces found and other boxes:",
        table(["detector", *THRESHOLDS], by_score),
    ])
    if arguments.facenet:
        comparison = facenet(arguments.facenet, folder, photos if data else {"demo"})
        text += "\n\n" + comparison
    print(text)
    if arguments.write:
        write_figures("figures", text)
        RESULTS.write_text("[\n" + ",\n".join(json.dumps(row) for row in beside_default(results)) + "\n]\n")


REFERENCE = """
import json, sys, time, numpy, torch
from facenet_pytorch import MTCNN
from PIL import Image
torch.set_num_threads(1)
detector, answer = MTCNN(keep_all=True), {}
for path in sys.argv[1:]:
    picture = numpy.array(Image.open(path).convert("RGB"))
    detector.detect(picture)
    start = time.process_time()
    boxes, scores = detector.detect(picture)
    answer[path] = [time.process_time() - start, [] if boxes is None else [
        [float(score), *map(float, box)] for score, box in zip(scores, boxes)]]
print(json.dumps(answer))
"""


def facenet(python, folder, groups):
    """One sentence: how far dfprep's MTCNN is from facenet-pytorch's on the photographs, at their own size."""
    boxes, _, cost = detect(folder, {"model": "mtcnn", "score": 0.7, "side": 4096}, 1)
    paths = [path for path in sorted((folder / "real").iterdir())
             if path.name.split("--")[0] in groups and path.suffix != ".mp4"]
    done = subprocess.run([python, "-c", REFERENCE, *paths], capture_output=True, text=True)
    if done.returncode != 0:
        missing(f"{python} cannot run facenet-pytorch\n{done.stderr}")
    count = pixels = scores = unequal = seconds = 0
    for path, (spent, faces) in json.loads(done.stdout).items():
        ours = boxes.get((Path(path).name, 0), [])
        unequal += len(ours) != len(faces)
        seconds += spent
        for value, *corners in faces:
            pairs = [(max(abs(a - b) for a, b in zip(corners, [x, y, x + wide, y + high])), abs(value - other))
                     for other, x, y, wide, high, _ in ours]
            nearest = min(pairs, default=(float("inf"), 1))
            count, pixels, scores = count + 1, max(pixels, nearest[0]), max(scores, nearest[1])
    spent = sum(cost[path.name] for path in paths) / 1000
    return (f"Beside facenet-pytorch's MTCNN, `--facenet`: {count} faces in {len(paths)} photographs at their own size, "
            f"{unequal} photographs with another number of faces; corners differ by at most {pixels:.2g} pixels, scores by "
            f"{scores:.2g}; {spent:.2f} CPU seconds, facenet-pytorch {seconds:.2f} (its second look at each).")


if __name__ == "__main__":
    main()
