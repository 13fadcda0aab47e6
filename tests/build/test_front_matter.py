import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from sarbench.build.pages.front_matter import front_matter, scalar, slug

text = st.text(st.characters(exclude_categories=("Cs",)))


@given(text)
@example("no")
@example('a "b": #c')
@example("line\nbreak\t\\")
@example("\x00\x7f\x85\u2028\ufeff\U0001f6f0\xa0")
@example("- [x]: {y}")
def test_any_text_survives_yaml(value: str) -> None:
    assert yaml.safe_load(scalar(value)) == value


keys = st.sampled_from(("configs", "config_name", "data_files", "path"))
fields = st.recursive(
    text | st.booleans(),
    lambda inner: (
        st.lists(inner.filter(lambda value: not isinstance(value, list)), min_size=1, max_size=3)
        | st.dictionaries(keys, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(keys, fields, min_size=1, max_size=4))
def test_any_fields_survive_yaml(value: dict[str, object]) -> None:
    block = front_matter(value)  # type: ignore[arg-type]
    assert block.startswith("---\n")
    assert block.endswith("\n---")
    assert yaml.safe_load(block[4:-4]) == value


@given(text)
def test_slugs_are_plain_and_short(value: str) -> None:
    made = slug(value)
    assert len(made) <= 64
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
