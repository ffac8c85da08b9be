"""Logits of the tiny checkpoints by Hugging Face transformers, for src/test/resources/golden/families/oracle.json.

Run by hand when a kind of TinyModel is added or changed: write every kind with TinyModel.write into a folder, then
    python families.py FOLDER > oracle.json
For the last position: its first eight logits. For every position: the most likely token and the sum of squares.
"""

import json
import os
import sys

import torch
import transformers

SHORT = [7, 260, 33]
LONG = [1, 256, 12, 99, 5, 5, 200, 31, 257, 64, 18, 240, 2, 77, 131, 9, 250, 3, 42]


def case(model, ids):
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0].double()
    return {
        "ids": ids,
        "first": [round(value, 5) for value in logits[-1][:8].tolist()],
        "argmax": logits.argmax(-1).tolist(),
        "sumsq": [round((row * row).sum().item(), 3) for row in logits],
    }


def main(folder):
    kinds = {}
    for kind in sorted(os.listdir(folder)):
        model = transformers.AutoModelForCausalLM.from_pretrained(
            os.path.join(folder, kind), torch_dtype=torch.float32, attn_implementation="eager"
        ).eval()
        kinds[kind] = [case(model, ids) for ids in (SHORT, LONG)]
    what = f"transformers {transformers.__version__}, PyTorch {torch.__version__}, fp32, eager attention"
    json.dump({"what": what, "kinds": kinds}, sys.stdout)


main(sys.argv[1])
