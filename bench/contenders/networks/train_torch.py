"""PyTorch's step; arguments after the job: `compile` for torch.compile, `channels_last` for that memory format."""
import sys

import torch
from torch.nn import functional
from train_job import CLASSES, LEARNING_RATE, MOMENTUM, Job, time_training
from train_torch_nets import network


def main():
    options = sys.argv[2:]
    job = Job()
    torch.set_num_threads(job.threads)
    layout = torch.channels_last if "channels_last" in options else torch.contiguous_format
    net = network(job.net, CLASSES, job.weights()).to(memory_format=layout)
    images = torch.from_numpy(job.images()).permute(0, 3, 1, 2).contiguous(memory_format=layout)
    labels = torch.from_numpy(job.labels())
    optimizer = torch.optim.SGD(net.parameters(), LEARNING_RATE, MOMENTUM)
    run = torch.compile(net) if "compile" in options else net

    def forward():
        net.eval()
        with torch.inference_mode():
            return run(images).numpy()

    def step():
        net.train()
        optimizer.zero_grad()
        loss = functional.cross_entropy(run(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    time_training(job, forward, step, f"torch {torch.__version__}")


main()
