"""What is taken off an answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.answers import _clean


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no tags", "no tags"),
        ("<think>a</think>b", "b"),
        ("x<think>a</think>b", "xb"),
        ("a</think>b", "b"),
        ("x<think>a</think>y</think>b", "b"),
        ("<think>a", ""),
        ("<think>a<think>b</think>c", "c"),
        ("<think>a</think>b<reasoning>c</reasoning>d", "bd"),
        ("<Think>a</THINK>b", "b"),
        ("a<answer>b</answer>c", "b"),
        ("<answer>a</answer><answer>b</answer>", "b"),
        ("a<answer>b", "b"),
        ("a</answer>", "a</answer>"),
        ("<think><answer>a</answer></think>b", "b"),
        ("<thinker>a</thinker>", "<thinker>a</thinker>"),
        ("◁think▷a◁/think▷b", "b"),
        ("[THINK]a[/THINK]b", "b"),
        ("<|begin_of_thought|>a<|end_of_thought|>b", "b"),
        ("x<|begin_of_box|>b<|end_of_box|>y", "b"),
        ("<think >a</think >b", "b"),
        ("<seed:think>a</seed:think>b", "b"),
        ("<reflection>a</reflection>b", "b"),
        ("<|START_THINKING|>a<|END_THINKING|>b", "b"),
        ("<REASONING>a</REASONING><CONCLUSION>b</CONCLUSION>", "b"),
        ("<final_answer>b</final_answer> c", "b"),
        (r"a = \boxed{b} or c", "b"),
        (r"\boxed{a}, no: \boxed{\text{b}}", "b"),
        (r"\boxed{\frac{1}{2}} c", r"\frac{1}{2}"),
        (r"\boxed{b", "b"),
        (r"<answer>\boxed{b}</answer>", "b"),
        (r"<think>\boxed{a}</think>b", "b"),
        ("<answer>[a]</answer>, <answer>[b]</answer>", "<answer>[a]</answer>, <answer>[b]</answer>"),
        ("<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b", "b"),
        ("<|channel|>analysis<|message|>a", ""),
    ],
)
def test_reasoning(text: str, left: str) -> None:
    assert _clean.without_reasoning(text) == left


@settings(deadline=None)
@given(st.text())
def test_text_without_tags_is_left_alone(text: str) -> None:
    assert "<" in text or "\\boxed" in text or _clean.without_reasoning(text) == text


@settings(deadline=None)
@given(st.text())
def test_plain_text_has_single_blanks_only(text: str) -> None:
    plain = _clean.plain(text)
    assert plain == plain.strip()
    assert "  " not in plain
    assert "\n" not in plain


def test_special_tokens() -> None:
    assert _clean.without_special_tokens("<|box_start|>(1,2)<|box_end|><|im_end|></s>").split() == ["(1,2)"]
    assert _clean.without_special_tokens("[/INST] 4<｜end▁of▁sentence｜><end_of_turn>").split() == ["4"]
    assert _clean.without_special_tokens("{<1><2>} <loc0001> a <| b") == "{<1><2>} <loc0001> a <| b"


def test_markers_of_the_harness() -> None:
    assert _clean.harness_failed("[LMMS_EVAL_REQUEST_FAILED after 5 retries] timeout")
    assert _clean.harness_failed("[LMMS_EVAL_BUDGET_EXCEEDED]")
    assert _clean.harness_failed('Error: can only concatenate str (not "NoneType") to str')
    assert not _clean.harness_failed("The budget was exceeded")
