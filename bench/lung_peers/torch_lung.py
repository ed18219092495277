#!/usr/bin/python3
"""PyTorch doing what `consilium train` and `diagnose` do: one JSON object out.

  torch_lung.py step SCAN.mhd --steps N --threads T
      the reference's training step, from reading the scan's middle 64x64x64 to
      Adam's update: softmax, Dice of both classes, batch 1
  torch_lung.py windows --network NAME --weights W --size X,Y,Z --windows N --threads T
      N windows of a network through the fastest of its ways (traced, frozen,
      optimised), with Gaussian blending into one map; seconds of all"""
import argparse
import json
import pathlib
import resource
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "engine_peers"))

try:
    import numpy
    import torch

    from networks import NETWORKS
except ImportError as error:
    print(json.dumps({"missing": str(error)}))
    sys.exit(0)


# --- one step of training ---

def header_of(path):
    pairs = (line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines() if "=" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def middle(path, side=64):
    """The reference's sample: HU to 0 ... 1, the middle of the scan."""
    header = header_of(path)
    size = [int(n) for n in header["DimSize"].split()]
    voxels = numpy.memmap(path.parent / header["ElementDataFile"], numpy.int16, "r",
                          shape=tuple(reversed(size)))
    begin = [(n - side) // 2 for n in voxels.shape]
    cut = voxels[tuple(slice(b, b + side) for b in begin)].astype(numpy.float32)
    return torch.from_numpy((cut.clip(-1000, 400) + 1000) / 1400)[None, None]


def dice_of_both(logits, label):
    p = torch.softmax(logits, 1)
    y = torch.stack([1 - label, label], 1)
    axes = (2, 3, 4)
    overlap = (p * y).sum(axes)
    return 1 - ((2 * overlap + 1e-6) / (p.sum(axes) + y.sum(axes) + 1e-6)).mean()


def ball(side=64):
    at = torch.arange(side) - side // 2
    return ((at[:, None, None] ** 2 + at[:, None] ** 2 + at ** 2) <= 36).float()[None]


def step(args):
    torch.manual_seed(1)
    model = NETWORKS["simple3dunet"]().train()
    adam = torch.optim.Adam(model.parameters(), lr=1e-3)
    label, seconds = ball(), []
    for _ in range(args.steps + 1):
        start = time.perf_counter()
        adam.zero_grad()
        dice_of_both(model(middle(pathlib.Path(args.scan))), label).backward()
        adam.step()
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds[1:]}  # the first warms up


# --- a scan by windows ---

def fast(model, x):
    traced = torch.jit.trace(model.eval(), x, check_trace=False)
    ready = torch.jit.optimize_for_inference(torch.jit.freeze(traced))
    ready(x)
    ready(x)
    return ready


def gaussian(shape):
    axes = [torch.exp(-0.5 * ((torch.arange(n) - (n - 1) / 2) / (n / 8)) ** 2) for n in shape]
    return axes[0][:, None, None] * axes[1][:, None] * axes[2]


@torch.no_grad()
def windows(args):
    size = [int(n) for n in reversed(args.size.split(","))]
    model = NETWORKS[args.network]()
    if args.weights:
        model.load_state_dict(torch.load(args.weights))
    x = torch.rand(1, 1, *size)
    ready = fast(model, x)
    out = ready(x)
    out = out[0] if isinstance(out, tuple) else out
    weight = gaussian(out.shape[2:])
    total, norm = torch.zeros(out.shape[2:]), torch.zeros(out.shape[2:])
    start = time.perf_counter()
    for _ in range(args.windows):
        out = ready(x)
        out = out[0] if isinstance(out, tuple) else out
        total += torch.sigmoid(out[0, -1]) * weight
        norm += weight
    return {"seconds": time.perf_counter() - start}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["step", "windows"])
    parser.add_argument("scan", nargs="?")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--network", choices=NETWORKS, default="nodulefpn")
    parser.add_argument("--weights")
    parser.add_argument("--size", default="96,96,96")
    parser.add_argument("--windows", type=int, default=10)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    result = step(args) if args.what == "step" else windows(args)
    result["rss_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result["torch"] = torch.__version__
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
