"""A folder of many small files: what is there, and what their headers say, beside `find` and Pillow."""
import shutil
import subprocess
import sys

import common

FILES = 100_000
PER_FOLDER = 1000
PACKAGES = ["pillow==12.0.0"]
# What `audit --shortcuts` reads of a JPEG, and no more: size, mode, tables, whether it is progressive.
PILLOW = """
import os, sys
from multiprocessing import Pool
from PIL import Image
def facts(path):
    with Image.open(path) as image:
        tables = image.quantization
        return (image.size, image.mode, image.format, image.info.get("progressive", 0), os.path.getsize(path),
                tuple(map(tuple, tables.values())))
if __name__ == "__main__":
    paths = sorted(os.path.join(folder, name) for folder, _, names in os.walk(sys.argv[1]) for name in names)
    with Pool(len(os.sched_getaffinity(0))) as pool:
        print(len(pool.map(facts, paths, chunksize=256)))
"""


def make_files(python, folder):
    """As many JPEG files as asked for, 64 pixels a side, each with bytes of its own; real and fake alike."""
    made = """
import io, pathlib, random, sys
from PIL import Image
draw, root, files, per = random.Random(17), pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
for start in range(0, files, per):
    folder = root / ["real", "fake"][start // per % 2] / f"{start:06d}"
    folder.mkdir(parents=True)
    for index in range(per):
        data = io.BytesIO()
        Image.frombytes("RGB", (8, 8), draw.randbytes(192)).resize((64, 64)).save(data, "JPEG", quality=90)
        (folder / f"{index:04d}.jpg").write_bytes(data.getvalue())
"""
    print(f"making {FILES} small files", file=sys.stderr)
    subprocess.run([python, "-c", made, folder, str(FILES), str(PER_FOLDER)], check=True)


def measure(runs, about):
    cores = 2
    python = common.environment("scanning", PACKAGES)
    folder = common.SCRATCH / "files"
    make_files(python, folder)
    (common.SCRATCH / "datasets.toml").write_text(
        '[files]\nlayout = "folder"\nroot = "files"\nlicense = "made for this measurement"\n')
    script = common.SCRATCH / "headers.py"
    script.write_text(PILLOW)
    commands = {
        "scan": [common.DFPREP, "datasets", "files"],
        "find": ["find", folder, "-type", "f", "-printf", "%s %p\\n"],
        "headers": [common.DFPREP, "audit", "files", "--shortcuts"],
        "pillow": [python, script, folder],
    }
    results = {name: [] for name in commands}
    # The first of all fills the file cache.
    for _ in range(runs + 1):
        for name, command in commands.items():
            results[name].append(common.measure(command, cores, common.SCRATCH))
    results = {name: measured[1:] for name, measured in results.items()}
    shutil.rmtree(folder)
    rows = []
    for work, ours, peer, name, goal in [
        ("what is there, with sizes and labels", "scan", "find", "find -printf '%s %p'", 0.33),
        ("their headers, and what predicts the label", "headers", "pillow", "Pillow, two processes, headers alone", 1),
    ]:
        for unit, key in [("s wall", "wall"), ("s CPU", "cpu"), ("MiB peak", "memory")]:
            rows.append(common.row(
                f"{FILES} files: {work}", [run[key] for run in results[ours]], [run[key] for run in results[peer]], name,
                unit, goal, f"{about}; whole command, files in the cache", cores))
    return rows
