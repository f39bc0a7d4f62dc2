"""The classic pipeline in PyTorch: a loader with workers, a network with taps, GeM. Prints seconds for the photos.

Usage: pytorch_pipeline.py MODEL.onnx LONGER_SIDE TAP,TAP FILE…  (Debian: python3-torch python3-onnx python3-pil)
The network is the one in the ONNX file, operator by operator, so that all pipelines compute the same.
"""
import sys
import time

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from PIL import Image

model_file, longer_side, taps, files = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(','), sys.argv[4:]
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
BATCH = 8


class Photos(torch.utils.data.Dataset):
    def __len__(self):
        return len(files)

    def __getitem__(self, i):
        image = Image.open(files[i]).convert('RGB')
        factor = longer_side / max(image.size)
        image = image.resize([round(side * factor) for side in image.size], Image.BILINEAR)
        pixels = torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1)
        return (pixels.float() / 255 - MEAN) / STD


graph = onnx.load(model_file).graph
weights = {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()) for each in graph.initializer}
steps = []
for node in graph.node:
    attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
    steps.append((node.op_type, list(node.input), node.output[0], attributes))


def run(batch):
    values = {**weights, graph.input[0].name: batch}
    for operator, inputs, output, attributes in steps:
        given = [values[name] for name in inputs]
        if operator == 'Conv':
            padding = tuple(attributes['pads'][:2])
            values[output] = torch.nn.functional.conv2d(*given, stride=attributes['strides'], padding=padding)
        elif operator == 'Relu':
            values[output] = torch.relu(given[0])
        elif operator == 'Add':
            values[output] = given[0] + given[1]
        elif operator == 'MaxPool':
            values[output] = torch.nn.functional.max_pool2d(
                given[0], attributes['kernel_shape'], attributes['strides'], tuple(attributes['pads'][:2])
            )
        else:
            raise ValueError(f'no {operator} here')
    return [values[tap].clamp(min=1e-6).pow(3).mean(dim=(2, 3)).pow(1 / 3) for tap in taps]


def batched(samples):
    """Photos of one size go through the network together, others alone."""
    if all(sample.shape == samples[0].shape for sample in samples):
        return [torch.stack(samples)]
    return [sample[None] for sample in samples]


loader = torch.utils.data.DataLoader(Photos(), batch_size=BATCH, num_workers=2, collate_fn=batched)
torch.set_num_threads(int(torch.multiprocessing.cpu_count()))
with torch.inference_mode():
    run(Photos()[0][None])
    started = time.perf_counter()
    for batches in loader:
        for batch in batches:
            run(batch)
    print(time.perf_counter() - started)
