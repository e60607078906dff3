"""Plants copies, and runs the peers on them: started by duplicates.py in an environment that has them."""
import importlib.abc
import importlib.machinery
import io
import json
import os
import random
import shutil
import sys
import time
import types
from pathlib import Path


def plant(folder, data, demo):
    """The originals and their copies, named NUMBER--original and NUMBER--KIND."""
    from PIL import Image, ImageEnhance

    draw = random.Random(5)

    def pick(pattern, count):
        paths = sorted(data.glob(pattern))
        draw.shuffle(paths)
        return paths[:count]

    # No two show the same: one picture of each person, no frames of one clip.
    originals = [*pick("images/140k_real_fake_256/*/*.jpg", 40), *pick("images/ciplab_160/real/*.jpg", 30),
                 *pick("study/stylegan_ffhq256/*/*.jpg", 50), *pick("study/dfdc_faces224/real/*.jpg", 80),
                 *pick("study/people_t2i_2025/real/*.jpg", 10), *pick("photos_counted/*.jpg", 7),
                 *pick("photos_with_boxes/*.jpg", 4)]
    originals += [path for path in sorted(demo.iterdir()) if path.suffix in (".jpg", ".png")]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    def cut(picture, share, random):
        width, height = round(picture.width * (1 - share)), round(picture.height * (1 - share))
        x, y = random.randint(0, picture.width - width), random.randint(0, picture.height - height)
        return picture.crop((x, y, x + width, y + height))

    def scaled(picture, factor):
        return picture.resize((round(picture.width * factor), round(picture.height * factor)), Image.BICUBIC)

    def brighter(picture, factor):
        return ImageEnhance.Brightness(picture).enhance(factor)

    def mirrored(picture):
        return picture.transpose(Image.FLIP_LEFT_RIGHT)

    kinds = {f"jpeg-{quality}": (lambda picture, _: picture, quality) for quality in (30, 50, 70, 90)}
    kinds |= {f"resize-{factor}": (lambda picture, _, factor=factor: scaled(picture, factor), 90)
              for factor in (0.5, 0.75, 1.5)}
    kinds |= {f"cut-{share}": (lambda picture, random, share=share: cut(picture, share, random), 90)
              for share in (0.02, 0.05, 0.08, 0.1)}
    kinds |= {f"brightness-{factor}": (lambda picture, _, factor=factor: brighter(picture, factor), 90)
              for factor in (0.9, 1.1)}
    kinds["mirror"] = (lambda picture, _: mirrored(picture), 90)
    kinds["mirror-cut-0.05"] = (lambda picture, random: cut(mirrored(picture), 0.05, random), 50)
    kinds["format"] = (lambda picture, _: picture, None)
    kinds |= {f"turn-{degrees}": (lambda picture, _, degrees=degrees: picture.rotate(degrees, Image.BICUBIC), 90)
              for degrees in (1, 2, 5)}
    for index, path in enumerate(originals):
        picture = Image.open(path).convert("RGB")
        shutil.copyfile(path, folder / f"{index:04}--original{path.suffix}")
        for kind, (change, quality) in kinds.items():
            changed = change(picture, random.Random(f"{kind} {index}"))
            if quality is None:
                # The other format: PNG of a JPEG, JPEG of a PNG.
                target = folder / f"{index:04}--{kind}.{'jpg' if path.suffix == '.png' else 'png'}"
                changed.save(target, **({"quality": 90} if target.suffix == ".jpg" else {}))
            else:
                changed.save(folder / f"{index:04}--{kind}.jpg", "JPEG", quality=quality)
    return {"pictures": len(originals), "kinds": list(kinds)}


def speed_sets(scratch, data):
    """Folders of face crops and of whole photographs, for the clock."""
    sets = {}
    for name, pattern, count in [("face crops of 224 pixels", "scale/dfdc_faces224/faces/*.jpg", 1000),
                                        ("photographs of some 1066 x 1600 pixels", "study/people_t2i_2025/*/*.jpg", 100)]:
        paths = sorted(data.glob(pattern))[:count]
        if not paths:
            continue
        folder = scratch / f"speed-{len(sets)}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for index, path in enumerate(paths):
            shutil.copyfile(path, folder / f"{index:05}{path.suffix}")
        sets[name] = str(folder)
    return {"speed": sets}


class Anything(type):
    """A class of which every attribute is such a class again, and so is what a call returns."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name, (), {})

    def __call__(cls, *arguments, **named):
        return Anything("Answer", (), {})

    def __or__(cls, other):
        return cls


class NoTorch(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for PyTorch, which is imported but not used."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "torchvision"):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__getattr__ = lambda name: Anything(name, (), {})
        return module

    def exec_module(self, module):
        pass


def hashers():
    """imagededup's hash methods; its network, which is not used, wants PyTorch at import."""
    sys.meta_path.insert(0, NoTorch())
    from imagededup.methods import DHash, PHash
    return {"imagededup PHash": PHash(verbose=False), "imagededup DHash": DHash(verbose=False)}


def pairs_of(answer):
    return [[first, second, bits] for first, others in answer.items() for second, bits in others if first < second]


def peers(folder):
    """Pairs by contender and threshold."""
    found = {}
    for name, method in hashers().items():
        encodings = method.encode_images(str(folder), num_enc_workers=2)
        pairs = pairs_of(method.find_duplicates(
            encoding_map=encodings, max_distance_threshold=16, scores=True, num_dist_workers=2))
        by = {str(limit): [pair[:2] for pair in pairs if pair[2] <= limit] for limit in range(0, 17)}
        found[name] = {"default": by["10"]} | by
    from cleanvision import Imagelab
    lab = Imagelab(data_path=str(folder))
    lab.find_issues({"near_duplicates": {}, "exact_duplicates": {}}, verbose=False)
    pairs = []
    for issue in ["near_duplicates", "exact_duplicates"]:
        for group in lab.info[issue]["sets"]:
            pairs += [[first, second] for index, first in enumerate(group) for second in group[index + 1:]]
    found["CleanVision"] = {"default": pairs}
    return found


def timed(folder, cores, finds):
    os.sched_setaffinity(0, set(range(cores)))
    method = hashers()["imagededup PHash"]
    workers = 0 if cores == 1 else cores
    start = time.perf_counter()
    if finds:
        method.find_duplicates(image_dir=str(folder), num_enc_workers=workers, num_dist_workers=workers)
    else:
        method.encode_images(str(folder), num_enc_workers=workers)
    return {"seconds": time.perf_counter() - start}


def search(path, radius, name):
    encodings = {str(index): line for index, line in enumerate(Path(path).read_text().split())}
    method = hashers()["imagededup PHash"]
    start = time.perf_counter()
    answer = method.find_duplicates(
        encoding_map=encodings, max_distance_threshold=radius, scores=True, search_method=name, num_dist_workers=2)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "pairs": len(pairs_of(answer))}


def main():
    verb, *arguments = sys.argv[1:]
    if verb == "plant":
        answer = plant(*map(Path, arguments))
    elif verb == "speed":
        answer = speed_sets(*map(Path, arguments))
    elif verb == "peers":
        sys.stdout, out = io.StringIO(), sys.stdout
        answer = peers(Path(arguments[0]))
        sys.stdout = out
    elif verb in ("hash", "find"):
        answer = timed(arguments[0], int(arguments[1]), verb == "find")
    else:
        answer = search(arguments[0], int(arguments[1]), arguments[2])
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
