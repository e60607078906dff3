"""A run's folder of any size, as `dfprep run` leaves it, without running anything: what `dfprep report` reads.

Values are drawn, pictures are fractals made by ffmpeg; sizes, names and the number of facts are those of a real run.
"""
import hashlib
import json
import math
import random
import subprocess
from pathlib import Path

DIGEST = "0" * 64
METHODS = ["face-swap", "reenactment", "lip-sync", "neural-textures", "text-to-face", "self-blend"]
CLUSTERS = 8
FRAMES = 10
FAKES = 3


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def stage(name, grain, before, after, options, dropped=None, fakes=None):
    counts = {"input": before, "output": after, "dropped": dropped or {}, "droppedFakes": fakes or {}, "failed": {},
              "quarantined": {}}
    record = {"id": name, "name": name, "grain": grain, "fingerprint": DIGEST, "state": "new", "counts": counts,
              "seconds": 60.0, "summary": []}
    return record, {"id": name, "name": name, "options": options}


def product(folder, kind, name, files):
    for file, text in files.items():
        (folder / file).write_text(text)
    return {"kind": kind, "stageID": name, "stageName": name, "folder": str(folder), "content": DIGEST}


def pictures(folder, count=48):
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "mandelbrot=size=256x256:rate=4", "-frames:v", str(count),
         "-q:v", "3", str(folder / "picture-%03d.jpg")], check=True)
    return [file.read_bytes() for file in sorted(folder.glob("picture-*.jpg"))]


def families(draw, samples):
    found = []
    for number in range(samples // (FRAMES * (1 + FAKES))):
        def path():
            return f"dfdc_train_part_{number // 60}/{''.join(draw.choices('abcdefghijklmnopqrstuvwxyz', k=10))}.mp4"
        original = path()
        source = {"dataset": "dfdc", "input": "frame", "role": "test" if number % 10 == 9 else "train"}
        sources = [{**source, "label": 0, "path": original, "officialSplit": "train"}]
        sources += [{**source, "label": 1, "path": path(), "original": original, "method": draw.choice(METHODS),
                     "officialSplit": "validation" if number % 8 == 0 else "train"} for _ in range(FAKES)]
        found.append({"name": f"dfdc/{original}", "sources": sources})
    return sorted(found, key=lambda family: family["name"])


def sample(draw, family, source, frame, offset, length):
    key = f"dfdc/{source['path'].replace('.', '=2e')}/{frame * 512:012d}/0/crop"
    x, y, side = draw.uniform(0, 900), draw.uniform(0, 500), draw.uniform(60, 300)
    return {
        "digest": DIGEST, "offset": offset, "length": length, "sample": {
            "colour": {"isStated": False, "matrix": "bt709", "range": "tv"}, "dataset": "dfdc",
            "encoding": {"jpeg": {"chroma": 444, "quality": 95}},
            "face": {"box": {"height": side * 1.3, "width": side, "x": x, "y": y}, "origin": "detected",
                     "landmarks": [{"x": x + draw.random() * side, "y": y + draw.random() * side} for _ in range(5)],
                     "score": draw.uniform(0.6, 1)},
            "family": family["name"], "frameHeight": 1080, "frameWidth": 1920, "height": 256, "key": key,
            "label": source["label"], "parents": [], "path": source["path"], "pts": frame * 512,
            "quality": {"blockiness": draw.gauss(1, 0.05), "brightness": draw.gauss(120, 25), "contrast": draw.gauss(50, 9),
                        "cutFraction": 0, "facePixels": side, "fineDetail": draw.uniform(0, 0.05),
                        "pitchDegrees": draw.gauss(-10, 8), "rollDegrees": draw.gauss(0, 6),
                        "sharpness": math.exp(draw.gauss(5, 0.8)), "upscale": 256 / side, "yawDegrees": draw.gauss(0, 15)},
            "role": "train", "timeBase": {"denominator": 15360, "numerator": 1}, "track": 0,
            "transform": {"a": 0.5, "b": 0, "c": 0, "d": 0.5, "tx": -x, "ty": -y}, "variant": "crop", "width": 256}}


def write_run(root, samples):
    """A run of about `samples` samples below `root`; returns its folder."""
    draw = random.Random(17)
    run, store = root / "run", root / "store"
    run.mkdir(parents=True)
    all_families = families(draw, samples)
    jpegs = pictures(root)
    units, entries, roles = [], [], {}
    for start in range(0, len(all_families), 50):
        folder = store / "units" / "chain" / f"unit-{start:05d}"
        folder.mkdir(parents=True)
        part = all_families[start:start + 50]
        (folder / "pack.tar").write_bytes(b"".join(jpegs))
        lines, outcomes = [], []
        for family in part:
            for source in family["sources"]:
                for frame in range(FRAMES):
                    number = draw.randrange(len(jpegs))
                    offset = sum(len(jpeg) for jpeg in jpegs[:number])
                    lines.append(sample(draw, family, source, frame, offset, len(jpegs[number])))
                    roles[lines[-1]["sample"]["key"]] = (source["role"], source["label"], family["name"])
            outcomes.append({
                "name": family["name"], "facts": DIGEST, "fingerprint": DIGEST, "content": DIGEST, "counts": {}, "drops": [],
                "frames": {"fake": {"asked": 0, "kept": 0}, "real": {"asked": 0, "kept": 0}}, "seconds": 1.0,
                "stageSeconds": {}, "samples": FRAMES * (1 + FAKES), "sources": [
                    {"path": source["path"], "status": "done", "notes": [], "facts": {}, "samples": FRAMES}
                    for source in family["sources"]]})
        (folder / "samples.jsonl").write_text("".join(canonical(line) + "\n" for line in lines))
        (folder / "manifest.json").write_text(canonical({
            "version": 1, "chain": DIGEST, "families": outcomes, "files": [], "versions": {"opencv": "4.6.0"}}))
        units.append({"families": [family["name"] for family in part], "folder": str(folder)})
        keys = sorted(line["sample"]["key"] for line in lines)
        entries += keys
    entries.sort()
    count = len(entries)
    cluster = {key: draw.randrange(CLUSTERS) for key in entries}

    def spread(number):
        return [math.cos(cluster[key] * 0.8 + number) * 6 + draw.gauss(0, 1.4) for key in entries]

    tables = store / "tables"
    for name in ("cluster", "resplit"):
        (tables / name).mkdir(parents=True)
    trained = [key for key in entries if roles[key][0] == "train"]
    cells = [{"name": f"{number:02d}", "keys": [key for key in trained if cluster[key] == number]}
             for number in range(CLUSTERS)]
    side = {"reals": count // 4, "fakes": count // 2, "realGroups": 10, "fakeGroups": 10}
    folds = [{"index": number, "clusters": [number], "validationCells": [f"{number:02d}"], "leftOut": 0, "training": side,
              "trainingCells": [f"{other:02d}" for other in range(CLUSTERS) if other != number], "validation": side}
             for number in range(CLUSTERS)]
    products = [
        product(tables / "cluster", "clusters", "cluster", {
            "clusters.csv": "key,cluster,clustered,distance\n" + "".join(
                f"{key},{cluster[key]},1,{draw.gauss(16, 2):.6g}\n" for key in entries),
            "agreement.json": canonical({"label": 0.02, "method": 0.3, "dataset": 0.0, "source": 0.5}),
            "choice.json": canonical({"clusters": CLUSTERS, "reason": "greatest mean silhouette", "trials": [
                {"clusters": k, "inertia": 1e6 / k, "silhouette": 0.4 - abs(k - CLUSTERS) * 0.02, "converged": True}
                for k in range(2, 13)]}),
            "map.json": canonical({"x": spread(0), "y": spread(1.57), "explained": [0.3, 0.2],
                                   "tsne": [place if roles[key][0] == "train" else None for key, *place in
                                            zip(entries, spread(2), spread(0.4))],
                                   "tsneFacts": {"points": len(entries), "leftOut": 0, "perplexity": 30,
                                                 "iterations": 750, "divergence": 2.0}})}),
        product(tables / "resplit", "folds", "resplit", {
            "folds.json": canonical({"cells": cells, "folds": folds, "notes": [], "straddlingGroups": []}),
            "groups.json": canonical({
                "audits": [{"crossings": {}} for _ in folds],
                "groups": {"groups": {key: roles[key][2] for key in trained}, "groupCount": len(all_families),
                           "linkedFamilies": {}, "largestGroup": all_families[0]["name"], "largestShare": 0.01}})})]
    stages = [
        stage("decode", "source", len(all_families) * 4, count + 900, {"frames": FRAMES}, {"frame-missing": 0}),
        stage("filter", "source", count + 900, count, {"min-face": 40}, {"min-face": 900}, {"min-face": 300}),
        stage("embed", "sample", count, count, {"backbone": "efficientnet-lite0"}),
        stage("cluster", "table", count, count, {"k": "auto"}), stage("resplit", "table", count, count, {})]
    pipeline = {"name": "synthetic", "seed": 17, "datasets": [{"name": "dfdc", "role": "train"}], "output": str(run),
                "holdOut": {"datasets": [], "domains": [], "methods": [], "officialTest": False},
                "failedSourcesTolerance": 0.05, "lostFramesGate": 0.25, "stages": [entry for _, entry in stages]}
    history = [record for record, _ in stages]
    tally = {"asked": count, "kept": count}
    inputs = canonical({
        "pipeline": pipeline, "families": all_families, "licences": {}, "units": units, "addedUnits": {},
        "featureUnits": {}, "dropFolders": [], "tableFolders": [],
        "products": products, "history": history})
    digest = hashlib.sha256(inputs.encode()).hexdigest()
    (run / "plan").mkdir()
    (run / "plan" / f"inputs-{digest[:16]}.json").write_text(inputs)
    (run / "run.json").write_text(canonical({
        "version": 2, "folder": str(run), "numericsProfile": "avx2-1", "store": str(store), "modelsFolder": "models",
        "origin": {"pipelineFile": "", "catalogueFile": "", "overrides": []}, "pipeline": pipeline, "epoch": 1,
        "stages": history, "sources": {"done": sum(len(family["sources"]) for family in all_families)}, "samples": count,
        "roles": [], "frames": {"fake": tally, "real": tally}, "badSources": [], "problems": [], "versions": {},
        "isFinished": True, "inputsDigest": digest}))
    return run


if __name__ == "__main__":
    import sys
    print(write_run(Path(sys.argv[1]), int(sys.argv[2])))
