"""Changes a network with random weights so that what two runtimes compute with it differs by faults alone.

- Zeros and ones would hide faults: all vectors and all tensors near zero change.
- Normalisations get averages that fit the images. With others, values grow from layer to layer, and rounding errors with them.
- Inputs of activations move away from kinks. Rounding moves an input that is beside a kink across it, in one runtime and not in the
  other, and each takes another slope: a single one changes gradients by a hundredth.
"""

import torch

# Inputs where the slope of an activation jumps. Beyond an activation no bias shifts values by the same amount.
KINKS = {"ReLU": [0], "ReLU6": [0, 6], "LeakyReLU": [0], "Hardswish": [-3, 3], "Hardsigmoid": [-3, 3], "Sigmoid": []}


def disturb(model, images):
    """Changes all vectors and all tensors near zero, and then, from the first layer to the last, averages and inputs of activations."""
    bias = None

    def prepare(module, inputs):
        nonlocal bias
        if getattr(module, "bias", None) is not None:
            bias = module.bias
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            average(module, inputs[0])
        elif type(module).__name__ in KINKS:
            clear(KINKS[type(module).__name__], inputs[0], bias)
            bias = None

    with torch.no_grad():
        for tensor in model.parameters():
            unit = torch.rand_like(tensor)
            if tensor.abs().mean() < 1e-3:
                tensor.copy_(unit * 0.4 - 0.2)
            elif tensor.dim() == 1:
                tensor.mul_(0.8 + 0.4 * unit)
        hooks = [module.register_forward_pre_hook(prepare) for module in model.modules()]
        model.eval()(images)
        for hook in hooks:
            hook.remove()


def average(norm, values):
    """Averages that lie a standard deviation beside those of the values. A channel that hardly varies is not magnified."""
    variance, mean = torch.var_mean(values, [axis for axis in range(values.dim()) if axis != 1])
    variance = variance.maximum(variance.mean())
    norm.running_mean.copy_(mean + variance.sqrt() * torch.randn_like(mean))
    norm.running_var.copy_(variance * (0.8 + 0.4 * torch.rand_like(variance)))


def clear(kinks, values, bias):
    """Moves each channel to where its values are farthest from the kinks, by the bias that was added last. Values that no such bias
    reaches stay: an attention's output, and seresnet50's sums of scaled branches."""
    axis = 2 if values.dim() == 3 else 1
    channels = values.movedim(axis, 0).flatten(1)
    if not kinks or bias is None or len(bias) != len(channels):
        return
    most = 0.1 * values.square().mean().sqrt()
    bounds = torch.stack([-most, most]).expand(len(channels), 2)
    crossings = torch.cat([kink - channels for kink in kinks], dim=1).clamp(-most, most)
    crossings = torch.cat([crossings, bounds], dim=1).sort(dim=1).values
    widest = crossings.diff(dim=1).argmax(dim=1, keepdim=True)
    shifts = (crossings.gather(1, widest) + crossings.gather(1, widest + 1)).squeeze(1) / 2
    bias += shifts
    # In place, for a shortcut that has the same values.
    values += shifts.view([-1 if each == axis else 1 for each in range(values.dim())])
