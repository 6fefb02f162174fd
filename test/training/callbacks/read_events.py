"""Prints as JSON the scalars that TensorBoard reads in a folder: {tag: [[step, value], …]}."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0}).Reload()
tags = events.Tags()
print(json.dumps({tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in tags["scalars"]}))
