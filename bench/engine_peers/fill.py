"""Seeded weights and inputs, the same on every machine: He-like convolutions,
and running statistics close to, but not the same as, what comes through, so
that neither range nor batch normalisation is trivial."""
import math

import numpy
import torch
from torch import nn

CONVS = (nn.Conv2d, nn.Conv3d)
NORMS = (nn.BatchNorm2d, nn.BatchNorm3d)


def generator(seed):
    return numpy.random.Generator(numpy.random.Philox(seed))


def normal(rng, shape, scale=1.0):
    values = rng.standard_normal(tuple(shape), dtype=numpy.float32)
    return torch.from_numpy(values * numpy.float32(scale))


def uniform(rng, shape, low, high):
    values = rng.random(tuple(shape), dtype=numpy.float32)
    return torch.from_numpy(values * numpy.float32(high - low) + numpy.float32(low))


def fan_in(module):
    """What one output adds up; a transposed convolution reads one voxel."""
    if isinstance(module, nn.ConvTranspose3d):
        return module.weight.shape[0]
    return module.weight[0].numel()


def fill_linear(rng, module):
    module.weight.copy_(normal(rng, module.weight.shape, math.sqrt(2 / fan_in(module))))
    if module.bias is not None:
        module.bias.copy_(normal(rng, module.bias.shape, 0.1))


def fill_norm(rng, module):
    module.weight.copy_(uniform(rng, module.weight.shape, 0.5, 1.5))
    module.bias.copy_(normal(rng, module.bias.shape, 0.1))
    module.running_mean.copy_(normal(rng, module.running_mean.shape, 0.3))
    module.running_var.copy_(uniform(rng, module.running_var.shape, 0.5, 1.5))
    module.num_batches_tracked.fill_(100)


def scale_to_input(module, arguments):
    """Before a normalisation first runs: its statistics become those of its
    input, to two digits (kernels differ in the last bits, these must not)."""
    scale = float(f"{arguments[0].std().item():.1e}")
    module.running_mean.mul_(scale)
    module.running_var.mul_(scale * scale)


def calibrate(model, x):
    norms = [m for m in model.modules() if isinstance(m, NORMS)]
    hooks = [m.register_forward_pre_hook(scale_to_input) for m in norms]
    model.eval()(x)
    for hook in hooks:
        hook.remove()


@torch.no_grad()
def fill(model, seed, shape):
    """`shape` is that of a small input."""
    rng = generator(seed)
    for module in model.modules():
        if isinstance(module, (*CONVS, nn.ConvTranspose3d, nn.Linear)):
            fill_linear(rng, module)
        elif isinstance(module, NORMS):
            fill_norm(rng, module)
    calibrate(model, normal(rng, shape))
    return model


def make_input(seed, shape):
    return normal(generator([seed, *shape]), shape)
