"""Arm (vi): a detector that sees no picture, only measures of it. What it tells of the unseen domain is no forgery."""
import glob
import json
import tarfile
from functools import lru_cache

import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import pipelines

MEASURES = ["facePixels", "upscale", "sharpness", "brightness", "contrast", "blockiness", "cutShare", "yawDegrees",
            "pitchDegrees", "rollDegrees"]


@lru_cache(maxsize=None)
def records(folder):
    """Of every sample in the shards of a run: key, role, label, measures."""
    found = {}
    for path in sorted(glob.glob(f"{folder}/*.tar")):
        with tarfile.open(path) as tar:
            for member in tar:
                if member.name.endswith(".json"):
                    record = json.load(tar.extractfile(member))
                    found[record["key"]] = record
    return found


def measures(record):
    quality = record["quality"]
    # Sizes and sharpness spread over orders of magnitude.
    row = [float(quality.get(name) or 0) for name in MEASURES]
    return [numpy.log1p(abs(value)) if name in ("facePixels", "upscale", "sharpness") else value
            for name, value in zip(MEASURES, row)] + [record["face"]["score"]]


def columns(cell):
    found = records(cell.folder / "conventional-0/run/shards")
    table = cell.table("conventional-0", f"{pipelines.ARM}-scores")
    rows = table.unseen()
    training = [record for record in found.values() if record["role"] == "train"]
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, class_weight="balanced"))
    model.fit([measures(record) for record in training], [record["label"] for record in training])
    return rows, [model.predict_proba([measures(found[row["key"]]) for row in rows])[:, 1]]
