from sarbench.runs.made_up import MadeUp, listed, made_up


def test_computed_buffers_are_no_loss() -> None:
    report = {"missing_keys": ["a.rotary_emb.inv_freq", "vision.position_ids", "position_ids"], "mismatched_keys": []}
    assert made_up(report) == MadeUp((), ())


def test_what_a_caller_spares_is_spared_by_its_last_part_alone() -> None:
    report = {"missing_keys": {"logit_scale", "logit_scale.weight"}, "mismatched_keys": ["text.logit_scale"]}
    assert made_up(report, harmless=("logit_scale",)) == MadeUp(("logit_scale.weight",), ())
    assert made_up(report) == MadeUp(("logit_scale", "logit_scale.weight"), ("text.logit_scale",))


def test_no_report_is_no_loss() -> None:
    assert made_up({}) == made_up({"missing_keys": None, "mismatched_keys": None}) == MadeUp((), ())


def test_three_names_need_no_more() -> None:
    assert listed(["a", "b", "c"]) == "a, b, c"
