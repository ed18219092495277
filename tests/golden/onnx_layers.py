"""Small networks of PyTorch that hold, together, every operator of ONNX that we
read: title -> (makes the network, shape of its input, opsets to export for)."""
import torch
import torch.nn.functional as F
from torch import nn

NEW = (17,)
BOTH = (11, 17)


class Function(nn.Module):
    """Layers by name, and what to do with them and x."""

    def __init__(self, call, **layers):
        super().__init__()
        self.call = call
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, x):
        return self.call(self, x)


class Scaled(nn.Module):
    """Factors and terms of channels that belong to no layer."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv3d(2, 3, 1)
        self.gain = nn.Parameter(torch.ones(3, 1, 1, 1))
        self.shift = nn.Parameter(torch.ones(1, 3, 1, 1, 1))

    def forward(self, x):
        return (self.conv(x) / 3 - self.shift) * self.gain + self.conv(x * 2) * self.conv(x)


class Positions(nn.Module):
    """Learned numbers for each voxel, and for each row of them."""

    def __init__(self):
        super().__init__()
        self.position = nn.Parameter(torch.ones(1, 2, 4, 5, 6))
        self.row = nn.Parameter(torch.ones(5, 1))

    def forward(self, x):
        return (1 - x) * self.row - (self.position - F.relu(x)) + self.position


def rows(m, x):
    """Layer normalisation of channels, as ConvNeXt has it."""
    last = (*range(2, x.ndim), 1)
    first = (x.ndim - 1, *range(1, x.ndim - 1))
    return m.norm(m.conv(x).permute(0, *last)).permute(0, *first)


def chain(*layers):
    return lambda: nn.Sequential(*layers)


def function(call, **layers):
    return lambda: Function(call, **layers)


def gate(m, x):
    """Squeeze and excitation by linear layers."""
    s = torch.sigmoid(m.up(F.relu(m.down(x.mean((2, 3))))))
    return x * s[:, :, None, None]


ACTIVATIONS = [nn.ReLU, lambda: nn.LeakyReLU(0.2), nn.GELU, nn.SiLU, nn.Sigmoid, nn.Tanh,
               nn.Hardswish]


def activations(conv, channels):
    layers = []
    for make in ACTIVATIONS:
        layers += [conv(channels, channels, 3, padding=1), make()]
    return nn.Sequential(*layers)


def norms(dims, channels):
    conv = (None, nn.Conv1d, nn.Conv2d, nn.Conv3d)[dims]
    batch = (None, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)[dims]
    instance = (None, nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)[dims]
    return nn.Sequential(
        batch(channels, eps=1e-3), nn.ReLU(), conv(channels, channels, 3, padding=1),
        nn.GroupNorm(2, channels), nn.SiLU(), conv(channels, channels, 3, padding=1),
        nn.GroupNorm(4, channels, affine=False), conv(channels, channels, 1),
        instance(channels, affine=True), nn.ReLU(), conv(channels, channels, 3),
        instance(channels), batch(channels))


CASES = {
    "activations-3d": (lambda: activations(nn.Conv3d, 5), (2, 5, 6, 5, 7), BOTH + (13,)),
    "activations-2d": (lambda: activations(nn.Conv2d, 9), (1, 9, 8, 11), BOTH + (13,)),
    "norms-3d": (lambda: norms(3, 8), (2, 8, 6, 5, 7), BOTH),
    "norms-2d": (lambda: norms(2, 8), (2, 8, 9, 7), BOTH),
    "norms-1d": (lambda: norms(1, 8), (2, 8, 17), BOTH),
    "convolutions-3d": (chain(
        nn.Conv3d(4, 8, (1, 3, 5), stride=(1, 2, 1), padding=(0, 1, 2), groups=2),
        nn.Conv3d(8, 8, 3, dilation=2, padding=2, groups=8, bias=False),
        nn.ConvTranspose3d(8, 6, 3, stride=2, padding=1, output_padding=1),
        nn.ConvTranspose3d(6, 4, 2, stride=2, groups=2, bias=False)), (1, 4, 5, 6, 7), BOTH),
    "convolutions-2d": (chain(
        nn.Conv2d(4, 8, (3, 5), stride=2, padding=(1, 2)),
        nn.ConvTranspose2d(8, 6, 3, stride=(2, 3), padding=1, output_padding=(1, 2)),
        nn.Conv2d(6, 12, 3, groups=6)), (2, 4, 9, 8), BOTH),
    "convolutions-1d": (chain(
        nn.Conv1d(3, 8, 5, stride=2, padding=2), nn.ReLU(),
        nn.ConvTranspose1d(8, 4, 4, stride=2, padding=1)), (2, 3, 20), NEW),
    "pools": (chain(
        nn.Conv2d(3, 6, 3), nn.MaxPool2d(3, 2, 1), nn.AvgPool2d(2, 1, 1),
        nn.AvgPool2d(3, 2, 1, count_include_pad=False), nn.AdaptiveAvgPool2d((5, 2)),
        nn.Conv2d(6, 6, 1), nn.AdaptiveAvgPool2d(1)), (2, 3, 20, 32), BOTH),
    "ceil-mode": (chain(nn.MaxPool2d(2, 2, ceil_mode=True), nn.Conv2d(3, 4, 3)), (1, 3, 8, 10),
                  NEW),
    "max-of-all": (function(lambda m, x: m.fc(torch.amax(m.conv(x), (2, 3, 4))),
                            conv=nn.Conv3d(2, 5, 3), fc=nn.Linear(5, 3)), (2, 2, 5, 6, 7), NEW),
    "head": (function(
        lambda m, x: F.softmax(m.b(F.dropout(F.relu(m.a(x.mean((2, 3, 4)))), 0.5, False)), 1),
        a=nn.Linear(6, 9), b=nn.Linear(9, 4)), (3, 6, 4, 5, 6), BOTH),
    "head-without-bias": (function(
        lambda m, x: F.log_softmax(m.a(torch.flatten(m.pool(x), 1)), 1),
        pool=nn.AdaptiveAvgPool2d(1), a=nn.Linear(6, 4, bias=False)), (3, 6, 4, 5), BOTH),
    "head-over-image": (function(
        lambda m, x: m.b(F.relu(m.a(F.relu(m.conv(x)).view(x.size(0), -1)))),
        conv=nn.Conv2d(2, 4, 3), a=nn.Linear(4 * 4 * 5, 7), b=nn.Linear(7, 3)), (2, 2, 6, 7),
        BOTH),
    "scores": (function(lambda m, x: F.softmax(m.conv(x), 1), conv=nn.Conv3d(2, 5, 3)),
               (1, 2, 5, 6, 7), NEW),
    "gate": (function(gate, down=nn.Linear(8, 4), up=nn.Linear(4, 8)), (2, 8, 6, 7), BOTH),
    "residual": (function(lambda m, x: F.relu(m.a(x) + x) * 0.25 - 1.5,
                          a=nn.Conv2d(4, 4, 3, padding=1)), (1, 4, 6, 5), NEW),
    "joined": (function(lambda m, x: m.b(torch.cat([m.a(x), x, F.relu(x)], 1)),
                        a=nn.Conv2d(4, 3, 3, padding=1), b=nn.Conv2d(11, 4, 1)), (2, 4, 6, 5),
               NEW),
    "scaled": (Scaled, (1, 2, 4, 5, 6), NEW),
    "nearest": (function(
        lambda m, x: F.interpolate(m.a(F.interpolate(x, scale_factor=2)), size=(5, 9, 13)),
        a=nn.Conv3d(2, 3, 3)), (1, 2, 4, 5, 6), BOTH),
    "linear": (function(
        lambda m, x: F.interpolate(m.a(F.interpolate(
            x, scale_factor=2, mode="trilinear", align_corners=False)), size=(6, 9, 13),
            mode="trilinear", align_corners=True), a=nn.Conv3d(2, 3, 3)), (1, 2, 4, 5, 6), BOTH),
    "linear-2d": (function(
        lambda m, x: F.interpolate(m.a(F.interpolate(
            x, size=(7, 13), mode="bilinear", align_corners=False)), scale_factor=3,
            mode="bilinear", align_corners=True), a=nn.Conv2d(2, 3, 3)), (2, 2, 5, 6), BOTH),
    "rows-3d": (function(rows, conv=nn.Conv3d(2, 5, 3), norm=nn.LayerNorm(5, eps=1e-6)),
                (2, 2, 5, 6, 7), NEW),
    "rows-2d": (function(rows, conv=nn.Conv2d(2, 5, 3), norm=nn.LayerNorm(5)), (2, 2, 5, 6),
                NEW),
    "reductions": (function(
        lambda m, x: m.conv(x).sum(1, True) * x.mean((0, 3), True) - x.amax((2, 4), True),
        conv=nn.Conv3d(2, 3, 1)), (2, 2, 5, 6, 7), BOTH),
    "without-an-axis": (function(lambda m, x: m.conv(x).sum(1) - x.mean(1) * x.amax(1),
                                 conv=nn.Conv2d(2, 3, 1)), (2, 2, 5, 6), NEW),
    "boxes": (function(lambda m, x: m.conv(x[:, 1:3, :, 2:-1] - x[:1, :2, :, 1:-2])[..., 1:3],
                       conv=nn.Conv3d(2, 3, 1)), (2, 4, 3, 6, 5), BOTH),
    "positions": (Positions, (2, 2, 4, 5, 6), NEW),
}

# PyTorch cannot export these with open extents.
CLOSED = ("pools",)
