#!/usr/bin/python3
"""prepare.py DIR SHAPE...: seeded weights.pth of unet3d, and input-SHAPE.npy for
each shape such as 64x96x96, for everybody in the engine benchmark."""
import pathlib
import sys

try:
    import numpy
    import torch

    import fill
    from networks import NETWORKS
except ImportError as error:
    print(f"prepare: {error}", file=sys.stderr)
    sys.exit(77)


def main():
    folder = pathlib.Path(sys.argv[1])
    model = fill.fill(NETWORKS["unet3d"](), 1, (2, 1, 32, 32, 32))
    torch.save(model.state_dict(), folder / "weights.pth")
    for text in sys.argv[2:]:
        shape = (1, 1, *map(int, text.split("x")))
        numpy.save(folder / f"input-{text}.npy", fill.make_input(1, shape).numpy())


main()
