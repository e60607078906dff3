#!/usr/bin/env python3
"""Faces out of videos: dfprep beside Python peers and beside the limit, on the same clips, in the same run. See README.md.

Standard library alone; the peers run as peer.py in environments of their own under build/bench. Reports, and never
fails on speed; exit status 69 where dfprep, its model or the clips are missing.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import harness

import contenders
from contenders import DFPREP, FRAMES, RESULTS, ROOT, SCRATCH, YUNET, Ours, Peer, environment, missing

# Clips of each kind, one person seen in every frame; how many times better than its peers dfprep should be on them.
SETS = {
    "DFDC 1080p": {
        "clips": ["dfdc/dfdc_train_part_0/brtujopkby.mp4", "dfdc/dfdc_train_part_10/widuwuoiur.mp4",
                  "dfdc/no_metadata/lynaeydofd.mp4"],
        "goals": {"mtcnn": 6.0, "mtcnn-640": 1.0, "yunet": 1.5},
    },
    "Celeb-DF": {
        "clips": ["celeb-df-v2/Celeb-real/id*_0000.mp4", "celeb-df-v2/Celeb-real/id1*.mp4",
                  "celeb-df-v2/Celeb-synthesis/id2*.mp4", "celeb-df-v2/Celeb-synthesis/id[03]*.mp4"],
        "goals": {"mtcnn": 3.0, "yunet": 1.2},
    },
}
DEMO = {"the demo's": {
    "clips": ["WolfgangLanger_Pexels.mp4", "single_face.mp4"], "goals": {"mtcnn": 3.0, "yunet": 1.2}}}
# Originals and their fakes.
FAMILY = "ffpp"
# A clip of 1080p: an original, and three copies of it for its fakes, which cost what genuine ones would.
COPIED, COPIES = "dfdc/dfdc_train_part_10/widuwuoiur.mp4", 3
# Sections beside the sets of clips.
INHERITED, FOUR_K = "inherited", "4K"
# Most CPU seconds of the whole command, in times of the limit.
LIMIT_GOAL, INHERITED_GOAL, WORKERS_GOAL, MEMORY_GOAL_MIB = 1.15, 1.1, 1.8, 400


def find_sets():
    """The genuine clips where they are, else the demo's."""
    data = Path(os.environ.get("DFPREP_DATA", ROOT / "data"))
    for folder, sets in [(data, SETS), (ROOT / "build/demo/media", DEMO)]:
        found = {name: {**one, "clips": sorted(path for clip in one["clips"] for path in folder.glob(clip))}
                 for name, one in sets.items()}
        if all(one["clips"] for one in found.values()):
            return found, data
    missing("no clips: set DFPREP_DATA, or fetch the demo's as `make demo-media` does")


def row(work, ours, peer, peer_name, unit, cores, goal, note, more_is_better=False):
    return harness.row(work, ours, peer, peer_name, unit, goal, note, cores, more_is_better=more_is_better)


def overlap(one, other):
    """Intersection over union of two boxes."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def against_peer(name, one, ours, peer, ours_runs, peer_runs, copies, cores, about):
    """The entries of one peer at one number of cores."""
    goal = one["goals"].get(peer.key, 1.0)
    count = len(one["clips"]) * copies
    work, note = f"{name}, {count} clips", f"{about}; whole command; peer: {peer.variant}"
    rows = [
        row(work, [run["wall"] for run in ours_runs], [run["wall"] for run in peer_runs], peer.name, "s wall", cores,
            goal, note),
        row(work, [run["cpu"] for run in ours_runs], [run["cpu"] for run in peer_runs], peer.name, "s CPU", cores, goal,
            note),
        row(work, [run["memory"] for run in ours_runs], [run["memory"] for run in peer_runs], peer.name, "MiB peak",
            cores, 1, f"{note}; largest single process")]
    found, peers = ours.faces(), peer.faces()
    same = [overlap(found[key], peers[key]) for key in found.keys() & peers.keys()]
    rows.append(row(
        f"{name}, recall", [len(found)], [len(peers)], peer.name, f"of {count * FRAMES} frames, a face in each", cores, 1,
        f"{about}; found by both {len(same)}, the same box (overlap of 0.5 or more) in "
        f"{sum(value >= 0.5 for value in same)}, median overlap {statistics.median(same or [0]):.3f}",
        more_is_better=True))
    return rows


def against_limit(name, count, runs, about):
    """Our own CPU seconds beside those of decoding what is needed and detecting, on one core."""
    limit = [run["stages"]["decode"] + run["stages"]["detect"] for run in runs]
    return row(
        f"{name}, {count} clips", [run["cpu"] for run in runs], limit, "decoding what is needed + detector", "s CPU", 1,
        1 / LIMIT_GOAL,
        f"{about}; the whole command against the CPU seconds of its own decode and detect stages; at most {LIMIT_GOAL} x")


def decoding(name, clips, runs, about):
    """Our decoding beside the ffmpeg command's, which skips what no other picture refers to."""
    if shutil.which("ffmpeg") is None:
        return []
    peers = []
    for _ in runs:
        peers.append(sum(contenders.measure(
            ["ffmpeg", "-v", "quiet", "-threads", "1", "-skip_frame", "noref", "-i", clip, "-an", "-f", "null", "-"],
            1)["cpu"] for clip in clips))
    return [row(f"{name}, decoding alone", [run["stages"]["decode"] for run in runs], peers,
                "ffmpeg -threads 1 -skip_frame noref", "s CPU", 1, 1, f"{about}; ours for the wanted frames alone")]


def measure_set(name, one, arguments, pythons, about):
    rows, single = [], []
    for cores, copies in [(1, 1), (2, 2 if len(one["clips"]) < 4 else 1)]:
        if cores > len(os.sched_getaffinity(0)):
            continue
        dataset = contenders.make_dataset(one["clips"], copies)
        ours = Ours(dataset)
        ours.run(cores)  # warms the file cache
        # MTCNN takes most of the time, and as much more of it on two cores as we do.
        keys = [key for key in pythons if key in one["goals"] and (cores == 1 or key == "yunet")]
        peers = [Peer(key, pythons[key], dataset, cores) for key in keys]
        results = {contender: [] for contender in [ours, *peers]}
        for _ in range(arguments.runs):
            for contender in results:
                results[contender].append(contender.run(cores))
        for peer in peers:
            rows += against_peer(name, one, ours, peer, results[ours], results[peer], copies, cores, about)
        pace = [len(one["clips"]) * copies / run["wall"] for run in results[ours]]
        if cores == 1:
            single = pace
            rows.append(against_limit(name, len(one["clips"]), results[ours], about))
            rows += decoding(name, one["clips"], results[ours], about)
        else:
            rows.append(row(f"{name}, two workers beside one", pace, single, "dfprep, one worker", "clips a second",
                            2, WORKERS_GOAL, about, more_is_better=True))
    return rows


def inherited(data, runs, about):
    """What fakes cost when their boxes come from the original, beside decoding what is needed of them."""
    rows = []
    for name, make, note in [
        ("DFDC 1080p", lambda fakes: contenders.make_copies(data / COPIED, COPIES if fakes else 0),
         f"runs with and without {COPIES} fakes, copies of the original"),
        ("FF++ c40", lambda fakes: contenders.make_families(data / FAMILY, fakes), "runs with and without the 24 fakes"),
    ]:
        if not (data / (COPIED if name.startswith("DFDC") else FAMILY)).exists():
            continue
        contestants = [Ours(make(fakes), kind="families") for fakes in [False, True]]
        for ours in contestants:
            ours.run(1)
        pairs = [[ours.run(1) for ours in contestants] for _ in range(runs)]
        cost = [b["cpu"] - a["cpu"] for a, b in pairs]
        needed = [b["stages"]["decode"] - a["stages"]["decode"] for a, b in pairs]
        rows.append(row(
            f"{name}, fakes with boxes from their originals", cost, needed, "decoding what is needed", "s CPU", 1,
            1 / INHERITED_GOAL, f"{about}; {note}; at most {INHERITED_GOAL} x"))
        detected = [b["stages"]["detect"] - a["stages"]["detect"] for a, b in pairs]
        rows.append(row(
            f"{name}, finding the fakes' faces", detected, needed, "decoding what is needed", "s CPU", 1,
            1 / (INHERITED_GOAL - 1), f"{about}; `detect` alone, with registration"))
    return rows


def four_k(source, about):
    """Peak memory of a worker on a clip of 3840 x 2160."""
    if shutil.which("ffmpeg") is None:
        return []
    clip = SCRATCH / "4k.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", source, "-vf", "scale=3840:2160", "-t", "4", "-an", "-c:v",
                    "libx264", "-preset", "veryfast", clip], check=True)
    memory = Ours(contenders.make_dataset([clip], 1)).run(1)["memory"]
    return [row("a clip of 3840 x 2160", [memory], [MEMORY_GOAL_MIB], "the bound", "MiB peak", 1, 1,
                f"{about}; largest single process; a 1080p clip enlarged")]


def main():
    sets, data = find_sets()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="of each, one after another in turn (default 5)")
    parser.add_argument("--without", nargs="*", default=[], choices=list(contenders.PEERS), help="peers to leave out")
    parser.add_argument("--only", nargs="*", choices=[*sets, INHERITED, FOUR_K],
                        help="sections to measure; the others' entries stay as they are")
    parser.add_argument("--results", type=Path, default=RESULTS, help="file to write")
    arguments = parser.parse_args()

    for path in [DFPREP, YUNET]:
        if not path.is_file():
            missing(f"no {path.relative_to(ROOT)}; run `make build`")
    pythons = {key: environment(key) for key in contenders.PEERS if key not in arguments.without}
    shutil.rmtree(SCRATCH, ignore_errors=True)
    SCRATCH.mkdir(parents=True)
    about = harness.about()

    sections = {name: lambda name=name: measure_set(name, sets[name], arguments, pythons, about) for name in sets}
    sections[INHERITED] = lambda: inherited(data, arguments.runs, about)
    # The last clip of a set lies on its side, as 3840 x 2160 does.
    sections[FOUR_K] = lambda: four_k(next(iter(sets.values()))["clips"][-1], about)
    chosen = arguments.only or list(sections)
    rows = json.loads(arguments.results.read_text()) if arguments.only and arguments.results.is_file() else []
    rows = [row for row in rows if row.get("section") in sections and row["section"] not in chosen]
    for name, section in sections.items():
        if name in chosen:
            rows += [{**row, "section": name} for row in section()]
            # What was measured so far: a long run that is cut off leaves that.
            harness.write(sorted(rows, key=lambda row: list(sections).index(row["section"])), arguments.results)
    print(f"{about}; {', '.join(sorted({package for peer in contenders.PEERS.values() for package in peer['packages']}))}",
          file=sys.stderr)
    harness.show(json.loads(arguments.results.read_text()))
    shutil.rmtree(SCRATCH)


if __name__ == "__main__":
    main()
