"""One line that says how a caption score was made, as sacrebleu prints beside BLEU.

Two numbers may be compared where their signatures are equal. The last field counts our own changes to the rule.
"""

RULE_VERSION = 1


def signature(metric: str, protocol: str, **settings: str | int) -> str:
    """Write one signature: metric, protocol, settings in the order given, version of the rule.

    >>> signature("bleu4", "strict", tok="sarbench-1", ref="closest")
    'bleu4|strict|tok:sarbench-1|ref:closest|v:1'
    """
    fields = [f"{name.replace('_', '-')}:{value}" for name, value in settings.items()]
    return "|".join([metric, protocol, *fields, f"v:{RULE_VERSION}"])


def ngram_signatures(protocol: str, *, tok: str) -> dict[str, str]:
    """Return the signatures of BLEU-1..4, ROUGE-L and CIDEr as pycocoevalcap 1.2 defines them.

    Args:
        protocol: Protocol that the scores belong to.
        tok: The tokeniser that cut the texts; ROUGE-L alone cuts at every single blank.

    >>> ngram_signatures("paper", tok="none")["cider"]
    'cider|paper|tok:none|d:yes|sigma:6|idf:references|v:1'
    """
    bleu = {f"bleu{n}": signature(f"bleu{n}", protocol, tok=tok, ref="closest") for n in range(1, 5)}
    return bleu | {
        "rouge_l": signature("rouge_l", protocol, tok=tok, beta="1.2"),
        "cider": signature("cider", protocol, tok=tok, d="yes", sigma=6, idf="references"),
    }
