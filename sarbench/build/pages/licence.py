"""The terms of a built set as the Hub and Croissant want them named."""

from sarbench.build.index import BuiltIndex
from sarbench.build.pages.front_matter import slug
from sarbench.sources import DatasetCard

_CC = {
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    **{
        f"cc-{terms}-4.0": f"https://creativecommons.org/licenses/{terms}/4.0/"
        for terms in ("by", "by-nc", "by-sa", "by-nd", "by-nc-sa", "by-nc-nd")
    },
}
"""Licence names of the Hub that a card's licence may be equal to → their text; anything else is `other`."""


def hub_licence(card: DatasetCard, index: BuiltIndex) -> dict[str, str]:
    """Return the licence fields of a dataset card; simulated data are under the terms of sarbench."""
    if index.simulated:
        return {"license": "apache-2.0"}
    name = slug(card.licence)
    if name in _CC:
        return {"license": name}
    return {"license": "other", "license_name": name, "license_link": card.homepage}


def licence_text(card: DatasetCard, index: BuiltIndex) -> str:
    """Return the licence's URL, or the terms as the authors state them."""
    if index.simulated:
        return "https://www.apache.org/licenses/LICENSE-2.0"
    return _CC.get(slug(card.licence), card.licence)
