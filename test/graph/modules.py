"""The torch modules of test/graph/golden.py, each with the shape of its batch of images."""

import torch
from torch import nn


class Pools(nn.Module):
    """Every kind of padding and rounding of pooling."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.pools = nn.ModuleList(
            [
                nn.MaxPool2d(3, 2, padding=1),
                nn.MaxPool2d(3, 2, ceil_mode=True),
                nn.AvgPool2d(3, 2, padding=1),
                nn.AvgPool2d(3, 2, padding=1, count_include_pad=False),
                nn.AvgPool2d(2, 2, ceil_mode=True),
                nn.AvgPool2d(3, 2, padding=1, ceil_mode=True),
                nn.AvgPool2d(3, 2, padding=1, ceil_mode=True, count_include_pad=False),
            ]
        )
        self.head = nn.Linear(4, 3)

    def forward(self, images):
        stem = self.stem(images)
        pooled = [pool(stem).mean((2, 3)) * (place + 1) for place, pool in enumerate(self.pools)]
        return self.head(torch.stack(pooled).sum(0) + torch.amax(stem, (2, 3)))


class Attention(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)

    def forward(self, tokens, bias=None):
        batch, length, channels = tokens.shape
        qkv = self.qkv(tokens).reshape(batch, length, 3, self.heads, channels // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        scores = query @ key.transpose(-2, -1) * (channels // self.heads) ** -0.5
        weights = (scores if bias is None else scores + bias).softmax(-1)
        return self.out((weights @ value).transpose(1, 2).reshape(batch, length, channels))


class Transformer(nn.Module):
    """A vision transformer: patches, a token for the class, positions, attention."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, 16))
        self.positions = nn.Parameter(torch.randn(1, 13, 16))
        self.norms = nn.ModuleList([nn.LayerNorm(16) for _ in range(3)])
        self.attention = Attention(16, 2)
        self.mlp = nn.Sequential(nn.Linear(16, 24), nn.GELU(), nn.Linear(24, 16))
        self.scale = nn.Parameter(torch.randn(16))
        self.head = nn.Linear(16, 3)

    def forward(self, images):
        patches = self.patches(images).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(len(images), -1, -1), patches], 1) + self.positions
        tokens = tokens + self.scale * self.attention(self.norms[0](tokens))
        tokens = tokens + self.mlp(self.norms[1](tokens))
        return self.head(self.norms[2](tokens)[:, 0])


class Windows(nn.Module):
    """Swin's shifted windows, with the bias of relative positions and a mask; a norm of channels as in ConvNeXt."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 2, stride=2)
        self.norm = nn.LayerNorm(8)
        self.attention = Attention(8, 2)
        self.bias = nn.Parameter(torch.randn(49, 2))
        self.register_buffer("index", torch.randint(0, 49, (16, 16)), persistent=False)
        self.merge = nn.Linear(32, 8)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.head = nn.Linear(8, 3)

    def forward(self, images):
        tokens = self.stem(images).permute(0, 2, 3, 1)
        batch, height, width, channels = tokens.shape
        shifted = torch.roll(self.norm(tokens), (-2, -2), (1, 2))
        windows = shifted.reshape(batch, height // 4, 4, width // 4, 4, channels)
        windows = windows.permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, channels)
        bias = self.bias[self.index.view(-1)].view(16, 16, 2).permute(2, 0, 1).unsqueeze(0)
        attended = self.attention(windows, bias)
        attended = attended.reshape(batch, height // 4, width // 4, 4, 4, channels)
        attended = attended.permute(0, 1, 3, 2, 4, 5).reshape(batch, height, width, channels)
        tokens = tokens + torch.roll(attended, (2, 2), (1, 2))
        parts = [tokens[:, row::2, column::2] for column in (0, 1) for row in (0, 1)]
        merged = self.merge(torch.cat(parts, -1)).permute(0, 3, 1, 2)
        return self.head(self.depthwise(merged).mean((-2, -1)))


class StandardizedConv(nn.Conv2d):
    """As BiT and NFNet standardise kernels (https://arxiv.org/abs/1903.10520)."""

    def forward(self, images):
        flat = self.weight.reshape(1, self.out_channels, -1)
        kernel = nn.functional.batch_norm(flat, None, None, training=True, momentum=0.0, eps=1e-6)
        kernel = kernel.reshape_as(self.weight)
        return nn.functional.conv2d(images, kernel, self.bias, self.stride, self.padding, self.dilation, self.groups)


class ResponseNorm(nn.Module):
    """ConvNeXt V2's global response normalisation."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(channels))
        self.bias = nn.Parameter(torch.randn(channels))

    def forward(self, images):
        norms = images.norm(p=2, dim=(2, 3), keepdim=True)
        shares = norms / (norms.mean(1, keepdim=True) + 1e-6)
        return images + self.bias.view(1, -1, 1, 1) + self.weight.view(1, -1, 1, 1) * images * shares


def normalizations():
    return nn.Sequential(
        StandardizedConv(3, 8, 3, padding=1),
        nn.GroupNorm(4, 8),
        nn.SiLU(),
        StandardizedConv(8, 8, 3, padding=1, groups=2, bias=False),
        nn.GroupNorm(1, 8),
        nn.PReLU(8),
        nn.InstanceNorm2d(8, affine=True),
        nn.Mish(),
        ResponseNorm(8),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 3),
    )


class Activations(nn.Module):
    """Gates and activation functions on parts of the channels, put together in another order."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 24, 3, padding=1)
        self.squeeze = nn.Conv2d(24, 24, 1)
        self.neighbours = nn.Conv1d(1, 1, 3, padding=1, bias=False)
        self.functions = nn.ModuleList(
            [
                nn.Hardswish(),
                nn.Hardsigmoid(),
                nn.ELU(),
                nn.Softplus(),
                nn.Tanh(),
                nn.GELU(approximate="tanh"),
                nn.LeakyReLU(0.1),
                nn.Hardtanh(-0.5, 0.5),
            ]
        )
        self.head = nn.Linear(24, 3)

    def forward(self, images):
        stem = self.stem(images)
        pooled = stem.mean((2, 3), keepdim=True)
        gate = self.neighbours(pooled.view(len(images), 1, -1)).sigmoid().view_as(pooled)
        gated = stem * gate * self.squeeze(pooled).sigmoid()
        first, second = gated.split((6, 18), 1)
        parts = [first, *second.chunk(6, 1)]
        active = torch.cat([self.functions[i % 8](part) for i, part in enumerate(parts)], 1)
        batch, channels, height, width = active.shape
        shuffled = active.view(batch, 4, channels // 4, height, width).transpose(1, 2)
        last = self.functions[7](shuffled.reshape(batch, channels, height, width))
        return self.head(last.flatten(2).logsumexp(2))


class Places(nn.Module):
    """Resizing, positions from sines, products over chosen axes, padding, and blocks of places."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.rows = nn.Parameter(torch.randn(6, 4))
        self.squeeze = nn.Conv2d(8, 3, 1)
        self.head = nn.Linear(8, 3)

    def positions(self, images):
        ones = torch.ones(images.shape[0], 6, 4)
        rows, columns = ones.cumsum(1), ones.cumsum(2)
        angles = torch.stack([rows, columns, rows * 2, columns / 3], 1)
        return torch.cat([angles.sin(), angles.cos()], 1)

    def forward(self, images):
        stem = self.stem(images)
        resize = nn.functional.interpolate
        larger = resize(stem, (9, 7), mode="bilinear", align_corners=False)
        smaller = resize(larger, (6, 4), mode="bicubic", align_corners=False)
        nearest = resize(resize(smaller, scale_factor=2, mode="nearest"), (6, 4), mode="bilinear", align_corners=True)
        mixed = smaller + nearest + self.positions(images)
        grid = torch.einsum("bchw,hw->bchw", mixed, self.rows) + torch.einsum("bchw,bcij->bhwij", mixed, mixed).mean((3, 4))[:, None]
        padded = nn.functional.pad(grid, (1, 1, 1, 0), mode="reflect")
        blocks = nn.functional.pixel_shuffle(nn.functional.pixel_unshuffle(padded[:, :, 1:, 1:-1], 2), 2)
        remainder = torch.remainder(blocks * 0.1, 0.75)
        return self.head(remainder.flatten(2).sum(2)) + self.squeeze(blocks).flatten(2).mean(2)


def convolutional():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(8),
        nn.SiLU(),
        nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False),
        nn.BatchNorm2d(8, momentum=0.3, eps=1e-3),
        nn.SiLU(),
        nn.Conv2d(8, 12, (1, 3), padding=(0, 1), groups=4),
        nn.ReLU6(),
        nn.Conv2d(12, 12, 3, padding=2, dilation=2, groups=2),
        nn.LeakyReLU(0.2),
        # As timm writes the padding of TensorFlow's SAME.
        nn.ZeroPad2d((0, 1, 0, 1)),
        nn.Conv2d(12, 6, 2, stride=(2, 1)),
        nn.SiLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 8, bias=False),
        nn.BatchNorm1d(8),
        nn.Linear(8, 3),
    )


MODULES = {
    "convolutional": (convolutional, (4, 3, 13, 16)),
    "pools": (Pools, (2, 3, 12, 11)),
    "transformer": (Transformer, (2, 3, 12, 16)),
    "windows": (Windows, (2, 3, 16, 16)),
    "normalizations": (normalizations, (2, 3, 8, 7)),
    "activations": (Activations, (2, 3, 6, 5)),
    "places": (Places, (2, 3, 12, 8)),
}
