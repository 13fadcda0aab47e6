"""The sides that `harness_overhead.py` measures, each run in a process of its own: `python harness_sides.py PART …`.

`bare` and `ahead` are what anybody would write: load, and generate batch by batch; `ahead` preprocesses the next batch
in a thread while the model generates, as sarbench does. `sarbench` is `sarbench eval` with a clock on its events. Each
part prints one JSON object.
"""

import argparse
import io
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import Image

from sarbench.build import build
from sarbench.catalogue import TaskSpec, read_catalogue
from sarbench.hub.lookup import images_by_id
from sarbench.prompts import render
from sarbench.runs.samples import from_table
from sarbench.runs.store import load_samples
from sarbench.simulate import write_sardet
from sarbench.task_data import task_data, task_rows

TASK = "sarbench_sarchat_rebuilt_identification_lite"

Question = tuple[str, bytes]
"""A prompt and the content of an image file."""
Read = Callable[[Sequence[Question]], Any]
"""Turns a batch into tensors."""


def options_parser(about: str | None) -> argparse.ArgumentParser:
    """Return the parser of what both programs take."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", help="cpu or cuda (default: cpu)")
    parser.add_argument("--size", default="tiny", help="of the model: tiny, small or mid (default: tiny)")
    parser.add_argument("--dtype", default="float32", help="of its weights (default: float32)")
    parser.add_argument("--items", type=int, default=256, help="questions (default: 256)")
    parser.add_argument("--batch_size", type=int, default=8, help="questions at once (default: 8)")
    parser.add_argument("--new_tokens", type=int, default=32, help="tokens of each answer (default: 32)")
    parser.add_argument(
        "--invariance", type=int, default=128, help="questions asked in batches and alone (default: 128)"
    )
    parser.add_argument("--work", type=Path, help="folder for data, model and runs (default: a temporary one)")
    return parser


def prepare(options: argparse.Namespace) -> dict[str, Any]:
    """Simulate scenes, build their lite split, and make the model."""
    from sarbench.lmms.tiny_vlm import make_random_qwen

    raw = write_sardet(options.work / "raw", images={"train": 6, "val": 2, "test": max(12, options.items // 2)})
    build("sarchat-2m", data_dir=raw, out=options.work / "home" / "sarchat-2m", configs=["rebuilt"], lite=options.items)
    folder = make_random_qwen(
        model_folder(options), size=options.size, dtype=options.dtype, device=options.device.partition(":")[0]
    )
    import torch
    from transformers import AutoConfig, AutoModelForImageTextToText

    with torch.device("meta"):  # counts them without holding them
        model = AutoModelForImageTextToText.from_config(AutoConfig.from_pretrained(folder))
    count = min(options.items, task_data(spec()).rows)
    return {"items": count, "parameters": sum(one.numel() for one in model.parameters())}


def bare(options: argparse.Namespace) -> dict[str, Any]:
    """Preprocess a batch, generate, and only then look at the next."""
    return loop(options, lambda read, batches: map(read, batches))


def ahead(options: argparse.Namespace) -> dict[str, Any]:
    """Preprocess the next batch in a thread while the model generates."""

    def read_ahead(read: Read, batches: Sequence[Sequence[Question]]) -> Iterator[Any]:
        with ThreadPoolExecutor(1) as reader:
            coming = reader.submit(read, batches[0])
            for following in batches[1:]:
                inputs, coming = coming.result(), reader.submit(read, following)
                yield inputs
            yield coming.result()

    return loop(options, read_ahead)


def loop(
    options: argparse.Namespace, each: Callable[[Read, Sequence[Sequence[Question]]], Iterable[Any]]
) -> dict[str, Any]:
    """Load, and generate batch by batch; `each` says when a batch is preprocessed."""
    began = time.perf_counter()
    import torch
    from transformers import AutoModelForImageTextToText, AutoProcessor

    asked = list(items(options))
    processor = AutoProcessor.from_pretrained(model_folder(options))
    processor.tokenizer.padding_side = "left"
    model = AutoModelForImageTextToText.from_pretrained(model_folder(options), dtype=options.dtype)
    model = model.to(options.device).eval()

    def read(batch: Sequence[Question]) -> Any:
        prompts = [
            processor.apply_chat_template(
                [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": text}]}],
                tokenize=False,
                add_generation_prompt=True,
            )
            for text, _ in batch
        ]
        images = [[Image.open(io.BytesIO(content)).convert("RGB")] for _, content in batch]
        return processor(text=prompts, images=images, padding=True, return_tensors="pt")

    def answer(inputs: Any) -> list[str]:
        inputs = inputs.to(device=model.device, dtype=model.dtype)
        with torch.inference_mode():
            made = model.generate(**inputs, max_new_tokens=options.new_tokens, do_sample=False)
        made = made[:, inputs["input_ids"].shape[1] :]
        found: list[str] = processor.tokenizer.batch_decode(
            made, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return found

    batches = [asked[first : first + options.batch_size] for first in range(0, len(asked), options.batch_size)]
    answer(read(batches[0]))  # late imports and GPU kernels: sarbench's side gets no such start
    loaded, used = time.perf_counter(), time.process_time()
    texts = [text for inputs in each(read, batches) for text in answer(inputs)]
    ended, used = time.perf_counter(), time.process_time() - used
    return {
        "items": len(asked),
        "seconds": ended - loaded,
        "processor": used,
        "start": loaded - began,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "texts": texts,
    }


def sarbench_eval(options: argparse.Namespace) -> dict[str, Any]:
    """What `sarbench eval` does, with a clock on its events."""
    from sarbench.lmms.job import Event, Finished, Started
    from sarbench.lmms.launcher import Evaluation, evaluate

    heard: dict[type, float] = {}
    used: dict[type, float] = {}

    def listen(_: TaskSpec, event: Event) -> None:
        if type(event) not in heard:
            heard[type(event)], used[type(event)] = time.perf_counter(), processor_time_of_children()

    began = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=options.work) as folder:
        out = Path(folder) / "run"
        asked = Evaluation(
            model="sarbench_hf",
            model_args=f"pretrained={model_folder(options)},dtype={options.dtype}",
            tasks=(spec(),),
            out=out,
            limit=options.items,
            batch_size=options.batch_size,
            device=options.device,
            gen_kwargs=f"max_new_tokens={options.new_tokens}",
        )
        manifest = evaluate(asked, listen=listen)
        lines = from_table(load_samples(out, TASK))
    return {
        "items": len(lines),
        "seconds": heard[Finished] - heard[Started],
        "processor": used[Finished] - used[Started],
        "start": heard[Started] - began,
        "peak": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,
        "texts": [line["prediction"] for line in lines],
        "failed": manifest.tasks[0].failed,
    }


def invariance(options: argparse.Namespace) -> dict[str, Any]:
    """Ask the items one by one and in batches."""
    from sarbench.lmms.hf.args import hf_args
    from sarbench.lmms.hf.generation import Generation
    from sarbench.lmms.hf.invariance import batch_invariance
    from sarbench.lmms.hf.model import HfModel

    model = HfModel.load(
        hf_args({"pretrained": model_folder(options), "dtype": options.dtype, "device": options.device})
    )
    conversations = [
        [
            {
                "role": "user",
                "content": [
                    {"type": "image", "image": Image.open(io.BytesIO(content)).convert("RGB")},
                    {"type": "text", "text": text},
                ],
            }
        ]
        for text, content in islice(items(options), options.invariance)
    ]
    found = batch_invariance(
        model, conversations, Generation(max_new_tokens=options.new_tokens), batch_size=options.batch_size
    )
    return {
        "items": found.items,
        "batch_size": found.batch_size,
        "differing": len(found.differing),
        "share": found.share or 0.0,
    }


PARTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "prepare": prepare,
    "bare": bare,
    "ahead": ahead,
    "sarbench": sarbench_eval,
    "invariance": invariance,
}


def items(options: argparse.Namespace) -> Iterator[Question]:
    """Yield every question in the order of the split."""
    asked = task_data(spec())
    rows = list(islice(task_rows(asked.spec), options.items))
    images = images_by_id(asked.folder, asked.spec.config, asked.spec.split, {row["image_id"] for row in rows})
    for row in rows:
        yield render(row).text, images[row["image_id"]]


def processor_time_of_children() -> float:
    """Return the seconds of processor time that the running children of this process have used; 0 where unknown."""
    try:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        fields = [Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split() for child in children]
    except OSError:
        return 0.0
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def model_folder(options: argparse.Namespace) -> Path:
    return Path(options.work / "models" / f"qwen2_5_vl-{options.size}")


def spec() -> TaskSpec:
    (found,) = read_catalogue().select([TASK])
    return found


def main() -> None:
    parser = options_parser(__doc__)
    parser.add_argument("part", choices=tuple(PARTS))
    options = parser.parse_args()
    os.environ["SARBENCH_HOME"] = str(options.work / "home")
    json.dump(PARTS[options.part](options), sys.stdout)


if __name__ == "__main__":
    main()
