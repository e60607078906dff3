"""Makes WebDataset shards of pictures of 256 x 256 pixels out of photographs: windows of them, each a JPEG of quality 90.

usage: shards.py FOLDER COUNT PHOTOGRAPH...
"""
import io
import random
import sys
import tarfile
from pathlib import Path

from PIL import Image

SIDE, SHARDS = 256, 4
folder, count, paths = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
draws = random.Random(1)
pictures = [Image.open(path).convert("RGB") for path in paths]
folder.mkdir(parents=True, exist_ok=True)


def add(tar, name, data):
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


for shard in range(SHARDS):
    with tarfile.open(folder / f"train-{shard:06}.tar", "w") as tar:
        for number in range(shard, count, SHARDS):
            picture = draws.choice(pictures)
            side = draws.randint(min(picture.size) // 3, min(picture.size))
            x, y = draws.randint(0, picture.width - side), draws.randint(0, picture.height - side)
            encoded = io.BytesIO()
            picture.resize((SIDE, SIDE), Image.Resampling.BICUBIC, (x, y, x + side, y + side)).save(
                encoded, "JPEG", quality=90)
            add(tar, f"{number:06}.cls", str(number % 2).encode())
            add(tar, f"{number:06}.jpg", encoded.getvalue())
