#!/usr/bin/python3
"""make_networks.py DIR [--only NETWORK]...: what PyTorch makes of each network.

    DIR/<network>/weights.pth                 a plain state dict, f32
    DIR/<network>/golden.json                 what lies here, ranges, the loss
    DIR/<network>/eval-<shape>/input.npy      f32
    DIR/<network>/eval-<shape>/output-<i>.f32.npy, output-<i>.f64.npy
    DIR/<network>/train-<shape>/input.npy, output-<i>.f64.npy
    DIR/<network>/train-<shape>/grad-input.npy
    DIR/<network>/train-<shape>/grad/<parameter>.npy
    DIR/<network>/train-<shape>/stats/<running_mean or running_var>.npy

The loss is the sum over outputs of mean(output^2) / 2. Everything of a train
step is computed in f64; gradients and statistics are then stored in f32.
Drop-out is off. The files are large and quickly made, so they are not kept:
tests make them where PyTorch is installed and skip where it is not."""
import argparse
import json
import multiprocessing
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench" / "engine_peers"))

try:
    import numpy
    import torch
    from torch import nn

    import fill
    from networks import NETWORKS
except ImportError as error:
    print(f"make_networks: {error}", file=sys.stderr)
    sys.exit(77)  # "skipped", for ctest

# (evaluated at, trained at). A train step needs more than a few values in each
# channel of the deepest layer, or its normalisation has no sound gradient.
CASES = {
    "unet3d": ([(1, 1, 16, 16, 16), (2, 1, 16, 32, 16)], (2, 1, 16, 32, 16)),
    "simple3dunet": ([(1, 1, 16, 16, 16), (1, 1, 24, 16, 8)], (1, 1, 16, 16, 16)),
    "nodule-detection": ([(1, 1, 16, 16, 16), (1, 1, 24, 20, 12)], (1, 1, 16, 16, 16)),
    "malignancy": ([(1, 1, 16, 16, 16), (2, 1, 24, 20, 12)], (2, 1, 40, 36, 32)),
    "resnet18": ([(2, 3, 28, 28), (2, 3, 64, 64), (1, 3, 50, 39)], (2, 3, 64, 64)),
    "resnet50": ([(2, 3, 28, 28), (2, 3, 64, 64), (1, 3, 50, 39)], (2, 3, 64, 64)),
    "resnet18-28": ([(2, 3, 28, 28), (1, 3, 20, 33)], (2, 3, 28, 28)),
    "resnet50-28": ([(2, 3, 28, 28), (1, 3, 20, 33)], (1, 3, 28, 28)),
    "resnet18-3d": ([(1, 1, 16, 16, 16), (2, 1, 24, 20, 12)], (2, 1, 40, 36, 32)),
    "resnet50-3d": ([(1, 1, 16, 16, 16), (2, 1, 24, 20, 12)], (2, 1, 40, 36, 32)),
}
SEEDS = {name: 1000 + number for number, name in enumerate(CASES)}


def spelled(shape):
    return "x".join(map(str, shape))


def outputs_of(model, x):
    result = model(x)
    return list(result) if isinstance(result, tuple) else [result]


def save(folder, name, values):
    folder.mkdir(parents=True, exist_ok=True)
    numpy.save(folder / f"{name}.npy", values.detach().contiguous().numpy())


@torch.no_grad()
def evaluate(single, double, x, folder):
    save(folder, "input", x)
    rows = []
    pairs = zip(outputs_of(single.eval(), x), outputs_of(double.eval(), x.double()))
    for index, (got, exact) in enumerate(pairs):
        save(folder, f"output-{index}.f32", got)
        save(folder, f"output-{index}.f64", exact)
        rows.append({"shape": list(exact.shape), "max": exact.abs().max().item(),
                     "std": exact.std().item(),
                     "f32_max_error": (got.double() - exact).abs().max().item()})
    return {"folder": folder.name, "outputs": rows}


def train_mode(model):
    """Batch statistics, but no drop-out."""
    model.train()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.eval()
    return model


def save_state_after(model, folder):
    for name, parameter in model.named_parameters():
        save(folder / "grad", name, parameter.grad.float())
    for name, buffer in model.named_buffers():
        if not name.endswith("num_batches_tracked"):
            save(folder / "stats", name, buffer.float())


def forward_backward(model, x):
    outputs = outputs_of(train_mode(model), x.requires_grad_())
    loss = sum((y * y).mean() / 2 for y in outputs)
    loss.backward()
    return outputs, loss


def worst_gradient(single, double):
    """|difference| / |gradient| of the parameter whose f32 gradient is worst:
    how far plain f32 arithmetic may be off."""
    return max(((p.grad.double() - q.grad).norm() / q.grad.norm()).item()
               for p, q in zip(single.parameters(), double.parameters()))


def train_step(single, double, x, folder):
    """Changes the running statistics of both models."""
    save(folder, "input", x)
    exact = x.double()
    outputs, loss = forward_backward(double, exact)
    for index, y in enumerate(outputs):
        save(folder, f"output-{index}.f64", y)
    save(folder, "grad-input", exact.grad.float())
    save_state_after(double, folder)
    forward_backward(single, x)
    norms = [p.grad.norm().item() for p in double.parameters()]
    return {"folder": folder.name, "loss": loss.item(),
            "grad_norm_least": min(norms), "grad_norm_most": max(norms),
            "f32_worst_relative_gradient": worst_gradient(single, double),
            "num_batches_tracked": 101}


def make(task):
    name, folder = task
    torch.set_num_threads(1)
    evaluated, trained = CASES[name]
    folder.mkdir(parents=True, exist_ok=True)
    single = fill.fill(NETWORKS[name](), SEEDS[name], trained)
    torch.save(single.state_dict(), folder / "weights.pth")
    double = NETWORKS[name]().double()
    double.load_state_dict(single.state_dict())
    golden = {"network": name, "seed": SEEDS[name], "torch": torch.__version__, "eval": []}
    for shape in evaluated:
        x = fill.make_input(SEEDS[name], shape)
        golden["eval"].append(evaluate(single, double, x, folder / f"eval-{spelled(shape)}"))
    x = fill.make_input(SEEDS[name] + 500, trained)
    golden["train"] = train_step(single, double, x, folder / f"train-{spelled(trained)}")
    (folder / "golden.json").write_text(json.dumps(golden, indent=2) + "\n")
    return golden


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir", type=pathlib.Path)
    parser.add_argument("--only", action="append", choices=CASES, metavar="NETWORK")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    # The longest first, so that none is left to run alone.
    slowest = ("resnet50-3d", "unet3d", "malignancy", "resnet18-3d")
    wanted = sorted(args.only or CASES, key=lambda name: name not in slowest)
    tasks = [(name, args.dir / name) for name in wanted]
    with multiprocessing.get_context("spawn").Pool(min(args.jobs, len(tasks))) as pool:
        for golden in pool.imap(make, tasks, chunksize=1):
            step = golden["train"]
            print(f"{golden['network']:<18} loss {step['loss']:.6f}, f32 gradients within "
                  f"{step['f32_worst_relative_gradient']:.1e}", flush=True)


if __name__ == "__main__":
    main()
