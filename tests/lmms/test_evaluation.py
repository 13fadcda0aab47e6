"""What identifies an evaluation's questions."""

from dataclasses import replace


def test_the_key_tells_one_question_from_another(asked, data) -> None:
    others = [
        replace(asked, model="llava_hf"),
        replace(asked, model_args="response=2"),
        replace(asked, gen_kwargs="max_new_tokens=3"),
        replace(asked, seed=1),
        replace(asked, settings=replace(asked.settings, coords="norm1000")),
        replace(asked, settings=replace(asked.settings, history="gold")),
    ]
    keys = {one.key(data) for one in (asked, *others)} | {asked.key(replace(data, digest="other"))}
    assert len(keys) == 8
    same = "response=1,api_key=sk-2,timeout=60,num_concurrent=2"
    assert replace(asked, model_args=same, batch_size=8, limit=2, device="cpu", chunk=3).key(data) == asked.key(data)
