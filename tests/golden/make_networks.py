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
import math
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

# (evaluated at, trained at). Seeds go by place: new ones come last. A train
# step needs more than a few values in each channel of the deepest layer, or its
# normalisation has no sound gradient.
CASES = {
    "unet3d": ([(1, 1, 16, 16, 16), (1, 1, 16, 32, 16)], (2, 1, 16, 32, 16)),
    "simple3dunet": ([(1, 1, 16, 16, 16), (1, 1, 24, 16, 8)], (1, 1, 16, 16, 16)),
    "noduledet": ([(1, 1, 16, 16, 16), (1, 1, 24, 20, 12)], (1, 1, 16, 16, 16)),
    "malignancy": ([(1, 1, 16, 16, 16), (2, 1, 24, 20, 12)], (2, 1, 40, 36, 24)),
    "resnet18-2d": ([(2, 3, 28, 28), (2, 3, 64, 64), (1, 3, 50, 39)], (2, 3, 64, 64)),
    "resnet50-2d": ([(2, 3, 28, 28), (2, 3, 64, 64), (1, 3, 50, 39)], (2, 3, 64, 64)),
    "resnet18-2d-28": ([(2, 3, 28, 28), (1, 3, 20, 33)], (2, 3, 28, 28)),
    "resnet50-2d-28": ([(2, 3, 28, 28), (1, 3, 20, 33)], (1, 3, 28, 28)),
    "resnet18-3d": ([(1, 1, 16, 16, 16), (2, 1, 24, 20, 12)], (2, 1, 40, 36, 24)),
    "resnet50-3d": ([(1, 1, 16, 16, 16), (2, 1, 24, 20, 12)], (2, 1, 40, 36, 24)),
    "nodulefpn": ([(1, 1, 16, 16, 16), (1, 1, 24, 16, 8)], (2, 1, 16, 32, 16)),
    "nodulenet": ([(1, 1, 16, 16, 16), (2, 1, 24, 16, 8)], (2, 1, 32, 32, 16)),
}
# Of a parameter's gradient, against all gradients; check_networks.c has it too.
NEXT_TO_NOTHING = 1e-5
SEEDS = {name: 1000 + number for number, name in enumerate(CASES)}


def spelled(shape):
    return "x".join(map(str, shape))


def outputs_of(model, x):
    result = model(x)
    return list(result) if isinstance(result, tuple) else [result]


def save(folder, name, values):
    folder.mkdir(parents=True, exist_ok=True)
    numpy.save(folder / f"{name}.npy", values.detach().contiguous().numpy())


def load(folder, name):
    return torch.from_numpy(numpy.load(folder / f"{name}.npy"))


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


class KinkGuard:
    """A ReLU whose input is within rounding of 0 makes gradients jump, so that
    two sound engines differ in the second digit. While `model` runs forward,
    this moves the bias in front of each ReLU, channel by channel and a little,
    to where the values around 0 leave the widest gap."""
    REACH = 0.25

    def __init__(self, model):
        self.source, self.margin, self.hooks = None, math.inf, []
        for module in model.modules():
            if isinstance(module, nn.ReLU):
                self.hooks.append(module.register_forward_pre_hook(self.before_relu))
            elif getattr(module, "bias", None) is not None:
                self.hooks.append(module.register_forward_hook(self.after_source))

    def after_source(self, module, _arguments, _output):
        self.source = module

    def before_relu(self, _module, arguments):
        x, bias = arguments[0], self.source.bias.data
        moved = (bias + self.shifts(x.detach())).float().double()
        guarded = x + (moved - bias).reshape([1, -1] + [1] * (x.dim() - 2))
        bias.copy_(moved)
        self.margin = min(self.margin, guarded.detach().abs().min().item())
        return guarded

    def shifts(self, x):
        values = x.transpose(0, 1).flatten(1).clamp(-self.REACH, self.REACH)
        ends = torch.full_like(values[:, :1], self.REACH)
        values = torch.cat([-ends, values, ends], 1).sort(1).values
        at = (values[:, 1:] - values[:, :-1]).argmax(1, keepdim=True)
        return -(values.gather(1, at) + values.gather(1, at + 1)).flatten() / 2

    def remove(self):
        for hook in self.hooks:
            hook.remove()


def forward_backward(model, x):
    outputs = outputs_of(train_mode(model), x.requires_grad_())
    loss = sum((y * y).mean() / 2 for y in outputs)
    loss.backward()
    return outputs, loss


def gradient_errors(single, double):
    """How far plain f32 arithmetic is off, parameter by parameter, against the
    norm of all gradients: some, such as that of a bias before a normalisation,
    are 0 but for rounding."""
    whole = math.sqrt(sum(p.grad.norm().item() ** 2 for p in double.parameters()))
    return {name: (p.grad.double() - q.grad).norm().item() / whole
            for (name, p), q in zip(single.named_parameters(), double.parameters())}


def own_error(single, double):
    """The worst error of one parameter's gradient against that gradient itself,
    leaving out those that are next to nothing."""
    whole = math.sqrt(sum(p.grad.norm().item() ** 2 for p in double.parameters()))
    pairs = zip(single.parameters(), double.parameters())
    return max(((p.grad.double() - q.grad).norm() / q.grad.norm()).item()
               for p, q in pairs if q.grad.norm() > NEXT_TO_NOTHING * whole)


def train_exactly(double, x, folder):
    """Guards the kinks of `double`, changes its running statistics."""
    save(folder, "input", x)
    guard, exact = KinkGuard(double), x.double()
    outputs, loss = forward_backward(double, exact)
    guard.remove()
    for index, y in enumerate(outputs):
        save(folder, f"output-{index}.f64", y)
    save(folder, "grad-input", exact.grad.float())
    save_state_after(double, folder)
    return {"folder": folder.name, "loss": loss.item(), "least_relu_input": guard.margin,
            "num_batches_tracked": 101}


def take_biases(single, double):
    for p, q in zip(single.parameters(), double.parameters()):
        p.data.copy_(q.data)


def doubled(name, single):
    double = NETWORKS[name]().double()
    double.load_state_dict(single.state_dict())
    return double


@torch.no_grad()
def most_off(got, exact):
    """The largest error against the largest value."""
    return ((got.double() - exact).abs().max() / exact.abs().max()).item()


def statistics_error(single, double):
    pairs = zip(single.named_buffers(), double.named_buffers())
    return max((most_off(p, q) for (name, p), (_, q) in pairs
                if not name.endswith("num_batches_tracked")), default=0.0)


def train_roughly(single, double, x, folder):
    """The same step in f32, to tell what to expect of any engine."""
    outputs, loss = forward_backward(single, x)
    errors = gradient_errors(single, double)
    worst = max(errors, key=errors.get)
    exact = [load(folder, f"output-{index}.f64") for index in range(len(outputs))]
    at_input = load(folder, "grad-input").double()
    return {"loss": loss.item(), "worst": worst, "worst_error": errors[worst],
            "error": math.sqrt(sum(e * e for e in errors.values())),
            "own_error": own_error(single, double),
            "outputs_error": max(map(most_off, outputs, exact)),
            "input_error": ((x.grad.double() - at_input).norm() / at_input.norm()).item(),
            "statistics_error": statistics_error(single, double)}


def make(task):
    name, folder = task
    torch.set_num_threads(1)
    evaluated, trained = CASES[name]
    folder.mkdir(parents=True, exist_ok=True)
    single = fill.fill(NETWORKS[name](), SEEDS[name], trained)
    double = doubled(name, single)
    golden = {"network": name, "seed": SEEDS[name], "torch": torch.__version__, "eval": []}
    x = fill.make_input(SEEDS[name] + 500, trained)
    golden["train"] = train_exactly(double, x, folder / f"train-{spelled(trained)}")
    take_biases(single, double)
    torch.save(single.state_dict(), folder / "weights.pth")
    reference = doubled(name, single)
    for shape in evaluated:
        x_eval = fill.make_input(SEEDS[name], shape)
        golden["eval"].append(evaluate(single, reference, x_eval,
                                       folder / f"eval-{spelled(shape)}"))
    golden["train"]["f32"] = train_roughly(
        single, double, x, folder / golden["train"]["folder"])
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
            print(f"{golden['network']:<18} loss {step['loss']:.6f}, ReLU inputs beyond "
                  f"{step['least_relu_input']:.1e}, f32 gradients within "
                  f"{step['f32']['error']:.1e}", flush=True)


if __name__ == "__main__":
    main()
