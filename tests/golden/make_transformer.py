#!/usr/bin/python3
"""make_transformer.py DIR: what PyTorch makes of a small transformer.

A vision transformer (patches, positions, two blocks, the mean of its tokens)
and a reader of it (numbers of words, causal attention, attention to the
patches), which no published network of ours is. In DIR, by the names of
check_transformer.c:

    image.f32.npy, words.f32.npy              the inputs
    param/<name>.f32.npy                      the parameters
    output-<i>, grad-image, grad/<name>       as .f64.npy and .f32.npy

The loss is the sum over outputs of mean(output^2) / 2."""
import pathlib
import sys

try:
    import numpy
    import torch
    from torch import nn
except ImportError as error:
    print(f"make_transformer: {error}", file=sys.stderr)
    sys.exit(77)  # "skipped", for ctest

WIDTH, HEADS, HIDDEN, CLASSES, WORDS = 36, 3, 88, 5, 11
IMAGE, PATCH = (2, 3, 20, 28), 4
GRID = (IMAGE[2] // PATCH, IMAGE[3] // PATCH)
SENTENCE = 9


def attention():
    return nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)


def mlp():
    return nn.Sequential(nn.Linear(WIDTH, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, WIDTH))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.self_attention = nn.LayerNorm(WIDTH), attention()
        self.norm2, self.mlp = nn.LayerNorm(WIDTH), mlp()

    def forward(self, x):
        t = self.norm1(x)
        x = x + self.self_attention(t, t, t, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.position = nn.Parameter(torch.zeros(1, SENTENCE, WIDTH))
        self.norm1, self.self_attention = nn.LayerNorm(WIDTH), attention()
        self.norm2, self.cross_attention = nn.LayerNorm(WIDTH), attention()
        self.head = nn.Linear(WIDTH, WORDS)

    def forward(self, words, patches):
        x = self.words(words) + self.position
        t = self.norm1(x)
        later = torch.ones(SENTENCE, SENTENCE, dtype=torch.bool).triu(1)
        x = x + self.self_attention(t, t, t, attn_mask=later, need_weights=False)[0]
        t = self.norm2(x)
        x = x + self.cross_attention(t, patches, patches, need_weights=False)[0]
        return self.head(x)


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(IMAGE[1], WIDTH, PATCH, stride=PATCH)
        self.position = nn.Parameter(torch.zeros(1, GRID[0] * GRID[1], WIDTH))
        self.block1, self.block2 = Block(), Block()
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, CLASSES)
        self.reader = Reader()

    def forward(self, image, words):
        x = self.patches(image).flatten(2).transpose(1, 2) + self.position
        x = self.norm(self.block2(self.block1(x)))
        return self.head(x.mean(1)), self.reader(words, x)


def fill(model):
    """Parameters that no layer leaves indifferent."""
    rng = numpy.random.Generator(numpy.random.Philox(7))
    with torch.no_grad():
        for name, p in model.named_parameters():
            values = rng.standard_normal(tuple(p.shape), dtype=numpy.float32)
            if p.dim() == 1:
                values = values * 0.1 + ("norm" in name and name.endswith("weight"))
            elif "position" not in name and "words" not in name:
                values = values / numpy.sqrt(p[0].numel())
            p.copy_(torch.from_numpy(numpy.float32(values)))


def ours(name, values):
    """The tensors, and their names, that check_transformer.c has for one: tokens
    are voxels, and of attention to something else each part is a layer."""
    if name.endswith("position"):
        grid = GRID if name == "position" else (1, SENTENCE)
        values = values.transpose(1, 2).reshape(1, WIDTH, *grid)
    name = name.replace("in_proj_", "in_proj.")
    if "cross_attention.in_proj" not in name:
        return {name: values}
    parts = values.chunk(3)
    return {name.replace("in_proj", part): v for part, v in zip("qkv", parts)}


def save(folder, name, kind, values):
    path = folder / f"{name}.{kind}.npy"
    path.parent.mkdir(parents=True, exist_ok=True)
    numpy.save(path, values.detach().contiguous().numpy())


def step(model, image, words, folder, kind):
    image = image.clone().requires_grad_()
    outputs = model(image, words)
    sum((y * y).mean() / 2 for y in outputs).backward()
    # Plain order [n][c][voxels], as every output of ours.
    save(folder, "output-0", kind, outputs[0])
    save(folder, "output-1", kind, outputs[1].transpose(1, 2))
    save(folder, "grad-image", kind, image.grad)
    for name, p in model.named_parameters():
        for own_name, gradient in ours(name, p.grad).items():
            save(folder, f"grad/{own_name}", kind, gradient)


def main():
    folder = pathlib.Path(sys.argv[1])
    torch.set_num_threads(1)
    rng = numpy.random.Generator(numpy.random.Philox(8))
    image = torch.from_numpy(rng.standard_normal(IMAGE, dtype=numpy.float32))
    words = torch.from_numpy(rng.integers(0, WORDS, (IMAGE[0], SENTENCE)))
    single = Transformer()
    fill(single)
    double = Transformer().double()
    double.load_state_dict(single.state_dict())
    save(folder, "image", "f32", image)
    save(folder, "words", "f32", words.float())
    for name, p in single.named_parameters():
        for own_name, values in ours(name, p).items():
            save(folder, f"param/{own_name}", "f32", values)
    step(single, image, words, folder, "f32")
    step(double, image.double(), words, folder, "f64")


if __name__ == "__main__":
    main()
