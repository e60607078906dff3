"""The study's domains: lists of the media at hand, each domain divided by group into two halves that share nobody.

Half `a` is what is scored where the domain is the unseen one; half `b` is then what `unlabelled: role` may look at without
labels. A list also divides itself once, by group, into training and validation: the conventional split.
"""
import csv
import hashlib
import re
from collections import defaultdict

# Scored with intervals; of the others there are too few groups, and values stand beside intervals.
SCORED = ["dfdc", "stylegan", "ciplab", "people"]
FEW_GROUPS = ["ffpp", "celebdf"]
ALL = SCORED + FEW_GROUPS
HALVES = ["a", "b"]
# Every so many-th group of a domain validates in the conventional split.
VALIDATION_EVERY = 4


def row(path, label, method, group, original=""):
    return {"path": path, "label": label.lower(), "method": method if label == "FAKE" else "", "identity": group,
            "original": original}


def of_metadata(media, folder):
    with open(media / folder / "metadata.csv", newline="") as file:
        return [row(f"{folder}/{line['path']}", line["label"], line["method"], line["group"])
                for line in csv.DictReader(file)]


def of_folders(media, folder, method):
    """Pictures of which each is a group of its own."""
    rows = []
    for label in ("real", "fake"):
        for file in sorted((media / folder / label).rglob("*")):
            if file.is_file():
                rows.append(row(f"{folder}/{file.relative_to(media / folder)}", label.upper(), method, file.stem))
    return rows


def dfdc(media):
    return of_metadata(media, "study/dfdc_faces224")


def stylegan(media):
    return of_metadata(media, "study/stylegan_ffhq256") + of_folders(media, "images/140k_real_fake_256", "StyleGAN")


def ciplab(media):
    return of_folders(media, "images/ciplab_160", "composite")


def people(media):
    return of_metadata(media, "study/people_t2i_2025")


def ffpp(media):
    """The three pairs at c40: a group is a pair, its two originals and their eight fakes."""
    rows = []
    originals = "ffpp/original_sequences/youtube/c40/videos"
    pair = {}
    for file in sorted((media / "ffpp/manipulated_sequences").glob("*/c40/videos/*.mp4")):
        target, source = file.stem.split("_")
        pair[target] = "+".join(sorted((target, source)))
        rows.append(row(str(file.relative_to(media)), "FAKE", file.parts[-4], pair[target], f"{originals}/{target}.mp4"))
    return rows + [row(f"{originals}/{target}.mp4", "REAL", "", group) for target, group in sorted(pair.items())]


def celebdf(media):
    """Groups are people, tied by whose face went to whom."""
    folder = media / "celeb-df-v2"
    fakes = sorted((folder / "Celeb-synthesis").glob("*.mp4"))
    group = {}

    def find(person):
        while group.setdefault(person, person) != person:
            person = group[person]
        return person

    for file in fakes:
        target, donor, _ = file.stem.split("_")
        group[find(max(target, donor))] = find(min(target, donor))
    rows = []
    for file in sorted((folder / "Celeb-real").glob("*.mp4")):
        rows.append(row(str(file.relative_to(media)), "REAL", "", find(file.stem.split("_")[0])))
    for file in fakes:
        target, _, number = file.stem.split("_")
        original = f"celeb-df-v2/Celeb-real/{target}_{number}.mp4"
        rows.append(row(str(file.relative_to(media)), "FAKE", "Celeb-DF synthesis", find(target), original))
    return rows


READERS = {name: globals()[name] for name in ALL}


def divided(rows, name):
    """The rows with their half and their side of the conventional split: groups take turns in order of their digests, those
    with the same classes among themselves."""
    classes = defaultdict(set)
    for line in rows:
        classes[line["identity"]].add(line["label"])
    kinds = defaultdict(list)
    for group, labels in classes.items():
        kinds["+".join(sorted(labels))].append(group)
    place = {}
    for groups in kinds.values():
        groups.sort(key=lambda group: hashlib.sha256(f"{name}/{group}".encode()).digest())
        place.update({group: number for number, group in enumerate(groups)})
    for line in rows:
        number = place[line["identity"]]
        line["half"] = HALVES[number % 2]
        # Of both halves alike: whether a group validates must not tell its half.
        line["split"] = "val" if number // 2 % VALIDATION_EVERY == VALIDATION_EVERY - 1 else "train"
    return rows


def write(media, folder):
    """Lists, and a datasets.toml of two datasets per domain; the media is reached through a link."""
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "media"
    if not link.is_symlink():
        link.symlink_to(media.resolve())
    catalogue = []
    for name in ALL:
        rows = divided(READERS[name](media), name)
        # Too few groups for the rule above: the last group of each half validates.
        if name in FEW_GROUPS:
            for half in HALVES:
                groups = sorted({line["identity"] for line in rows if line["half"] == half})
                for line in rows:
                    if line["half"] == half:
                        line["split"] = "val" if line["identity"] == groups[-1] and len(groups) > 1 else "train"
        for half in HALVES:
            part = [{**line, "path": f"media/{line['path']}",
                     "original": line["original"] and f"media/{line['original']}"}
                    for line in rows if line["half"] == half]
            with open(folder / f"{name}-{half}.csv", "w", newline="") as file:
                writer = csv.DictWriter(file, ["path", "label", "method", "identity", "original", "split"],
                                        extrasaction="ignore", lineterminator="\n")
                writer.writeheader()
                writer.writerows(part)
            catalogue.append(f'[{name}-{half}]\nlayout = "csv"\nroot = "."\nlist = "{name}-{half}.csv"\n'
                             'license = "research only: the terms of the media"\n')
    (folder / "datasets.toml").write_text("\n".join(catalogue))


def domain_of(dataset):
    return re.sub(r"-[ab]$", "", dataset)
