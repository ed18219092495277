#!/usr/bin/python3
"""PyTorch as a peer: one JSON object a line in, one a line out.

    {"cmd":"load","network":"unet3d","mode":"eager|jit|train","shape":[1,1,64,96,96],
     "threads":2,"weights":"W.pth","input":"IN.npy"}   -> {"ok":true,"version":"…"}
    {"cmd":"run"}                   -> {"s":seconds}
    {"cmd":"output","file":"F.npy"} -> {"ok":true}     what the last run gave
    {"cmd":"rss"}                   -> {"rss_mib":peak of this process}
    {"cmd":"quit"}

Weights and input are optional (then seeded). One process for each mode,
thread count and shape, so that the peak is its own. Loading warms up."""
import json
import pathlib
import sys
import time
import warnings

try:
    import numpy
    import torch

    import fill
    from networks import NETWORKS
except ImportError as error:
    print(json.dumps({"ok": False, "missing": str(error)}))
    sys.exit(0)


def model_of(ask):
    model = NETWORKS[ask["network"]]()
    if "weights" in ask:
        model.load_state_dict(torch.load(ask["weights"]))
        return model
    return fill.fill(model, 1, [2, *ask["shape"][1:2], *([32] * (len(ask["shape"]) - 2))])


def input_of(ask):
    if "input" in ask:
        return torch.from_numpy(numpy.load(ask["input"]))
    return fill.make_input(1, ask["shape"])


def eager(model, x):
    model.eval()
    return lambda: model(x)


def jit(model, x):
    """The profiling executor compiles in its second run: one more to warm up."""
    traced = torch.jit.trace(model.eval(), x, check_trace=False)
    fast = torch.jit.optimize_for_inference(torch.jit.freeze(traced))
    fast(x)
    return lambda: fast(x)


def dice_loss(output, target):
    return 1 - (2 * (output * target).sum() + 1) / (output.sum() + target.sum() + 1)


def train(model, x):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    target = (fill.make_input(2, x.shape) > 0).float()

    def step():
        optimizer.zero_grad()
        output = model(x)
        dice_loss(output, target).backward()
        optimizer.step()
        return output
    return step


MODES = {"eager": eager, "jit": jit, "train": train}


def peak_rss_mib():
    """Of this program alone: ru_maxrss would count the parent before exec."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return None


class Peer:
    def __init__(self):
        self.work = self.output = None

    def load(self, ask):
        torch.set_num_threads(ask["threads"])
        torch.set_num_interop_threads(1)
        torch.set_grad_enabled(ask["mode"] == "train")
        self.work = MODES[ask["mode"]](model_of(ask), input_of(ask))
        self.output = self.work()
        return {"ok": True, "version": torch.__version__}

    def run(self, _ask):
        start = time.perf_counter()
        self.output = self.work()
        return {"s": time.perf_counter() - start}

    def rss(self, _ask):
        return {"rss_mib": peak_rss_mib()}

    def write(self, ask):
        numpy.save(ask["file"], self.output.detach().numpy())
        return {"ok": True}


def main():
    warnings.simplefilter("ignore")
    peer = Peer()
    answers = {"load": peer.load, "run": peer.run, "rss": peer.rss, "output": peer.write}
    for line in sys.stdin:
        ask = json.loads(line)
        if ask["cmd"] == "quit":
            break
        try:
            answer = answers[ask["cmd"]](ask)
        except Exception as error:  # whatever it is, the other side must hear of it
            answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
