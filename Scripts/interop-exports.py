"""Exports a run in every layout and reads each as the tool reads it that the layout is for.

Usage: interop-exports.py DFPREP DEMO-CLIPS. The run is made of the demo's clips under the names of FaceForensics++,
Celeb-DF and DFDC, with an official test list for the first two, and of stills under those of the 140k set. What every
reader gets out is held against the index files of the run's shards: the picture's SHA-256 names the sample, and with it
its label. Prints a line per layout; exits with 1 on any mismatch.

What each reader does is told in its docstring; no code of the tools is in here.
"""

import glob
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import pandas
import PIL.Image

MOST_PRINTED = 20
METHODS = ["Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures"]
# The classes that DeepfakeBench's own configuration knows, of those that this run has.
BENCH_LABELS = {
    "FF-real": 0, "FF-DF": 1, "FF-F2F": 1, "FF-FS": 1, "FF-NT": 1, "CelebDFv2_real": 0, "CelebDFv2_fake": 1,
    "DFDC_Real": 0, "DFDC_Fake": 1,
}
# Lists whose splits have a level of compression.
BENCH_COMPRESSED = {"FaceForensics++", "DeepFakeDetection", "FaceShifter", "FF-DF", "FF-F2F", "FF-FS", "FF-NT"}

PIPELINE = """version: 1
name: exports
seed: 7
datasets: [{name: ffpp}, {name: celeb}, {name: dfdc}, {name: stills}]
hold-out: {official-test: true}
output: ../runs/exports
stages:
  - decode: {frames: 2}
  - detect: {}
  - track:  {}
  - crop:   {size: 64, format: png}
  - resplit: {folds: stratified, count: 3, groups: [original, source-video, identity, donor]}
  - shard:  {samples: 50}
"""


class Failures:
    def __init__(self):
        self.lines = []

    def expect(self, holds, what):
        if not holds:
            self.lines.append(what)


def link(target, name):
    name.parent.mkdir(parents=True, exist_ok=True)
    name.symlink_to(pathlib.Path(target).resolve())


def make_datasets(clips, root):
    """The demo's clips in three layouts, linked, not copied; and stills in a fourth."""
    families = []
    for part in sorted(clips.glob("dfdc_train_part_*")):
        entries = json.loads((part / "metadata.json").read_text())
        for name, entry in sorted(entries.items()):
            if entry["label"] == "REAL":
                fakes = sorted(n for n, e in entries.items() if e.get("original") == name)
                families.append((part / name, [part / fake for fake in fakes]))
    families = [family for family in families if family[1]]
    pairs = [[f"{2 * i:03d}", f"{2 * i + 1:03d}"] for i in range(len(families) // 2)]
    forensics = root / "ffpp"
    for number, (real, fakes) in enumerate(families[: 2 * len(pairs)]):
        target, donor = f"{number:03d}", f"{number ^ 1:03d}"
        link(real, forensics / f"original_sequences/youtube/c23/videos/{target}.mp4")
        for method in METHODS:
            link(fakes[0], forensics / f"manipulated_sequences/{method}/c23/videos/{target}_{donor}.mp4")
    (forensics / "splits").mkdir()
    for side, chosen in [("train", pairs[:-2]), ("val", pairs[-2:-1]), ("test", pairs[-1:])]:
        (forensics / f"splits/{side}.json").write_text(json.dumps(chosen))
    celeb = root / "celeb"
    for number, (real, fakes) in enumerate(families[:6]):
        link(real, celeb / f"Celeb-real/id{number}_0000.mp4")
        link(fakes[0], celeb / f"Celeb-synthesis/id{number}_id{number ^ 1}_0000.mp4")
    link(families[6][0], celeb / "YouTube-real/00000.mp4")
    (celeb / "List_of_testing_videos.txt").write_text(
        "1 Celeb-real/id0_0000.mp4\n0 Celeb-synthesis/id0_id1_0000.mp4\n")
    stills = root / "stills/real_vs_fake/real-vs-fake/train"
    for label, colours in [("fake", [(200, 40, 40), (40, 200, 40)]), ("real", [(40, 40, 200)])]:
        (stills / label).mkdir(parents=True)
        for number, colour in enumerate(colours):
            PIL.Image.new("RGB", (64, 64), colour).save(stills / f"{label}/{number:05d}.jpg")
    (root / "datasets.toml").write_text(
        f'[ffpp]\nlayout = "faceforensics"\nroot = "ffpp"\n[celeb]\nlayout = "celeb-df"\nroot = "celeb"\n'
        f'[dfdc]\nlayout = "dfdc"\nroot = {json.dumps(str(clips.resolve()))}\n'
        f'[stills]\nlayout = "stylegan-140k"\nroot = "stills"\n')
    (root / "Pipelines").mkdir()
    (root / "Pipelines/exports.yaml").write_text(PIPELINE)


def known_pictures(shards):
    """What the shards hold: label and sample key of each picture, by SHA-256."""
    known = {}
    for index in sorted(shards.glob("*.index.json")):
        for entry in json.loads(index.read_text())["entries"]:
            known.setdefault(entry["image"]["digest"], set()).add((entry["label"], entry["key"]))
    return known


class Reader:
    """Holds what one layout gives against the shards."""

    def __init__(self, name, known, failures):
        self.name, self.known, self.failures, self.labels = name, known, failures, []
        self.seen = set()

    def picture(self, path, label):
        """A picture that a tool opens at `path` and takes for `label`."""
        data = pathlib.Path(path).read_bytes()
        with PIL.Image.open(path) as image:
            image.load()
        digest = hashlib.sha256(data).hexdigest()
        samples = self.known.get(digest, set())
        self.failures.expect(samples, f"{self.name}: {path} is no picture of the shards")
        self.failures.expect(
            not samples or label in {known for known, _ in samples}, f"{self.name}: {path} is taken for {label}")
        self.labels.append(label)
        self.seen.add(digest)
        return digest

    def report(self, remark):
        fakes = sum(self.labels)
        self.failures.expect(self.labels, f"{self.name}: nothing was read")
        print(f"{self.name:14} {len(self.labels):5} pictures, {len(self.labels) - fakes:4} real, {fakes:4} fake; {remark}")


def read_folds(folder, reader):
    """pandas.read_csv with its defaults: types are guessed, empty fields become NaN."""
    table = pandas.read_csv(folder / "folds.csv")
    expect = reader.failures.expect
    expect(table["sample"].is_unique, "folds: keys are not unique")
    expect(table["label"].dtype == "int64" and set(table["label"]) == {0, 1}, "folds: labels are not 0 and 1")
    for file, label in zip(table["file"], table["label"]):
        reader.picture(folder / file, label)
    folds = [column for column in table if column.startswith("fold-")]
    expect(len(folds) == 3, f"folds: columns {folds}")
    for fold in folds:
        divided = table[table[fold].isin(["training", "validation"])]
        torn = divided.groupby("group")[fold].nunique()
        expect((torn == 1).all(), f"folds: {fold} tears {list(torn[torn > 1].index)[:3]}")
        expect(set(divided[fold]) == {"training", "validation"}, f"folds: {fold} has one side")
    validated = table[folds].eq("validation").sum(axis=1)
    expect((validated[table["role"] == "train"] == 1).all(), "folds: a sample is not validated on exactly once")
    expect((validated[table["role"] == "test"] == 0).all(), "folds: a held-out sample is validated on")
    reader.report(f"{len(folds)} folds, {table['group'].nunique()} groups")


def read_selimsef(folder, reader):
    """Table of crops; a fake and its original must share the fold, or its training stops."""
    table = pandas.read_csv(folder / "folds.csv")
    for row in table.itertuples():
        reader.picture(folder / "crops" / str(row.video) / row.file, row.label)
    folds = table.groupby("video")["fold"].agg(["nunique", "first"])
    reader.failures.expect((folds["nunique"] == 1).all(), "selimsef: a video is in two folds")
    fakes = table[table["label"] == 1].drop_duplicates("video")
    pairs = 0
    for row in fakes.itertuples():
        if row.original in folds.index:
            pairs += 1
            reader.failures.expect(
                folds.loc[row.original, "first"] == row.fold, f"selimsef: {row.video} is apart from {row.original}")
    reader.failures.expect(pairs > 0, "selimsef: no fake has its original in the table")
    reader.report(f"{table['fold'].nunique()} folds, {pairs} fakes beside their originals")


def read_lists(folder, reader):
    """A path and a digit a line, the path up to the last blank."""
    digests = {}
    for side in ["train", "val", "test"]:
        lines = (folder / f"{side}.txt").read_text().splitlines()
        split = [line.rsplit(" ", 1) for line in lines]
        digests[side] = {reader.picture(folder / path, int(label)) for path, label in split}
    reader.report(", ".join(f"{side} {len(found)}" for side, found in digests.items()))


def read_bench(folder, reader, notes):
    """As DeepfakeBench's loader walks a list, in mode `train` and in mode `test`, from the root of the checkout.

    The list is `preprocessing/dataset_json/<name>.json` with the name as first key; then every class must have the mode;
    for some names comes a level of compression; every video has a class out of `label_dict` and a list of paths that are
    sorted by a number in the first one's file name. A path that begins with a dot is opened as it stands.
    """
    labels = dict(BENCH_LABELS)
    for note in notes:
        if "label_dict" in note:
            labels.update((name, int(value)) for name, value in
                          (part.rsplit(": ", 1) for part in note.split(": ", 1)[1].split(", ")))
    expect = reader.failures.expect
    here, counts, videos = os.getcwd(), {}, {}
    os.chdir(folder)
    try:
        for list_path in sorted(glob.glob("preprocessing/dataset_json/*.json")):
            name = pathlib.Path(list_path).stem
            info = json.loads(pathlib.Path(list_path).read_text())
            for mode in ["train", "test"]:
                for group in info[name]:
                    entries = info[name][group][mode]
                    if name in BENCH_COMPRESSED:
                        entries = entries["c23"]
                    for video, entry in entries.items():
                        expect(entry["label"] in labels, f"deepfakebench: {entry['label']} is not in label_dict")
                        frames = sorted(entry["frames"], key=lambda _: int(entry["frames"][0].split("/")[-1].split(".")[0]))
                        expect(all(frame[0] == "." for frame in frames), f"deepfakebench: {frames[0]} has no dot")
                        for frame in frames:
                            reader.picture(frame, labels.get(entry["label"], -1))
                        counts[name, mode] = counts.get((name, mode), 0) + len(frames)
                        videos.setdefault((name, entry["label"] + "_" + video), set()).add(mode)
    finally:
        os.chdir(here)
    for video, modes in videos.items():
        expect(len(modes) == 1, f"deepfakebench: {video} is in {sorted(modes)}")
    for name, mode in [("FaceForensics++", "train"), ("FaceForensics++", "test"), ("Celeb-DF-v2", "train"),
                       ("Celeb-DF-v2", "test"), ("DFDC", "train")]:
        expect(counts.get((name, mode), 0) > 0, f"deepfakebench: nothing in {name}, {mode}")
    reader.report(", ".join(f"{name} {mode} {count}" for (name, mode), count in sorted(counts.items())))


def read_pairs(folder, table, failures):
    """Lists of two sequences; a fake is of a side when its target and its donor are a pair of that side, either way round."""
    sides = {}
    for side in ["train", "val", "test"]:
        for pair in json.loads((folder / f"splits/{side}.json").read_text()):
            failures.expect(len(pair) == 2 and all(isinstance(name, str) for name in pair), f"faceforensics: {pair}")
            for name in pair:
                failures.expect(name not in sides, f"faceforensics: {name} is in two pairs")
                sides[name] = (side, set(pair))
    names = {"training": "train", "validation": "val"}
    fakes = table[(table["dataset"] == "ffpp") & (table["label"] == 1)]
    checked = 0
    for row in fakes.drop_duplicates("video").itertuples():
        target, donor = pathlib.Path(row.video).stem.split("_")
        side = "test" if row.role == "test" else names.get(getattr(row, "fold_0"), None)
        failures.expect(target in sides and sides[target] == (side, {target, donor}), f"faceforensics: {row.video}")
        checked += 1
    print(f"{'faceforensics':14} {len(sides) // 2:5} pairs; {checked} fakes on the side of their pair")
    failures.expect(checked > 0, "faceforensics: no fake was checked")


def read_supcon(folder, reader):
    """The folders that SupCon-MPL's code looks into, at the depths it looks at, with its own rules for labels.

    Its patterns are not recursive: each star is one level. DFDC's labels come from a metadata.json per part of which the
    columns `split` and `original` are dropped; FaceForensics++ is real in `Original` alone; Celeb-DF is fake where the
    folder above the video's is called `fake`; StyleGAN is fake, the YouTube set of Celeb-DF real.
    """
    expect = reader.failures.expect
    for prefix, side in [("DFDC", "train"), ("DFDC10", "test")]:
        parts = [pandas.read_json(part / "metadata.json").T.drop(columns=["split", "original"])
                 for part in sorted((folder / f"{prefix}_video_path").iterdir())]
        labels = pandas.concat(parts)["label"].map({"REAL": 0, "FAKE": 1}) if parts else {}
        found = glob.glob(f"{folder}/{prefix}_face_imgs_path/*/*.*")
        expect(bool(found) == bool(parts), f"supcon-mpl: {prefix} has {len(parts)} parts and {len(found)} pictures")
        for path in found:
            reader.picture(path, int(labels[path.split("/")[-2] + ".mp4"]))
        methods = {path.split("/")[-1]: glob.glob(f"{path}/*/*")
                   for path in glob.glob(f"{folder}/FaceForensics_face_imgs_path_{side}/*")}
        expect(set(methods) == set(METHODS + ["Original"]), f"supcon-mpl: {side} has {sorted(methods)}")
        for method, paths in methods.items():
            expect(paths, f"supcon-mpl: {side} has nothing of {method}")
            for path in paths:
                reader.picture(path, int(method != "Original"))
    for path in glob.glob(f"{folder}/CelebDF_face_imgs_path/*/*/*.*"):
        reader.picture(path, int(path.split("/")[-3] == "fake"))
    for path in glob.glob(f"{folder}/StyleGAN_face_imgs_path/*.*"):
        reader.picture(path, 1)
    for path in glob.glob(f"{folder}/CelebDF_Youtube_face_imgs_path/*/*.*"):
        reader.picture(path, 0)
    pictures = [path for path in folder.rglob("*") if path.suffix in (".png", ".jpg")]
    expect(len(pictures) == len(reader.labels), f"supcon-mpl: {len(pictures)} pictures, {len(reader.labels)} are read")
    reader.report("every picture of the tree is read once")


def main(dfprep, clips):
    failures = Failures()
    dfprep = str(pathlib.Path(dfprep).resolve())
    models = os.environ.get("DFPREP_MODELS", str(pathlib.Path(__file__).resolve().parent.parent / "models"))
    with tempfile.TemporaryDirectory(prefix="dfprep-exports-") as temporary:
        root = pathlib.Path(temporary)
        make_datasets(pathlib.Path(clips), root)

        def run(*arguments):
            result = subprocess.run(
                [dfprep, *arguments], cwd=root, text=True, capture_output=True, env={**os.environ, "DFPREP_MODELS": models})
            if result.returncode:
                sys.exit(f"interop-exports: dfprep {' '.join(arguments)}: {result.stderr.strip()}")
            return result.stdout

        run("run", "Pipelines/exports.yaml")
        known = known_pictures(root / "runs/exports/shards")
        notes = {}
        for layout in ["folds", "lists", "deepfakebench", "faceforensics", "selimsef", "supcon-mpl"]:
            answer = run("export", "runs/exports", "--format", layout, "--output", f"out/{layout}", "--json")
            notes[layout] = json.loads(answer)["notes"]

        def reader(name):
            return Reader(name, known, failures)

        folds = reader("folds")
        read_folds(root / "out/folds", folds)
        failures.expect(folds.seen == set(known), "folds: not every picture of the shards is in the table")
        read_lists(root / "out/lists", reader("lists"))
        read_bench(root / "out/deepfakebench", reader("deepfakebench"), notes["deepfakebench"])
        table = pandas.read_csv(root / "out/folds/folds.csv").rename(columns=lambda name: name.replace("-", "_"))
        read_pairs(root / "out/faceforensics", table, failures)
        read_selimsef(root / "out/selimsef", reader("selimsef"))
        supcon = reader("supcon-mpl")
        read_supcon(root / "out/supcon-mpl", supcon)
        again = json.loads(run("datasets", "out/supcon-mpl", "--json"))[0]["summary"]
        failures.expect(
            again["layout"] == "supcon-mpl" and again["fakes"] == sum(supcon.labels)
            and again["reals"] == len(supcon.labels) - sum(supcon.labels) and not again["unexpected"],
            f"supcon-mpl: dfprep reads {again['reals']} real, {again['fakes']} fake of its own tree as {again['layout']}")
    for line in failures.lines[:MOST_PRINTED]:
        print(f"interop-exports: {line}", file=sys.stderr)
    print(f"{len(failures.lines)} mismatches (pandas {pandas.__version__})")
    sys.exit(1 if failures.lines else 0)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(64)
    main(sys.argv[1], sys.argv[2])
