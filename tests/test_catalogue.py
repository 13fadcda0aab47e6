import pytest

from sarbench import paths
from sarbench.catalogue import read_catalogue
from sarbench.errors import InputError, UnknownNameError


def test_every_yaml_is_a_task_or_a_group() -> None:
    catalogue = read_catalogue()
    assert len(catalogue.tasks) + len(catalogue.groups) == len(list(paths.tasks().rglob("*.yaml")))


def test_names_follow_the_rows_they_ask() -> None:
    for name, spec in read_catalogue().tasks.items():
        expected = "sarbench_sarchat_" + spec.config.replace("-", "_")
        assert name == expected
        assert spec.config.removeprefix("rebuilt-") == spec.family


def test_yaml_reads_the_rows_that_its_metadata_names() -> None:
    for spec in read_catalogue().tasks.values():
        path = next(path for path in paths.tasks().rglob("*.yaml") if f"task: {spec.name}\n" in path.read_text())
        assert f"test: !function sarbench.lmms.data.{spec.dataset}/{spec.config}/{spec.split}\n" in path.read_text()


def test_groups_names_and_wildcards_resolve_in_order_without_repeats() -> None:
    catalogue = read_catalogue()
    everything = catalogue.select(["sarbench"])
    assert {spec.name for spec in everything} == set(catalogue.tasks)
    some = catalogue.select(["sarbench_sarchat_rebuilt_counting", "sarbench_sarchat_rebuilt", "*_counting"])
    assert [spec.name for spec in some][:2] == [
        "sarbench_sarchat_rebuilt_counting",
        "sarbench_sarchat_rebuilt_classification",
    ]
    assert len(some) == 7


def test_unknown_name_suggests_a_near_one() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean sarbench_sarchat_counting"):
        read_catalogue().select(["sarbench_sarchat_countin"])


@pytest.mark.parametrize(
    ("text", "message"),
    [("task: x\n", "metadata"), ("task: [unclosed\n", "not YAML"), ("- a\n", "not a YAML mapping")],
)
def test_broken_yaml_is_named(tmp_path, text: str, message: str) -> None:
    (tmp_path / "broken.yaml").write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        read_catalogue(tmp_path)
    assert "broken.yaml" in str(caught.value)
