"""Reads dfprep's shards with webdataset and holds what comes out against the index files.

Usage: interop.py SHARDS-FOLDER. Prints a table, one line per shard; exits with 1 on any mismatch.
"""

import hashlib
import io
import json
import pathlib
import sys

import PIL.Image
import webdataset

MOST_PRINTED = 20


def check_sample(sample, entry):
    """Yields what is wrong with one sample, given its entry in the index."""
    fields = {name for name in sample if not name.startswith("__")}
    image_field = entry["imageExtension"]
    if fields != {"cls", image_field, "json"}:
        yield f"fields {sorted(fields)}"
        return
    record = json.loads(sample["json"])
    if not sample["__key__"] == entry["key"] == record["key"]:
        yield f"key in the index {entry['key']}, in the json {record['key']}"
    if not int(sample["cls"]) == entry["label"] == record["label"]:
        yield f"label {sample['cls']!r}, in the index {entry['label']}, in the json {record['label']}"
    if hashlib.sha256(sample[image_field]).hexdigest() != entry["image"]["digest"]:
        yield "the picture is not the one of the index"
    with PIL.Image.open(io.BytesIO(sample[image_field])) as image:
        image.load()
        if image.size != (record["width"], record["height"]):
            yield f"the picture is {image.size}, the json says {record['width']} x {record['height']}"


def check_shard(shard, problems):
    """Appends what is wrong to `problems`; returns the numbers of samples, reals, fakes and picture bytes."""
    index = json.loads(shard.with_suffix("").with_suffix(".index.json").read_text())
    entries = index["entries"]
    samples = list(webdataset.WebDataset(str(shard), shardshuffle=False, empty_check=False))
    if len(samples) != len(entries):
        problems.append(f"{shard.name}: {len(samples)} samples, {len(entries)} in the index")
    for sample, entry in zip(samples, entries):
        name = f"{shard.name}: {sample['__key__']}"
        try:
            for what in check_sample(sample, entry):
                problems.append(f"{name}: {what}")
        except Exception as error:  # whatever a decoder throws is a finding, not the end
            problems.append(f"{name}: {error!r}")
    fakes = sum(int(sample["cls"]) for sample in samples if sample.get("cls", b"").isdigit())
    return len(samples), len(samples) - fakes, fakes, sum(entry["image"]["length"] for entry in entries)


def main(folder):
    shards = sorted(pathlib.Path(folder).glob("*.tar"))
    if not shards:
        sys.exit(f"interop: no shard in {folder}")
    problems, totals = [], [0, 0, 0, 0]
    print(f"{'shard':40} {'samples':>8} {'real':>8} {'fake':>8} {'picture bytes':>14}")
    for shard in shards:
        try:
            counts = check_shard(shard, problems)
        except Exception as error:
            problems.append(f"{shard.name}: {error!r}")
            continue
        totals = [total + count for total, count in zip(totals, counts)]
        print(f"{shard.name:40} {counts[0]:8} {counts[1]:8} {counts[2]:8} {counts[3]:14}")
    print(f"{f'{len(shards)} shards':40} {totals[0]:8} {totals[1]:8} {totals[2]:8} {totals[3]:14}")
    for problem in problems[:MOST_PRINTED]:
        print(f"interop: {problem}", file=sys.stderr)
    print(f"{len(problems)} mismatches (webdataset {webdataset.__version__})")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main(sys.argv[1])
