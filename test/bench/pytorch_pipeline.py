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
values = {each.name: torch.from_numpy(numpy_helper.to_array(each).copy()) for each in graph.initializer}


def compute(operator, given, attributes):
    if operator == 'Conv':
        top, left, bottom, right = attributes.get('pads', [0, 0, 0, 0])
        padding = (top, left)
        if padding != (bottom, right):
            given[0] = torch.nn.functional.pad(given[0], (left, right, top, bottom))
            padding = 0
        strides, groups = attributes.get('strides', [1, 1]), attributes.get('group', 1)
        return torch.nn.functional.conv2d(*given, stride=strides, padding=padding, groups=groups)
    if operator == 'Relu':
        return torch.relu(given[0])
    if operator == 'Clip':
        return given[0].clamp(float(given[1]), float(given[2]))
    if operator == 'Add':
        return given[0] + given[1]
    if operator == 'Mul':
        return given[0] * given[1]
    if operator == 'MaxPool':
        padding = tuple(attributes.get('pads', [0, 0])[:2])
        return torch.nn.functional.max_pool2d(given[0], attributes['kernel_shape'], attributes['strides'], padding)
    if operator == 'Cast':
        return given[0].float()
    if operator == 'Identity':
        return given[0]
    raise ValueError(f'no {operator} here')


needed, steps = set(taps), []
for node in reversed(graph.node):
    if needed.intersection(node.output):
        needed.update(node.input)
        attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
        steps.insert(0, (node.op_type, list(node.input), node.output[0], attributes))
# What follows from weights alone is computed once.
for step in list(steps):
    operator, inputs, output, attributes = step
    if all(name in values for name in inputs):
        values[output] = compute(operator, [values[name] for name in inputs], attributes)
        steps.remove(step)


def run(batch):
    known = {**values, graph.input[0].name: batch}
    for operator, inputs, output, attributes in steps:
        known[output] = compute(operator, [known[name] for name in inputs], attributes)
    return [known[tap].clamp(min=1e-6).pow(3).mean(dim=(2, 3)).pow(1 / 3) for tap in taps]


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
