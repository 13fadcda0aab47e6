import shutil
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.metrics.caption.ptb import ptb_tokenise
from sarbench.metrics.caption.tokeniser import tokenise


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Two ships, near a PORT.", "two ships near a port"),
        ("ship-to-ship x-band a--b -edge- end-", "ship-to-ship x-band a b edge end"),
        ("the ship's boats' 'quoted' rock 'n' roll don’t", "the ship's boats quoted rock n roll don't"),
        ("3.5 km, 1,000 m2 1. 2, 3.5.2 .5", "3.5 km 1,000 m2 1 2 3.5.2 5"),
        ("harbor.The next", "harbor the next"),
        ('12:30; (left) [right] {both} “a” «b» `c` "d"', "12 30 left right both a b c d"),
        ("dash – and — and … and ?!", "dash and and and"),
        ("50% of A & B = 3 × 4 ± 1°", "50 % of a & b = 3 × 4 ± 1 °"),
        ("urban/industrial land, 5 km/h, and / or a//b", "urban/industrial land 5 km/h and / or a / / b"),
        ("image_01 km²", "image_01 km²"),
        ("non\u2011breaking soft\xadhyphen zero\u200bwidth \ufeffmark", "non-breaking softhyphen zerowidth mark"),
        ("ship 😀 in 👩\u200d🚀 port ☀️", "ship in port"),
        ("Étang café 港口。船 हिन्दी العربية، Ωμέγα", "étang café 港口 船 हिन्दी العربية ωμέγα"),
        ("a\rb\vc\fd\u2028e\x85f\xa0g\x00h", "a b c d e f g h"),
        ("", ""),
        (" . , !\t", ""),
        ("\ud83d broken", "broken"),
    ],
)
def test_a_caption_is_cut_by_the_rule(text: str, tokens: str) -> None:
    assert tokenise(text) == tokens.split()


@given(st.text())
def test_cutting_joined_tokens_again_changes_nothing(text: str) -> None:
    tokens = tokenise(text)
    assert tokenise(" ".join(tokens)) == tokens
    assert all(token and token == token.strip() for token in tokens)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_normal_forms_of_one_text_give_the_same_tokens(text: str) -> None:
    assert tokenise(unicodedata.normalize("NFD", text)) == tokenise(unicodedata.normalize("NFC", text))


@given(st.text(alphabet=st.characters(categories=["Ll", "Nd"], codec="utf-8"), min_size=1))
def test_letters_and_digits_of_every_script_are_kept(text: str) -> None:
    assert "".join(tokenise(text)) == unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())


@pytest.mark.parametrize("unit", ["a-", "a.", "1,", "'", "a'-", "1.-", "a/", "😀", "%"])
def test_long_runs_are_cut_without_going_over_them_again_and_again(unit: str) -> None:
    assert len(tokenise(unit * 200_000)) <= 200_000


def _plain_captions() -> list[str]:
    """Captions as SAR sets have them: letters, digits, commas, inner hyphens, one final stop."""
    subjects = ["Two large ships", "A small vessel", "several oil tanks", "The X-band image", "12 bright targets"]
    verbs = ["are moored near", "lies beside", "stand next to", "shows", "are scattered across"]
    places = ["a harbor", "the container-port", "a river, a bridge, and farmland", "an airport with 3 runways"]
    ends = [".", "", " in the upper-left corner.", ", about 3.5 km from the coast.", " covering 20% of the area."]
    return [f"{a} {b} {c}{d}" for a in subjects for b in verbs for c in places for d in ends]


@pytest.mark.skipif(shutil.which("java") is None, reason="no java on PATH: nothing to compare with")
def test_plain_captions_mostly_agree_with_the_treebank_tokens(record_property: pytest.FixtureRequest) -> None:
    pytest.importorskip("pycocoevalcap.bleu.bleu", reason="pycocoevalcap brings the Treebank tokeniser")
    plain = _plain_captions()
    awkward = ["the ship doesn't move", "see (left)", "at 12:30", "in the U.S. today"]
    treebank = ptb_tokenise([*plain, *awkward])
    share = sum(tokenise(text) == treebank[text].split() for text in plain) / len(plain)
    print(f"agreement with PTBTokenizer 3.4.1 on {len(plain)} plain captions: {100 * share:.1f} %")
    record_property("treebank_agreement", share)  # type: ignore[operator]
    assert share > 0.9
    # Another rule all the same: nobody may read one as the other.
    assert all(tokenise(text) != treebank[text].split() for text in awkward)
