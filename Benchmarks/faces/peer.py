"""The work of run.py as it is done in Python: PyAV decodes, OpenCV's YuNet or facenet-pytorch's MTCNN finds faces,
OpenCV cuts and compresses. Writes <output>/<clip>.tar and <clip>.jsonl, prints {clip: seconds} as JSON.

Geometry is that of dfprep's `crop`: a square round the largest face, `MARGIN` times the box's longer side, whole
pixels, edges repeated, reduced by area and enlarged by cubic interpolation. Pictures are reduced for detection to a
longer side of 640 pixels (`--scale side`), or, as the code of DFDC's winner did, to half when wider than 1000 pixels and
not at all below (`--scale half`).
"""
import argparse
import io
import json
import multiprocessing
import os
import tarfile
import time
from pathlib import Path

FRAMES = 32
SIDE = 640
SCORE = 0.6
MARGIN = 1.3
CROP_SIDE = 256
JPEG_QUALITY = 95


def uniform(count, times):
    """The frames nearest to `count` evenly spaced times, first and last included; exact, a tie takes the earlier."""
    if len(times) <= count:
        return times
    steps, span, chosen, index = count - 1, times[-1] - times[0], [], 0
    for step in range(count):
        def distance(i):
            return abs((times[i] - times[0]) * steps - span * step)
        while index + 1 < len(times) and distance(index + 1) < distance(index):
            index += 1
        if not chosen or chosen[-1] != times[index]:
            chosen.append(times[index])
    return chosen


def frames(path, decoder_threads):
    """Yields (pts, picture), blue green red, of the chosen frames; decodes forward, no further than the last of them."""
    import av
    with av.open(path) as container:
        packets = container.demux(container.streams.video[0])
        times = sorted({p.pts for p in packets if p.pts is not None and not p.is_discard})
    wanted = uniform(FRAMES, times)
    pending = set(wanted)
    with av.open(path) as container:
        stream = container.streams.video[0]
        if decoder_threads == "auto":
            stream.thread_type = "AUTO"
        else:
            stream.codec_context.thread_count = 1
        for frame in container.decode(stream):
            if frame.pts in pending:
                pending.remove(frame.pts)
                yield frame.pts, frame.to_ndarray(format="bgr24")
                if not pending:
                    break


class YuNet:
    def __init__(self, arguments):
        import cv2
        self.detector = cv2.FaceDetectorYN.create(arguments.model, "", (SIDE, SIDE), SCORE, 0.3)

    def largest(self, pictures):
        for picture in pictures:
            self.detector.setInputSize((picture.shape[1], picture.shape[0]))
            found = self.detector.detect(picture)[1]
            boxes = [] if found is None else [face[:4].tolist() for face in found]
            yield max(boxes, key=lambda box: box[2] * box[3], default=None)


class MTCNN:
    def __init__(self, arguments):
        import facenet_pytorch
        import torch
        torch.set_num_threads(arguments.threads)
        self.detector = facenet_pytorch.MTCNN(keep_all=True, device="cpu")

    def largest(self, pictures):
        found, _ = self.detector.detect([picture[:, :, ::-1] for picture in pictures])
        for boxes in found:
            corners = [] if boxes is None else boxes.tolist()
            boxes = [(left, top, right - left, bottom - top) for left, top, right, bottom in corners]
            yield max(boxes, key=lambda box: box[2] * box[3], default=None)


def reduced(picture, scale):
    import cv2
    height, width = picture.shape[:2]
    if scale == "side":
        ratio = min(1, SIDE / max(width, height))
    else:
        ratio = 0.5 if max(width, height) > 1000 else 1
    if ratio == 1:
        return picture
    return cv2.resize(picture, (round(width * ratio), round(height * ratio)), interpolation=cv2.INTER_AREA)


def enlarged(box, small, picture):
    x, y = picture.shape[1] / small.shape[1], picture.shape[0] / small.shape[0]
    return [box[0] * x, box[1] * y, box[2] * x, box[3] * y]


def crop(picture, box):
    import cv2
    side = round(MARGIN * max(box[2], box[3]))
    left, top = round(box[0] + box[2] / 2 - side / 2), round(box[1] + box[3] / 2 - side / 2)
    height, width = picture.shape[:2]
    before_x, before_y = max(0, -left), max(0, -top)
    after_x, after_y = max(0, left + side - width), max(0, top + side - height)
    square = picture[max(0, top):top + side, max(0, left):left + side]
    if before_x or before_y or after_x or after_y:
        square = cv2.copyMakeBorder(square, before_y, after_y, before_x, after_x, cv2.BORDER_REPLICATE)
    interpolation = cv2.INTER_AREA if side > CROP_SIDE else cv2.INTER_CUBIC
    return cv2.resize(square, (CROP_SIDE, CROP_SIDE), interpolation=interpolation)


def compressed(picture):
    import cv2
    settings = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY,
                cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    return cv2.imencode(".jpg", picture, settings)[1].tobytes()


def batches(items, size):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def begin(arguments):
    """Sets up one process."""
    global detector
    import cv2
    cv2.setNumThreads(arguments.threads)
    detector = {"yunet": YuNet, "mtcnn": MTCNN}[arguments.detector](arguments)


def work(path, arguments):
    """Does one clip; returns its name and seconds."""
    start = time.perf_counter()
    name = Path(path).stem
    with tarfile.open(Path(arguments.output, name + ".tar"), "w") as tar, \
            open(Path(arguments.output, name + ".jsonl"), "w") as lines:
        for batch in batches(frames(path, arguments.decoder_threads), arguments.batch):
            pictures = [reduced(picture, arguments.scale) for _, picture in batch]
            for (pts, picture), small, box in zip(batch, pictures, detector.largest(pictures)):
                if box is None:
                    continue
                box = enlarged(box, small, picture)
                data = compressed(crop(picture, box))
                member = tarfile.TarInfo(f"{name}/{pts:012}.jpg")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
                lines.write(json.dumps({"pts": pts, "box": box}) + "\n")
    return name, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--detector", choices=["yunet", "mtcnn"], required=True)
    parser.add_argument("--model", help="YuNet's weights")
    parser.add_argument("--output", required=True)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="of OpenCV and torch, in each process")
    parser.add_argument("--decoder-threads", choices=["one", "auto"], default="one")
    parser.add_argument("--scale", choices=["side", "half"], default="side", help="of pictures for detection")
    parser.add_argument("--batch", type=int, default=1, help="frames handed to the detector at a time")
    parser.add_argument("clips", nargs="+")
    arguments = parser.parse_args()
    os.makedirs(arguments.output, exist_ok=True)
    clips = sorted(arguments.clips, key=os.path.getsize, reverse=True)
    jobs = [(clip, arguments) for clip in clips]
    if arguments.processes == 1:
        begin(arguments)
        done = [work(*job) for job in jobs]
    else:
        with multiprocessing.Pool(arguments.processes, begin, [arguments]) as pool:
            done = pool.starmap(work, jobs, chunksize=1)
    print(json.dumps(dict(done)))


if __name__ == "__main__":
    main()
