#!/usr/bin/python3
"""The networks of the zoo in PyTorch: what our engine is compared with.

    networks.py --check          counts and digests, and that docs/networks.md says the same
    networks.py --names NETWORK  every tensor of the state dict, in order
    networks.py --summary        the table of docs/networks.md

Names, shapes and the order of the state dict are a contract: weights go both
ways between these definitions and ours."""
import argparse
import collections
import hashlib
import pathlib
import sys

import torch
from torch import nn

CONV = {2: nn.Conv2d, 3: nn.Conv3d}
NORM = {2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
MAX_POOL = {2: nn.MaxPool2d, 3: nn.MaxPool3d}
MEAN_POOL = {2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}


def conv_norm_relu(inputs, outputs, bias):
    return [nn.Conv3d(inputs, outputs, 3, padding=1, bias=bias),
            nn.BatchNorm3d(outputs), nn.ReLU(inplace=True)]


def double_conv(inputs, outputs, bias):
    return nn.Sequential(*conv_norm_relu(inputs, outputs, bias),
                         *conv_norm_relu(outputs, outputs, bias))


UNetNames = collections.namedtuple("UNetNames", "down up head")


class UNet(nn.Module):
    """len(widths) levels and a bottleneck twice as wide as the last. The
    decoder joins [upsampled, skipped], in this order."""

    def __init__(self, names, widths, outputs, bias, activation):
        super().__init__()
        self.names, self.levels, self.activation = names, len(widths), activation
        self.pool = nn.MaxPool3d(2)
        inputs = 1
        for level, width in enumerate(widths, 1):
            self.add_module(f"{names.down}{level}", double_conv(inputs, width, bias))
            inputs = width
        self.bottleneck = double_conv(inputs, 2 * inputs, bias)
        for level in range(self.levels, 0, -1):
            width = widths[level - 1]
            self.add_module(f"upconv{level}", nn.ConvTranspose3d(2 * width, width, 2, stride=2))
            self.add_module(f"{names.up}{level}", double_conv(2 * width, width, bias))
        self.add_module(names.head, nn.Conv3d(widths[0], outputs, 1))

    def part(self, name, level=""):
        return getattr(self, f"{name}{level}")

    def forward(self, x):
        skipped = []
        for level in range(1, self.levels + 1):
            skipped.append(self.part(self.names.down, level)(x))
            x = self.pool(skipped[-1])
        x = self.bottleneck(x)
        for level in range(self.levels, 0, -1):
            x = torch.cat([self.part("upconv", level)(x), skipped.pop()], 1)
            x = self.part(self.names.up, level)(x)
        return self.activation(self.part(self.names.head)(x))


def unet3d():
    """Lung mask: a probability for each voxel."""
    return UNet(UNetNames("encoder", "decoder", "conv"), (32, 64, 128, 256), 1, False,
                torch.sigmoid)


def simple3dunet():
    """Nodules: two logits for each voxel."""
    return UNet(UNetNames("enc", "dec", "final"), (32, 64, 128), 2, True, nn.Identity())


class NoduleDetection(nn.Module):
    """Three pooled double convolutions, then a class map (two scores for each
    anchor) and a box map (six numbers for each anchor), one cell in eight."""

    def __init__(self, anchors=9, widths=(64, 128, 256)):
        super().__init__()
        layers, inputs = [], 1
        for width in widths:
            layers += [*double_conv(inputs, width, True), nn.MaxPool3d(2)]
            inputs = width
        self.features = nn.Sequential(*layers)
        self.relu = nn.ReLU()
        self.rpn_conv = nn.Conv3d(inputs, 512, 3, padding=1)
        self.rpn_cls = nn.Conv3d(512, 2 * anchors, 1)
        self.rpn_reg = nn.Conv3d(512, 6 * anchors, 1)

    def forward(self, x):
        x = self.relu(self.rpn_conv(self.features(x)))
        return self.rpn_cls(x), self.rpn_reg(x)


class Malignancy(nn.Module):
    """Shaped like a ResNet-18, but its blocks add nothing back and end
    without ReLU: the reference network is so, and so are its weights."""

    def __init__(self, classes=2):
        super().__init__()
        self.conv1 = nn.Conv3d(1, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm3d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool3d(3, stride=2, padding=1)
        inputs = 64
        for number, width in enumerate((64, 128, 256, 512), 1):
            blocks = [self.block(inputs, width, 1 if number == 1 else 2),
                      self.block(width, width, 1)]
            self.add_module(f"layer{number}", nn.Sequential(*blocks))
            inputs = width
        self.fc = nn.Sequential(nn.Linear(512, 256), nn.ReLU(), nn.Dropout(0.5),
                                nn.Linear(256, 128), nn.ReLU(), nn.Dropout(0.3),
                                nn.Linear(128, classes))

    @staticmethod
    def block(inputs, outputs, stride):
        return nn.Sequential(
            nn.Conv3d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm3d(outputs), nn.ReLU(),
            nn.Conv3d(outputs, outputs, 3, padding=1, bias=False), nn.BatchNorm3d(outputs))

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3, 4)))


def plain(inputs, outputs):
    return nn.Conv3d(inputs, outputs, 3, padding=1, bias=False)


class ConvNormReLU(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv, self.norm = plain(inputs, outputs), nn.BatchNorm3d(outputs)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.norm(self.conv(x)))


class SameWidth(nn.Module):
    """Two convolutions around which the input passes."""

    def __init__(self, width):
        super().__init__()
        self.conv1, self.norm1 = plain(width, width), nn.BatchNorm3d(width)
        self.conv2, self.norm2 = plain(width, width), nn.BatchNorm3d(width)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.norm2(self.conv2(self.relu(self.norm1(self.conv1(x))))) + x)


class PyramidDown(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.pool, self.widen = nn.MaxPool3d(2), ConvNormReLU(inputs, outputs)
        self.block = SameWidth(outputs)

    def forward(self, x):
        return self.block(self.widen(self.pool(x)))


class PyramidUp(nn.Module):
    def __init__(self, inputs, skipped, outputs):
        super().__init__()
        self.grow = nn.ConvTranspose3d(inputs, outputs, 2, stride=2)
        self.join, self.block = ConvNormReLU(outputs + skipped, outputs), SameWidth(outputs)

    def forward(self, x, skipped):
        return self.block(self.join(torch.cat([self.grow(x), skipped], 1)))


class NoduleFPN(nn.Module):
    """Our detector: five numbers for each cell of two voxels a side."""

    def __init__(self, outputs=5):
        super().__init__()
        self.stem = ConvNormReLU(1, 16)
        self.down1, self.down2 = PyramidDown(16, 32), PyramidDown(32, 64)
        self.down3 = PyramidDown(64, 96)
        self.up2, self.up1 = PyramidUp(96, 64, 64), PyramidUp(64, 32, 32)
        self.head = ConvNormReLU(32, 32)
        self.out = nn.Conv3d(32, outputs, 1)

    def forward(self, x):
        half = self.down1(self.stem(x))
        quarter = self.down2(half)
        x = self.up1(self.up2(self.down3(quarter), quarter), half)
        return self.out(self.head(x))


class NoduleStage(nn.Module):
    """A convolution that widens, then two around which its result passes."""

    def __init__(self, inputs, width):
        super().__init__()
        self.widen, self.norm = plain(inputs, width), nn.BatchNorm3d(width)
        self.conv1, self.norm1 = plain(width, width), nn.BatchNorm3d(width)
        self.conv2, self.norm2 = plain(width, width), nn.BatchNorm3d(width)
        self.relu = nn.ReLU()

    def forward(self, x):
        x = self.relu(self.norm(self.widen(x)))
        return self.relu(self.norm2(self.conv2(self.relu(self.norm1(self.conv1(x))))) + x)


class NoduleNet(nn.Module):
    """Our classifier of patches: the mean and the largest of each feature."""

    def __init__(self, classes=2):
        super().__init__()
        self.stage1, self.stage2 = NoduleStage(1, 16), NoduleStage(16, 32)
        self.stage3, self.stage4 = NoduleStage(32, 48), NoduleStage(48, 64)
        self.pool = nn.MaxPool3d(2)
        self.fc = nn.ModuleList([nn.Linear(128, 64), nn.Linear(64, classes)])
        self.relu, self.dropout = nn.ReLU(), nn.Dropout(0.3)

    def forward(self, x):
        x = self.stage2(self.pool(self.stage1(x)))
        x = self.stage4(self.pool(self.stage3(self.pool(x))))
        x = torch.cat([x.mean((2, 3, 4)), x.amax((2, 3, 4))], 1)
        return self.fc[1](self.dropout(self.relu(self.fc[0](x))))


class Residual(nn.Module):
    """relu(body(x) + shortcut(x)); convolutions given as (kernel, stride, outputs)."""

    def __init__(self, dims, inputs, convs, stride):
        super().__init__()
        outputs, width = convs[-1][2], inputs
        self.count, self.relu = len(convs), nn.ReLU()
        for number, (kernel, step, filters) in enumerate(convs, 1):
            self.add_module(f"conv{number}", CONV[dims](
                width, filters, kernel, stride=step, padding=kernel // 2, bias=False))
            self.add_module(f"bn{number}", NORM[dims](filters))
            width = filters
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                CONV[dims](inputs, outputs, 1, stride=stride, bias=False), NORM[dims](outputs))

    def forward(self, x):
        y = x
        for number in range(1, self.count + 1):
            y = getattr(self, f"bn{number}")(getattr(self, f"conv{number}")(y))
            if number < self.count:
                y = self.relu(y)
        return self.relu(y + (self.downsample(x) if self.downsample else x))


def basic(width, stride):
    return [(3, stride, width), (3, 1, width)]


def bottleneck(width, stride):
    return [(1, 1, width), (3, stride, width), (1, 1, 4 * width)]


class ResNet(nn.Module):
    """Named as in torchvision. `small` is the variant for pictures of 28
    pixels: a 3x3 convolution of stride 1 first, and no max-pooling."""

    def __init__(self, block, blocks, dims=2, in_channels=3, num_classes=1000, small=False):
        super().__init__()
        kernel, stride = (3, 1) if small else (7, 2)
        self.conv1 = CONV[dims](in_channels, 64, kernel, stride=stride, padding=kernel // 2,
                                bias=False)
        self.bn1 = NORM[dims](64)
        self.relu = nn.ReLU()
        self.maxpool = nn.Identity() if small else MAX_POOL[dims](3, stride=2, padding=1)
        inputs = 64
        for number, count in enumerate(blocks, 1):
            layer, inputs = self.stage(dims, block, count, inputs, number)
            self.add_module(f"layer{number}", layer)
        self.avgpool = MEAN_POOL[dims](1)
        self.fc = nn.Linear(inputs, num_classes)

    @staticmethod
    def stage(dims, block, count, inputs, number):
        layers = []
        for index in range(count):
            stride = 2 if index == 0 and number > 1 else 1
            convs = block(64 << (number - 1), stride)
            layers.append(Residual(dims, inputs, convs, stride))
            inputs = convs[-1][2]
        return nn.Sequential(*layers), inputs

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def resnet18(**options):
    return ResNet(basic, (2, 2, 2, 2), **options)


def resnet50(**options):
    return ResNet(bottleneck, (3, 4, 6, 3), **options)


NETWORKS = {
    "unet3d": unet3d,
    "simple3dunet": simple3dunet,
    "noduledet": NoduleDetection,
    "malignancy": Malignancy,
    "nodulefpn": NoduleFPN,
    "nodulenet": NoduleNet,
    "resnet18-2d": resnet18,
    "resnet50-2d": resnet50,
    "resnet18-2d-28": lambda: resnet18(small=True, num_classes=9),
    "resnet50-2d-28": lambda: resnet50(small=True, num_classes=9),
    "resnet18-3d": lambda: resnet18(dims=3, in_channels=1, num_classes=2),
    "resnet50-3d": lambda: resnet50(dims=3, in_channels=1, num_classes=2),
}

# Learnable numbers; the first six from the published definitions.
PARAMETERS = {
    "unet3d": 22578273,
    "simple3dunet": 5602562,
    "noduledet": 7009160,
    "malignancy": 33150658,
    "resnet18-2d": 11689512,
    "resnet50-2d": 25557032,
}


def names(model):
    """The state dict as text: name, element type, shape; one tensor a line."""
    return "".join(f"{name} {str(value.dtype).split('.')[1]} "
                   f"{'x'.join(map(str, value.shape)) or 'scalar'}\n"
                   for name, value in model.state_dict().items())


def summary_row(name):
    model = NETWORKS[name]()
    count = sum(p.numel() for p in model.parameters())
    digest = hashlib.sha256(names(model).encode()).hexdigest()[:16]
    return count, f"| `{name}` | {count:,} | {len(model.state_dict())} | `{digest}` |"


def check():
    page = pathlib.Path(__file__).resolve().parents[2] / "docs" / "networks.md"
    text, faults = page.read_text(encoding="utf-8"), 0
    for name in NETWORKS:
        count, row = summary_row(name)
        if count != PARAMETERS.get(name, count):
            faults += 1
            print(f"{name}: {count:,} parameters instead of {PARAMETERS[name]:,}")
        if row not in text:
            faults += 1
            print(f"docs/networks.md lacks: {row}")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--names", choices=NETWORKS, metavar="NETWORK")
    parser.add_argument("--summary", action="store_true")
    args = parser.parse_args()
    if args.names:
        print(names(NETWORKS[args.names]()), end="")
    if args.summary:
        print(*(summary_row(name)[1] for name in NETWORKS), sep="\n")
    return 1 if args.check and check() else 0


if __name__ == "__main__":
    sys.exit(main())
