"""The three networks in PyTorch, with Keras's padding; the path of a module is the name of its layer in src/model."""
import torch
from torch import nn
from torch.nn import functional
from train_job import builder_of

# repeats, kernel, stride, expansion, channels
LITE0 = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]
MOBILENET = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (3, 3, 2, 6, 32),
    (4, 3, 2, 6, 64),
    (3, 3, 1, 6, 96),
    (3, 3, 2, 6, 160),
    (1, 3, 1, 6, 320),
]
# name, filters, blocks, stride of the last
RESNET = [("conv2", 64, 3, 2), ("conv3", 128, 4, 2), ("conv4", 256, 6, 2), ("conv5", 512, 3, 1)]


class Lite0Names:
    """The names of src/model/networks/efficientnet-lite0.ts."""

    block = "block{}".format

    def layers(part):
        return f"{part}_conv", f"{part}_bn"


class MobileNetNames:
    """Keras's names."""

    def block(number):
        return f"block_{number}" if number else "expanded_conv"

    def layers(part):
        ends = {"stem": ("Conv1", "bn_Conv1"), "top": ("Conv_1", "Conv_1_bn")}
        return ends.get(part, (part, f"{part}_BN"))


class SameConv(nn.Conv2d):
    """TensorFlow's `same` for an even side: with a stride, the odd zero comes last."""

    def __init__(self, inputs, outputs, kernel, stride, groups=1):
        super().__init__(inputs, outputs, kernel, stride, 0 if stride > 1 else kernel // 2, groups=groups, bias=False)
        after = kernel // 2
        self.sides = (after - 1, after) * 2 if stride > 1 else None

    def forward(self, x):
        return super().forward(x if self.sides is None else functional.pad(x, self.sides))


class InvertedResiduals(nn.Module):
    """EfficientNet-Lite0 or MobileNetV2 up to their logits."""

    def __init__(self, stages, names, classes, dropout):
        super().__init__()
        self.names, self.dropout = names, dropout
        self._add("stem", SameConv(3, 32, 3, 2))
        self.blocks, channels = [], 32
        for repeats, kernel, stride, expansion, out in stages:
            for repeat in range(repeats):
                name, wide = names.block(len(self.blocks)), channels * expansion
                if expansion != 1:
                    self._add(f"{name}_expand", SameConv(channels, wide, 1, 1))
                self._add(f"{name}_depthwise", SameConv(wide, wide, kernel, stride if repeat == 0 else 1, wide))
                self._add(f"{name}_project", SameConv(wide, out, 1, 1))
                self.blocks.append((name, expansion != 1, repeat > 0))
                channels = out
        self._add("top", SameConv(channels, 1280, 1, 1))
        self.logits = nn.Linear(1280, classes)

    def _add(self, part, convolution):
        convolution_name, norm_name = self.names.layers(part)
        self.add_module(convolution_name, convolution)
        self.add_module(norm_name, nn.BatchNorm2d(convolution.out_channels, eps=1e-3))

    def _linear(self, x, part):
        convolution, norm = (getattr(self, name) for name in self.names.layers(part))
        return norm(convolution(x))

    def _part(self, x, part):
        return functional.relu6(self._linear(x, part), inplace=True)

    def forward(self, x):
        x = self._part(x, "stem")
        for name, expands, adds in self.blocks:
            entry = x
            if expands:
                x = self._part(x, f"{name}_expand")
            x = self._linear(self._part(x, f"{name}_depthwise"), f"{name}_project")
            if adds:
                x = x + entry
        features = self._part(x, "top").mean((2, 3))
        return self.logits(functional.dropout(features, self.dropout, self.training))


def norm(channels):
    return nn.BatchNorm2d(channels, eps=1.001e-5)


class Bottleneck(nn.Module):
    """A pre-activated block of keras.applications.ResNet50V2."""

    def __init__(self, inputs, filters, stride, projects):
        super().__init__()
        self.stride, self.projects = stride, projects
        self.preact_bn = norm(inputs)
        if projects:
            self.add_module("0_conv", nn.Conv2d(inputs, 4 * filters, 1, stride))
        self.add_module("1_conv", nn.Conv2d(inputs, filters, 1, bias=False))
        self.add_module("1_bn", norm(filters))
        self.add_module("2_conv", nn.Conv2d(filters, filters, 3, stride, 1, bias=False))
        self.add_module("2_bn", norm(filters))
        self.add_module("3_conv", nn.Conv2d(filters, 4 * filters, 1))

    def _part(self, x, number):
        convolution, batch_norm = getattr(self, f"{number}_conv"), getattr(self, f"{number}_bn")
        return functional.relu(batch_norm(convolution(x)), inplace=True)

    def _shortcut(self, x, before):
        if self.projects:
            return getattr(self, "0_conv")(before)
        return functional.max_pool2d(x, 1, self.stride) if self.stride > 1 else x

    def forward(self, x):
        before = functional.relu(self.preact_bn(x), inplace=True)
        inner = self._part(self._part(before, 1), 2)
        return self._shortcut(x, before) + getattr(self, "3_conv")(inner)


class ResNet50V2(nn.Module):
    """keras.applications.ResNet50V2 up to its logits."""

    def __init__(self, classes):
        super().__init__()
        self.conv1_conv = nn.Conv2d(3, 64, 7, 2, 3)
        self.blocks, channels = [], 64
        for stage, filters, count, stride in RESNET:
            for i in range(1, count + 1):
                name = f"{stage}_block{i}"
                self.add_module(name, Bottleneck(channels, filters, stride if i == count else 1, i == 1))
                self.blocks.append(name)
                channels = 4 * filters
        self.post_bn = norm(channels)
        self.logits = nn.Linear(channels, classes)

    def forward(self, x):
        # The pool does not follow a ReLU, so its border must be zeros, not -inf like torch's padding.
        x = functional.max_pool2d(functional.pad(self.conv1_conv(x), (1, 1, 1, 1)), 3, 2)
        for name in self.blocks:
            x = getattr(self, name)(x)
        return self.logits(functional.relu(self.post_bn(x), inplace=True).mean((2, 3)))


def network(name, classes, weights, dropout=0):
    """`name` as in src/model; `weights` by layer in Keras's layout, each taken exactly once; ResNet has no dropout."""
    build = builder_of(
        name,
        {
            "resnet50-v2": lambda: ResNet50V2(classes),
            "mobilenet-v2": lambda: InvertedResiduals(MOBILENET, MobileNetNames, classes, dropout),
            "efficientnet-lite0": lambda: InvertedResiduals(LITE0, Lite0Names, classes, dropout),
        },
    )
    net = build()
    rest = dict(weights)
    with torch.no_grad():
        for path, module in net.named_modules():
            if list(module.children()):
                continue
            values = rest.pop(path.replace(".", "_"))
            names = ["weight", "bias", "running_mean", "running_var"]
            for parameter, value in zip(names, values, strict=False):
                getattr(module, parameter).copy_(torch.from_numpy(transposed(module, value)))
    assert not rest, f"Expected a layer for each weight but found none for {list(rest)}"
    return net


def transposed(module, value):
    """Keras keeps kernels HWIO, for depthwise [H, W, C, 1], and matrices [in, out]."""
    if value.ndim == 4:
        return value.transpose((2, 3, 0, 1) if module.groups > 1 else (3, 2, 0, 1))
    return value.T
