"""timm's side of `make interop-models`.

Usage: interop-models.py write FOLDER [NAME...]   networks with random weights: files for dfprep's tests to compare with
       interop-models.py check FOLDER             loads what those tests wrote; exits with 1 on any difference

Of each network, FOLDER/NAME/ gets `weights.safetensors`, its state dictionary, and `reference.safetensors`: inputs,
outputs, gradients and running statistics.
"""

import hashlib
import json
import pathlib
import sys

import torch


def import_timm():
    """timm, whose networks need nothing of torchvision's compiled part: that is built for one torch, with CUDA mostly."""
    try:
        import torchvision  # noqa: F401
    except RuntimeError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        register = torch.library.register_fake
        torch.library.register_fake = lambda *arguments, **options: lambda function: function
        import torchvision  # noqa: F401
        torch.library.register_fake = register
    import timm
    return timm


timm = import_timm()
import safetensors.torch  # noqa: E402

# dfprep's names, and timm's where they differ.
NETWORKS = {
    "efficientnet-lite0": "tf_efficientnet_lite0",
    "tf_efficientnet_b0": "tf_efficientnet_b0",
    "tf_efficientnet_b4": "tf_efficientnet_b4",
    "tf_efficientnet_b5": "tf_efficientnet_b5",
    "tf_efficientnet_b6": "tf_efficientnet_b6",
    "resnet18": "resnet18",
    "resnet50": "resnet50",
    "convnextv2_tiny": "convnextv2_tiny",
    "xception": "legacy_xception",
}
# Of parameters and of buffers, so many are compared, from the first to the last.
COMPARED = 12
TOLERANCE = 1e-4


def network(name, seed):
    """A network whose normalisations do something, as trained ones do: drawn, they are the identity, or zero."""
    torch.manual_seed(seed)
    model = timm.create_model(NETWORKS[name], pretrained=False)
    for key, value in model.state_dict().items():
        if key.endswith("num_batches_tracked"):
            value.fill_(7)
        elif key.endswith("running_var") or value.dim() == 1 and key.endswith("weight"):
            value.uniform_(0.5, 1.5)
        elif value.dim() == 1:
            value.normal_(0, 0.1)
    return model


def spread(items):
    """COMPARED of the items at most, evenly from the first to the last."""
    items = list(items)
    if len(items) <= COMPARED:
        return items
    return [items[round(index * (len(items) - 1) / (COMPARED - 1))] for index in range(COMPARED)]


def outputs(model, pictures):
    feature_map = model.forward_features(pictures)
    features = model.forward_head(feature_map, pre_logits=True)
    return {"map": feature_map, "features": features, "logits": model.get_classifier()(features)}


def run(model, pictures, direction):
    """Outputs, and gradients of the logits' product with `direction`."""
    pictures = pictures.clone().requires_grad_()
    model.zero_grad()
    found = outputs(model, pictures)
    (found["logits"] * direction).sum().backward()
    found["gradient/input"] = pictures.grad
    for key, parameter in spread(model.named_parameters()):
        found[f"gradient/{key}"] = parameter.grad
    return {key: value.detach().clone() for key, value in found.items()}


def digest(state):
    """The start of the SHA-256 of names, types and shapes, as Tests/ModelsTests/BackboneTests.swift has it."""
    lines = sorted(f"{key} {str(value.dtype).split('.')[1]}{list(value.shape)}\n" for key, value in state.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:16]


def write(folder, name, seed):
    model = network(name, seed)
    folder.mkdir(parents=True)
    state = model.state_dict()
    keys = f"{len(state):4} arrays, keys {digest(state)}"
    safetensors.torch.save_file(state, folder / "weights.safetensors")
    # TensorFlow's padding depends on the sides; each picture's is another.
    files = {"even/input": torch.randn(4, 3, 96, 128), "odd/input": torch.randn(2, 3, 111, 85)}
    model.eval()
    with torch.no_grad():
        files["odd/logits"] = model(files["odd/input"])
        files |= {f"even/{key}": value for key, value in outputs(model, files["even/input"]).items()}
    # Gradients in float64: where a number is as small as float32's rounding errors, these decide on which side of a
    # ReLU's bend it falls, and a gradient is another.
    model.double()
    pictures, direction = torch.randn(3, 3, 64, 96).double(), torch.randn(3, 1000).double()
    files |= {"double/input": pictures, "double/direction": direction}
    files |= {f"evaluation/{key}": value for key, value in run(model, pictures, direction).items()}
    model.train()
    files |= {f"training/{key}": value for key, value in run(model, pictures, direction).items()}
    buffers = [item for item in model.named_buffers() if "running" in item[0]]
    files |= {f"training/buffer/{key}": value for key, value in spread(buffers)}
    files = {key: value.detach().clone().contiguous() for key, value in files.items()}
    safetensors.torch.save_file(files, folder / "reference.safetensors")
    if name == "resnet18":
        write_torch_files(folder, safetensors.torch.load_file(folder / "weights.safetensors"))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    print(f"{name:20} timm's {NETWORKS[name]:22} {parameters:11,} parameters, {keys}")


def write_torch_files(folder, weights):
    """The same weights in the formats of torch.save."""
    torch.save(weights, folder / "weights.pth")
    torch.save(weights, folder / "weights-old.pth", _use_new_zipfile_serialization=False)
    wrapped = {"epoch": 3, "loss": 0.25, "state_dict": {f"module.{key}": value for key, value in weights.items()}}
    torch.save(wrapped, folder / "checkpoint.pth")


def facts_that_differ(model, facts):
    """Yields what dfprep says of a network and timm does not. The weights of efficientnet-lite0 are not timm's."""
    config = model.default_cfg
    if facts["timmName"] != config["architecture"]:
        yield f"the name {facts['timmName']}"
    if config["input_size"][1] != facts["sidePixels"] or config["interpolation"] != facts["interpolation"]:
        yield f"side and interpolation {config['input_size']}, {config['interpolation']}"
    if not facts["address"]:
        return
    if list(config["mean"]) != facts["mean"] or list(config["std"]) != facts["standardDeviation"]:
        yield f"mean and deviation {config['mean']}, {config['std']}"
    if config["license"] != facts["licence"].lower():
        yield f"the licence {config['license']}"
    # The repository of timm has moved since some of its addresses were written down.
    release = config["url"].replace("/rwightman/pytorch-image-models/", "/huggingface/pytorch-image-models/")
    hub = f"https://huggingface.co/{config.get('hf_hub_id')}/resolve/main/model.safetensors"
    if facts["address"] not in (release, hub):
        yield f"the addresses {release} and {hub}"


def check(folder):
    """Whether timm loads dfprep's weights, every name and shape, and computes the same with them; the difference."""
    model = timm.create_model(NETWORKS[folder.name], pretrained=False)
    for what in facts_that_differ(model, json.loads((folder / "dfprep-facts.json").read_text())):
        raise RuntimeError(f"timm says otherwise: {what}")
    model.load_state_dict(safetensors.torch.load_file(folder / "dfprep.safetensors"), strict=True)
    ours = safetensors.torch.load_file(folder / "dfprep-outputs.safetensors")
    with torch.no_grad():
        theirs = model.eval()(ours["input"])
    return ((theirs - ours["logits"]).abs().max() / theirs.abs().max()).item()


def main(arguments):
    torch.set_num_threads(2)
    mode, folder = arguments[0], pathlib.Path(arguments[1])
    if mode == "write":
        for seed, name in enumerate(NETWORKS):
            if name in (arguments[2:] or NETWORKS):
                write(folder / name, name, seed + 1)
        return 0
    failures = 0
    for place in sorted(folder.iterdir()):
        try:
            difference = check(place)
        except (OSError, RuntimeError) as error:
            print(f"interop-models: {place.name}: {error}", file=sys.stderr)
            failures += 1
            continue
        print(f"{place.name:20} loaded strictly by timm {timm.__version__}; logits differ by {difference:.1e} of the largest")
        failures += not difference <= TOLERANCE
    print(f"{failures} networks differ (torch {torch.__version__})")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
