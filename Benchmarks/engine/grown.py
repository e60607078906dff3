"""A store and a dataset as a large run leaves them, written without running it: manifests are all that an engine reads."""
import hashlib
import json
import os
import subprocess

SOURCES_PER_UNIT = 256
EMPTY = hashlib.sha256(b"").hexdigest()


def fingerprint(kind, fields):
    """As docs/formats.md has it: name NUL length NUL value, over all fields."""
    digest = hashlib.sha256()
    for name, value in [("kind", kind), *fields]:
        data = value.encode()
        digest.update(name.encode() + b"\0" + str(len(data)).encode() + b"\0" + data)
    return digest.hexdigest()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def plan(dfprep, folder):
    done = subprocess.run([dfprep, "plan", "Pipelines/run.yaml", "--json"], cwd=folder, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)["lines"]


def project(folder, stages):
    (folder / "Pipelines").mkdir(parents=True)
    (folder / "datasets.toml").write_text('[crops]\nlayout = "folder"\nroot = "data"\ninput = "face"\n')
    (folder / "Pipelines/run.yaml").write_text(
        f"version: 1\nname: run\nseed: 1\ndatasets: [{{name: crops}}]\noutput: ../runs/run\nstages:{stages}")


def make(folder, sources, samples, dfprep, stages, picture):
    """`samples` of each of `sources`."""
    like = template(folder / "template", dfprep, stages, picture)
    data = folder / "data"
    names = []
    for number in range(sources):
        # A folder for a thousand files, as large datasets have them.
        place = data / ("fake" if number % 2 else "real") / f"{number // 1000:03}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:06}.png").write_bytes(b"")
        names.append(str((place / f"{number:06}.png").relative_to(data)))
    project(folder, stages)
    chain = next(line["fingerprint"] for line in plan(dfprep, folder) if line["grain"] == "source")
    ids = [line["stage"] for line in plan(dfprep, folder) if line["grain"] == "source"]
    names.sort()
    for first in range(0, sources, SOURCES_PER_UNIT):
        unit(folder, chain, ids, names[first:first + SOURCES_PER_UNIT], samples, first, like)
    # Table stages: an empty result each, under the fingerprint that is asked for.
    while True:
        wanted = [line for line in plan(dfprep, folder) if line["grain"] == "table" and line["state"] == "new"]
        if not wanted:
            return
        line = wanted[0]
        result = folder / "runs/store/tables" / f"{line['stage']}-{line['fingerprint'][:16]}"
        result.mkdir(parents=True)
        counts = {"input": sources * samples, "output": sources * samples, "dropped": {},
                  "droppedFakes": {}, "failed": {}, "quarantined": {}}
        (result / "manifest.json").write_text(canonical({
            "version": 1, "stage": line["stage"], "fingerprint": line["fingerprint"], "files": [],
            "outcome": {"drops": [], "annotations": [], "summary": []}, "counts": counts, "seconds": 1.0,
            "content": fingerprint("files", [])}))


def unit(folder, chain, ids, names, samples, first, template):
    families, lines = [], []
    family_like, line_like = template
    for name in names:
        status = os.stat(folder / "data" / name)
        label = name.split("/")[0]
        source = f"crops/{name}"
        facts = fingerprint("family", [("name", source), ("source", source), ("label", label), ("input", "face"),
                                       ("original", "")])
        frames = {"asked": samples, "kept": samples}
        none = {"asked": 0, "kept": 0}
        zeros = {"dropped": {}, "droppedFakes": {}, "failed": {}, "quarantined": {}}
        families.append({
            **family_like, "name": source, "facts": facts, "samples": samples,
            "fingerprint": fingerprint("pass", [("chain", chain), ("facts", facts), ("content", EMPTY)]),
            "content": fingerprint("samples", [("sample", source)]),
            "sources": [{**family_like["sources"][0], "path": name, "digest": EMPTY, "samples": samples,
                         "identity": {"bytes": status.st_size, "modifiedNanoseconds": status.st_mtime_ns,
                                      "inode": status.st_ino}}],
            "counts": {stage: {"input": 1 if stage == ids[0] else samples, "output": samples, **zeros}
                       for stage in ids},
            "frames": {"real": frames if label == "real" else none, "fake": none if label == "real" else frames}})
        escaped = source.replace(".", "=2e")
        # Text is put together from one line, which is faster than encoding each.
        for number in range(samples):
            lines.append(line_like % {
                "key": f"{escaped}/{number * 512:012}/0/crop", "path": name, "family": source, "pts": number * 512,
                "label": 1 if label == "fake" else 0, "offset": 512 + 6656 * len(lines)})
    place = folder / "runs/store/units" / chain[:16] / f"{first:016x}"
    place.mkdir(parents=True)
    (place / "samples.jsonl").write_text("\n".join(lines) + "\n")
    (place / "pack.tar").write_bytes(b"")
    (place / "manifest.json").write_text(canonical({
        "version": 1, "chain": chain, "families": families, "versions": {"libavcodec": "59.37.100"},
        "files": [{"name": "pack.tar", "bytes": 0, "digest": EMPTY}]}))


def template(folder, dfprep, stages, picture):
    """What a real run of one picture leaves: its family, and the line of its sample as a format for others."""
    project(folder, stages)
    for label in ["real", "fake"]:
        (folder / "data" / label).mkdir(parents=True)
        (folder / "data" / label / f"{label}.png").write_bytes(picture)
    subprocess.run([dfprep, "run", "Pipelines/run.yaml", "--quiet"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    place = next(folder.glob("runs/store/units/*/*/manifest.json")).parent
    family = json.loads((place / "manifest.json").read_text())["families"][0]
    line = json.loads((place / "samples.jsonl").read_text().splitlines()[0])
    line["offset"] = "%(offset)"
    line["sample"].update(key="%(key)s", path="%(path)s", family="%(family)s", pts="%(pts)", label="%(label)")
    text = canonical(line)
    for name in ["offset", "pts", "label"]:
        text = text.replace(f'"%({name})"', f"%({name})d")
    return family, text
