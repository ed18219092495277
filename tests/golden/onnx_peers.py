#!/usr/bin/env python3
"""onnx_peers.py CONSILIUM ONNX_AGAIN PEERS [NETWORK...]: our ONNX and others' are the same.

What we write of each network passes the checker of the onnx package and gives
the same answer in ONNX Runtime; what PyTorch exports gives PyTorch's answer
here, for each network and for small ones that hold every operator we read.
PEERS is the folder with onnxruntime-node. Exits with 77 (skipped) without
PyTorch, the onnx package, Node.js or ONNX Runtime. ONNX_AGAIN reads a model
and writes it, which puts every layer we can write before the others."""
import pathlib
import subprocess
import sys
import tempfile
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench" / "engine_peers"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

try:
    import numpy as np
    import onnx
    import torch

    import fill
    import onnx_layers
    from onnx_runtime import start_runtime
    from networks import NETWORKS
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

# Both sides sum in floats, in different orders: a few units in the last place
# for each of some dozen layers, relative to the largest number of the output.
BOUND = 1e-5

SHAPES = {
    "unet3d": (1, 1, 16, 16, 32), "simple3dunet": (1, 1, 8, 16, 24),
    "noduledet": (1, 1, 16, 16, 8), "malignancy": (2, 1, 32, 32, 32),
    "resnet18-2d": (2, 3, 64, 64), "resnet50-2d": (1, 3, 64, 64),
    "resnet18-2d-28": (2, 3, 28, 28), "resnet50-2d-28": (1, 3, 28, 28),
    "nodulefpn": (1, 1, 24, 16, 32), "nodulenet": (2, 1, 32, 16, 16),
    "resnet18-3d": (1, 1, 32, 32, 32), "resnet50-3d": (1, 1, 32, 32, 32),
}

program, again, peers = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
chosen = sys.argv[4:]


def consilium(*args):
    result = subprocess.run([program, *map(str, args)], capture_output=True, text=True)
    assert result.returncode == 0, (args, result.stderr)


def compare(title, ours, theirs, bound=BOUND):
    assert ours.shape == theirs.shape, (title, ours.shape, theirs.shape)
    scale = max(float(np.abs(theirs).max()), 1e-30)
    error = float(np.abs(ours.astype(np.float64) - theirs).max()) / scale
    assert error <= bound, (title, error)
    print(f"{title}: {error:.1e}")


def first(result):
    return (result[0] if isinstance(result, tuple) else result).numpy()


def check_network(name, runtime, folder):
    shape = SHAPES[name]
    model = NETWORKS[name]()
    fill.fill(model, 1, shape)
    model.eval()
    x = np.random.RandomState(3).randn(*shape).astype(np.float32)
    np.save(folder / "in.npy", x)
    torch.save(model.state_dict(), folder / "w.pth")
    with torch.no_grad():
        torchs = first(model(torch.from_numpy(x)))

    ours = folder / "ours.onnx"
    consilium("weights", "convert", folder / "w.pth", ours, "--like", name, "--shape",
              ",".join(map(str, shape)))
    onnx.checker.check_model(onnx.load(str(ours)), full_check=True)
    consilium("weights", "verify", ours, "--like", name)
    consilium("infer", name, "-w", folder / "w.pth", folder / "in.npy", folder / "ours.npy")
    direct = np.load(folder / "ours.npy")
    compare(f"{name}: ours in ONNX Runtime", direct, runtime.run(ours, x, folder))
    consilium("infer", ours, folder / "in.npy", folder / "back.npy")
    assert np.array_equal(direct, np.load(folder / "back.npy")), name

    for keep in (False, True):
        theirs = folder / "theirs.onnx"
        export(model, x, theirs, keep)
        consilium("infer", theirs, folder / "in.npy", folder / "theirs.npy")
        compare(f"{name}: PyTorch's{' unfolded' if keep else ''}",
                np.load(folder / "theirs.npy"), torchs)


def export(model, x, path, keep, opset=17, dynamic=False):
    """`keep`: batch normalisation stays, as in training but with its running
    statistics. Otherwise it is folded into convolutions."""
    modes = torch.onnx.TrainingMode
    axes = {"input": {i: f"axis{i}" for i in range(x.ndim) if i != 1}} if dynamic else None
    torch.onnx.export(model, torch.from_numpy(x), str(path), opset_version=opset,
                      input_names=["input"], do_constant_folding=not keep,
                      training=modes.PRESERVE if keep else modes.EVAL, dynamic_axes=axes)


def check_layers(title, model, shape, folder, runtime, opset):
    """A small network of PyTorch, here (by definition: what matters is what is
    computed, not how fast) and in ONNX Runtime."""
    torch.manual_seed(5)
    for parameter in model.parameters():
        fan_in = parameter[0].numel() if parameter.ndim > 1 else 4
        torch.nn.init.normal_(parameter, std=fan_in ** -0.5)
    model.eval()
    x = np.random.RandomState(4).randn(*shape).astype(np.float32)
    np.save(folder / "in.npy", x)
    with torch.no_grad():
        torchs = first(model(torch.from_numpy(x)))
    path = folder / "layers.onnx"
    export(model, x, path, False, opset)
    consilium("infer", path, folder / "in.npy", folder / "layers.npy", "--exact")
    ours = np.load(folder / "layers.npy")
    compare(f"{title} (opset {opset})", ours, torchs)
    compare(f"{title} (opset {opset}): ONNX Runtime", ours, runtime.run(path, x, folder))
    check_again(title, path, x, torchs, folder, runtime)
    if title not in onnx_layers.CLOSED:
        check_open(title, model, x, torchs, folder)


def check_again(title, path, x, torchs, folder, runtime):
    """What we make of PyTorch's model is one, too."""
    ours = folder / "again.onnx"
    subprocess.run([again, path, ours], check=True)
    onnx.checker.check_model(onnx.load(str(ours)), full_check=True)
    if x.ndim == 3:  # our networks have two axes of space or three
        x = x[:, :, None, :]
    compare(f"{title}: written by us, in ONNX Runtime",
            runtime.run(ours, x, folder).reshape(torchs.shape), torchs)


def check_open(title, model, x, torchs, folder):
    """The batch and the extents left open: the input says them."""
    path = folder / "open.onnx"
    export(model, x, path, False, 17, True)
    consilium("infer", path, folder / "in.npy", folder / "open.npy", "--exact")
    compare(f"{title}: open shapes", np.load(folder / "open.npy"), torchs)


def main():
    warnings.simplefilter("ignore")
    runtime = start_runtime(peers)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for network in chosen or SHAPES:
            if network in SHAPES:
                check_network(network, runtime, folder)
        for title, (model, shape, opsets) in onnx_layers.CASES.items():
            if chosen and title not in chosen:
                continue
            for opset in opsets:
                check_layers(title, model(), shape, folder, runtime, opset)
        runtime.end()


main()
