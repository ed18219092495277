#!/usr/bin/python3
"""export_onnx.py NETWORK OUT.onnx --shape 1,1,64,96,96: a network of the zoo as
ONNX, opset 13, at this shape. Batch normalisation is folded into the weights
unless --keep-norm. Needs PyTorch only, not the onnx module."""
import argparse
import sys
import warnings

try:
    import torch

    import fill
    from networks import NETWORKS
except ImportError as error:
    print(f"export_onnx: {error}", file=sys.stderr)
    sys.exit(77)


def load(name, weights, shape):
    model = NETWORKS[name]()
    if weights:
        model.load_state_dict(torch.load(weights))
    else:
        fill.fill(model, 1, shape)
    return model.eval()


def output_names(model, x):
    result = model(x)
    return [f"output{i}" for i in range(len(result) if isinstance(result, tuple) else 1)]


def export(model, shape, path, keep_norm):
    # In mode PRESERVE the exporter leaves the graph as it was written.
    training = torch.onnx.TrainingMode
    x = torch.zeros(shape)
    torch.onnx.export(
        model, x, path, opset_version=13, input_names=["input"],
        output_names=output_names(model, x), do_constant_folding=not keep_norm,
        training=training.PRESERVE if keep_norm else training.EVAL)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("out")
    parser.add_argument("--shape", required=True)
    parser.add_argument("--weights", help="a state dict; without it, seeded at random")
    parser.add_argument("--keep-norm", action="store_true")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    shape = [int(size) for size in args.shape.split(",")]
    with torch.no_grad():
        export(load(args.network, args.weights, shape), shape, args.out, args.keep_norm)


main()
