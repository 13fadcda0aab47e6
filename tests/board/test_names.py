import re

from hypothesis import given
from hypothesis import strategies as st

from sarbench.board.names import metric_label, printable, slug, task_label

SAFE = re.compile(r"[a-z0-9_][a-z0-9._-]*")


@given(st.text(max_size=200))
def test_a_slug_is_a_file_name_on_every_system(name):
    made = slug(name)
    assert SAFE.fullmatch(made)
    assert len(made) <= 90
    assert slug(made) == made


@given(st.sets(st.text(max_size=20), max_size=20))
def test_different_names_have_different_slugs_whatever_the_case(names):
    # Names that are already slugs stay as they are, so that only a forged hash could collide.
    assert len({slug(name).lower() for name in names}) == len(names)


def test_names_that_differ_in_case_alone_do_not_collide():
    assert slug("Model") != slug("model")


def test_a_foreign_task_keeps_its_name():
    assert task_label("other_task", "sarchat-2m") == "other task"
    assert task_label("sarbench_fusar_fields", "fusar-geovl") == "fields"


@given(st.text())
def test_printable_text_has_no_character_that_hides_or_reorders_others(text):
    shown = printable(text)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", shown)


def test_joiners_and_line_breaks_survive():
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}"
    assert printable(f"{family}\n\t") == f"{family}\n\t"


def test_metrics_are_written_as_the_field_writes_them():
    shown = [metric_label(name, "strict") for name in ("bleu4", "rouge_l", "matched_iou", "single_hit@0.5", "f1@0.25")]
    assert shown == ["BLEU-4", "ROUGE-L", "matched IoU", "single hit@0.5", "F1@0.25"]
