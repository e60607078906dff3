#!/usr/bin/env python3
"""What `detect: {every: k}` costs in boxes and saves in time: the faces between looks are interpolated by `track`.

Runs `dfprep run` over the clips of run.py at every k, holds each frame's largest face against that of `every: 1`, prints the
table of docs/detectors.md and writes it there with --write. Needs `make build`.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
from pathlib import Path

from run import BUILD, DFPREP, ROOT, make_media, missing, overlap, table, write_figures

INTERVALS = [1, 2, 4, 8]
STRIDE = 2
PIPELINE = """version: 1
name: interval
seed: 1
datasets:
  - {{name: media}}
output: run
stages:
  - decode: {{at: stride, stride: {stride}}}
  - detect: {{every: {every}}}
  - track:  {{}}
  - crop:   {{size: 16}}
"""


def largest_faces(folder, every):
    """Box and origin of the face of each (file, time), and CPU seconds of `detect`."""
    store = BUILD / "store"
    for old in [store, folder / "run"]:
        shutil.rmtree(old, ignore_errors=True)
    (folder / "interval.yaml").write_text(PIPELINE.format(stride=STRIDE, every=every))
    done = subprocess.run([DFPREP, "run", folder / "interval.yaml", "--quiet", "--jobs", "1", "--store", store,
                           "--models", ROOT / "models"], capture_output=True, text=True)
    if done.returncode != 0:
        missing(f"exit status {done.returncode} with every: {every}\n{done.stderr}")
    faces, seconds = {}, 0
    for path in store.glob("units/*/*/samples.jsonl"):
        for line in path.read_text().splitlines():
            sample = json.loads(line)["sample"]
            box = sample["face"]["box"]
            faces[Path(sample["path"]).name, sample["pts"]] = (
                sample["face"]["origin"], [box["x"], box["y"], box["width"], box["height"]])
    for path in store.glob("units/*/*/manifest.json"):
        for family in json.loads(path.read_text())["families"]:
            seconds += family["stageSeconds"]["detect"]
    return faces, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into docs/detectors.md")
    arguments = parser.parse_args()
    if not DFPREP.exists():
        missing("no .build/release/dfprep: `make build`")
    data = os.environ.get("DFPREP_DATA")
    folder = make_media(Path(data).resolve() if data else None)
    for picture in (folder / "real").iterdir():
        if picture.suffix.lower() in {".jpg", ".jpeg", ".png"}:
            picture.unlink()
    reference, full = largest_faces(folder, 1)
    rows = [[1, len(reference), 0, "", "", "", "1.00"]]
    for every in INTERVALS[1:]:
        faces, seconds = largest_faces(folder, every)
        overlaps = sorted(overlap(faces[key][1], reference[key][1]) for key in faces.keys() & reference.keys()
                          if faces[key][0] == "interpolated")
        rows.append([
            every, len(faces), len(reference.keys() - faces.keys()), f"{statistics.median(overlaps):.3f}",
            f"{overlaps[len(overlaps) // 20]:.3f}", f"{sum(value >= 0.8 for value in overlaps) / len(overlaps):.1%}",
            f"{seconds / full:.2f}"])
    text = "\n\n".join([
        f"Every {STRIDE}nd frame of {len({key[0] for key in reference})} clips, `python3 Benchmarks/detectors/interval.py --write`.",
        table(["every", "frames with a face", "frames that lost it", "overlap of what was interpolated: median", "5 %",
               "of 0.8 and more", "CPU time of `detect`"], rows)])
    print(text)
    if arguments.write:
        write_figures("interval", text)


if __name__ == "__main__":
    main()
