"""The whole path on one machine, offline: simulate → build → evaluate → floors → leaderboard."""

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from sarbench import paths
from sarbench._version import __version__
from sarbench.baselines import Floor, floor_run
from sarbench.build import build, read_index
from sarbench.catalogue import TaskSpec, read_catalogue
from sarbench.errors import InputError
from sarbench.lmms.launcher import Evaluation, Listener, evaluate
from sarbench.lmms.settings import Settings
from sarbench.lmms.tiny_vlm import make_tiny_vlm
from sarbench.simulate import write_fusar, write_sardet
from sarbench.site import make_site

IMAGES = {"train": 36, "val": 8, "test": 24}
FUSAR_RECORDS = 24
GENERATION = "max_new_tokens=12,temperature=1.0"
"""Random weights never stop by themselves and repeat themselves when they are greedy."""

GROUP = "sarbench_sarchat_rebuilt"
_FLOORS: tuple[Floor, ...] = ("majority", "random")


@dataclass(frozen=True)
class DemoResult:
    """Where the demo's runs and its site lie."""

    runs: tuple[Path, ...]
    site: Path


def run_demo(
    out: Path,
    *,
    say: Callable[[str], object],
    listen: Mapping[str, Listener],
    images: Mapping[str, int] = IMAGES,
) -> DemoResult:
    """Run the main job under `out`, reusing what an earlier run of the same version left there.

    Args:
        out: The demo's folder; `SARBENCH_HOME` must point to `out/home`.
        say: Called with one line per step.
        listen: Listeners for the events of the two evaluations, `seeing` and `blind`.
        images: How many scenes each of SARDet's splits gets.
    """
    say("1/5 simulating SAR scenes with known truth")
    raw = _simulated(out / "raw", images)
    say("2/5 building one schema from two raw layouts")
    _build("sarchat-2m", raw / "sardet", configs=("rebuilt",))
    _build("fusar-geovl", raw / "fusar", configs=None)
    say("3/5 evaluating a tiny VLM, with and without its eyes, through lmms-eval")
    model = out / "models" / "tiny-llava"
    if not (model / "config.json").is_file():
        make_tiny_vlm(model)
    tasks = read_catalogue().select([GROUP])
    results = out / "results"
    _evaluate_both(model, tasks, results, listen)
    say("4/5 floors: what no model at all would score")
    for floor in _FLOORS:
        floor_run(floor, tasks, results / f"floor-{floor}", command=tuple(sys.argv))
    say("5/5 writing the leaderboard")
    site = make_site(results, out / "site", data=paths.home())
    folders = ("tiny-llava", "tiny-llava-blind", *(f"floor-{floor}" for floor in _FLOORS))
    return DemoResult(tuple(results / name for name in folders), site)


def _simulated(raw: Path, images: Mapping[str, int]) -> Path:
    """Write the raw files once; the marker names the version that wrote them and comes last."""
    marker = raw / ".complete"
    if not marker.is_file() or marker.read_text() != __version__:
        write_sardet(raw / "sardet", images=images)
        write_fusar(raw / "fusar", records=FUSAR_RECORDS)
        marker.write_text(__version__)
    return raw


def _build(name: str, raw: Path, *, configs: tuple[str, ...] | None) -> None:
    folder = paths.built(name)
    try:
        if read_index(folder).sarbench_version == __version__:
            return
    except InputError:
        pass
    build(name, data_dir=raw, out=folder, configs=configs)


def _evaluate_both(model: Path, tasks: tuple[TaskSpec, ...], results: Path, listen: Mapping[str, Listener]) -> None:
    """Evaluate the model and its blind self side by side: each is one process that mostly starts up."""
    seeing = Evaluation(
        model="llava_hf",
        model_args=f"pretrained={model},device_map=cpu",
        tasks=tasks,
        out=results / "tiny-llava",
        device="cpu",
        gen_kwargs=GENERATION,
        resume=True,
        command=tuple(sys.argv),
    )
    blind = replace(seeing, out=results / "tiny-llava-blind", settings=Settings(perturbation="blank"))
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(evaluate, asked, listen=listen[name]) for name, asked in (("seeing", seeing), ("blind", blind))
        ]
        for job in jobs:
            job.result()
