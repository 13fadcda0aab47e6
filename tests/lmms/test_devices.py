"""Which devices are refused before a model is loaded."""

import pytest

from sarbench.errors import InputError, UnknownNameError
from sarbench.lmms import devices
from sarbench.runs.record import Hardware


@pytest.mark.parametrize("device", [None, "cpu", "cuda", "cuda:1", "mps", "npu:0"])
def test_usual_devices_cost_no_torch(monkeypatch: pytest.MonkeyPatch, device: str | None) -> None:
    monkeypatch.setitem(devices.sys.modules, "torch", None)
    devices.require_device(device)


@pytest.mark.parametrize("device", ["foo", "", "cuda:-1", "cuda:", "0", "CPU", "cuda0"])
def test_no_device_of_torch(device: str) -> None:
    pytest.importorskip("torch")
    with pytest.raises(UnknownNameError, match=rf"--device '{device}': is no device of torch\. Give cpu, cuda"):
        devices.require_device(device)


def test_other_devices_of_torch() -> None:
    pytest.importorskip("torch")
    devices.require_device("vulkan")


@pytest.mark.parametrize(
    ("device", "args"), [("cuda", {}), ("cuda:1", {}), (None, {"device_map": "cuda:0"}), (None, {"device": "cuda"})]
)
def test_a_gpu_that_is_not_there(monkeypatch: pytest.MonkeyPatch, device: str | None, args: dict[str, str]) -> None:
    monkeypatch.setattr(devices, "_has_gpu", lambda: False)
    with pytest.raises(InputError, match=r"cuda.* asks for a GPU.*--device cpu and device_map=cpu"):
        devices.require_gpu(device, args)


@pytest.mark.parametrize(("device", "args"), [("cpu", {}), (None, {}), (None, {"device_map": "auto"})])
def test_nobody_asked_for_a_gpu(monkeypatch: pytest.MonkeyPatch, device: str | None, args: dict[str, str]) -> None:
    monkeypatch.setattr(devices, "_has_gpu", lambda: False)
    devices.require_gpu(device, args)


def test_a_torch_without_gpu_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_has_gpu", lambda: True)
    monkeypatch.setattr(devices, "version", lambda name: "2.13.0+cpu")
    with pytest.raises(InputError, match=r"torch 2\.13\.0\+cpu is built without"):
        devices.require_gpu("cuda", {})


def test_gpus_that_are_hidden_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Hardware(cpu="", cores=1, memory_gib=1, gpus=("NVIDIA H100",))
    monkeypatch.setattr(devices, "hardware", lambda: shown)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert devices._has_gpu()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert not devices._has_gpu()


@pytest.mark.parametrize(
    ("model", "device", "args", "missing"),
    [
        ("llava_hf", None, {}, "add device_map=cpu to --model_args and --device cpu"),
        ("qwen2_vl", "cpu", {}, r"add device_map=cpu to --model_args\."),
        ("qwen2_5_vl", None, {"device_map": "cpu"}, r"add --device cpu\."),
        ("llava_hf", "cpu", {"device_map": "auto"}, "device_map=cpu"),
        ("llava_hf", "cpu", {"device_map": "cpu"}, None),
        ("openai", None, {}, None),
        ("sarbench_hf", None, {}, None),
    ],
)
def test_no_gpu_where_a_backend_takes_one(monkeypatch, model: str, device: str | None, args: dict, missing) -> None:
    monkeypatch.setattr(devices, "_has_gpu", lambda: False)
    monkeypatch.setattr(devices, "_torch_has_accelerator", lambda: False)
    monkeypatch.setattr(devices.sys, "platform", "linux")
    if missing is None:
        devices.require_accelerator(model, device, args)
    else:
        with pytest.raises(InputError, match=missing):
            devices.require_accelerator(model, device, args)
    monkeypatch.setattr(devices, "_has_gpu", lambda: True)
    devices.require_accelerator(model, device, args)
