"""PyTorch's half of the benchmark: webdataset, torchvision's transforms, timm's networks, channels innermost, two threads.

usage: peer.py train|features NETWORK SIDE BATCH STEPS WARM-UP-STEPS WORKERS SHARD...
"""
import io
import json
import random
import sys
import time

import torch
import webdataset
from PIL import Image

try:
    import torchvision  # noqa: F401
except RuntimeError:
    # Its compiled part is built for one torch, with CUDA mostly; neither timm's networks nor these transforms need it.
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    register = torch.library.register_fake
    torch.library.register_fake = lambda *arguments, **options: lambda function: function
    import torchvision  # noqa: F401
    torch.library.register_fake = register
import timm
from timm.utils import ModelEmaV3
from torchvision import transforms

torch.set_num_threads(2)
mode, network, side, batch, steps, warm_up, workers = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:8])
shards = sys.argv[8:]
training = mode == "train"


class Compress:
    def __call__(self, picture):
        encoded = io.BytesIO()
        picture.save(encoded, "JPEG", quality=random.randint(70, 100))
        return Image.open(encoded).convert("RGB")


config = timm.get_pretrained_cfg(network)
steps_of = [transforms.Resize((side, side), interpolation=transforms.InterpolationMode.BOX),
            transforms.ToTensor(), transforms.Normalize(config.mean, config.std)]
if training:
    steps_of = [transforms.RandomHorizontalFlip(0.5),
                transforms.RandomApply([transforms.ColorJitter(0.1, 0.1, 0.1, 5 / 360)], 0.3),
                transforms.RandomApply([Compress()], 0.3)] + steps_of
data = webdataset.WebDataset(shards, shardshuffle=100 if training else False, nodesplitter=None,
                             workersplitter=webdataset.split_by_worker, empty_check=False)
if training:
    data = data.shuffle(1000)
data = data.decode("pil").to_tuple("jpg", "cls").map_tuple(transforms.Compose(steps_of), int).batched(batch, partial=False)
loader = webdataset.WebLoader(data, batch_size=None, num_workers=workers).repeat().with_epoch(steps + warm_up)

model = timm.create_model(network, num_classes=2 if training else 0).to(memory_format=torch.channels_last)
if training:
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2, fused=True)
    loss_of = torch.nn.CrossEntropyLoss()
    average = ModelEmaV3(model, decay=0.995)
else:
    model.eval()

start, count, waiting, before = 0.0, 0, 0.0, time.monotonic()
for step, (pictures, labels) in enumerate(loader):
    waiting += time.monotonic() - before
    if step == warm_up:
        start, waiting = time.monotonic(), 0.0
    pictures = pictures.contiguous(memory_format=torch.channels_last)
    if training:
        loss = loss_of(model(pictures), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        average.update(model)
        loss.item()
    else:
        with torch.inference_mode():
            model(pictures).numpy()
    if step >= warm_up:
        count += len(labels)
    before = time.monotonic()
seconds = time.monotonic() - start
print(json.dumps({"imagesPerSecond": count / seconds, "waiting": waiting / seconds}))
