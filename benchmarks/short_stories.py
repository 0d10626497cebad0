"""Short invented wire stories, as many as are asked for, each with words of its own.

What belongs here: `write_stories`. What does not: any measurement (`extraction_engines.py`).
"""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path

_FIRST_DAY = date(2020, 1, 1)
_DAYS = 1500
_COUNTRIES = (
    ("Kenya", "Kenyan", "Mombasa"), ("Peru", "Peruvian", "Arequipa"), ("Poland", "Polish", "Gdansk"),
    ("Japan", "Japanese", "Osaka"), ("Egypt", "Egyptian", "Alexandria"), ("Chile", "Chilean", "Valparaiso"),
    ("Turkey", "Turkish", "Izmir"), ("India", "Indian", "Pune"), ("Brazil", "Brazilian", "Recife"),
    ("Ghana", "Ghanaian", "Kumasi"), ("Spain", "Spanish", "Seville"), ("Sudan", "Sudanese", "Nyala"),
)  # fmt: skip
_FIRST = "Amina Carlos Hanna Kenji Layla Marta Omar Priya Rafael Sofia Tomas Yusuf Elena Kofi Ines Adem".split()
_LAST = "Adeyemi Barros Celik Dahl Eriksen Fofana Gupta Haddad Ito Jansen Kowal Lopez Mensah Novak Osman Ruiz".split()
_ACTS = (
    "{adjective} police arrested {n} protesters in {town} on {day} after a march against fuel prices.",
    "Soldiers from {country} shelled a village near {town}, killing {n} people and wounding {m}, officials said on {day}.",
    "The government of {country} imposed sanctions on {other} over a border dispute.",
    "{first} {last}, the {adjective} foreign minister, met a delegation from {other} in {town} on {day}.",
    "{country} and {other} signed a trade agreement worth ${n} million, the foreign ministry said.",
    "Hundreds of workers went on strike in {town} to demand higher wages.",
    "A court in {town} sentenced {first} {last} to {m} years in prison for corruption.",
    "Rebels attacked a checkpoint outside {town} on {day} and abducted {m} soldiers.",
    "{country} sent {n} tonnes of food to {other} after the floods.",
)
_REST = (
    '"We will not accept this decision," said {first} {last}, a spokesman for the opposition.',
    "The {adjective} president, {first} {last}, condemned the attack and called for talks with {other}.",
    "It was the {m}th such incident in {town} this year, according to the interior ministry.",
    "Residents of {town} said that shops had stayed closed and that roads to the port were blocked.",
    "An envoy from {other} is expected to arrive in {town} next week.",
)


def write_stories(path: Path, count: int, *, seed: int = 1) -> None:
    """Write stories of about 65 words as JSON Lines.

    Args:
        path: the file.
        count: number of stories.
        seed: the same seed and count give the same stories.
    """
    rng = random.Random(seed)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(_story(rng, number)) + "\n")


def _story(rng: random.Random, number: int) -> dict[str, str]:
    published = _FIRST_DAY + timedelta(days=rng.randrange(_DAYS))
    sentences = [*rng.sample(_ACTS, 2), *rng.sample(_REST, 3)]
    country, adjective, town = rng.choice(_COUNTRIES)
    text = " ".join(
        sentence.format(
            country=country,
            adjective=adjective,
            town=town,
            other=rng.choice(_COUNTRIES)[0],
            first=rng.choice(_FIRST),
            last=rng.choice(_LAST),
            day=(published - timedelta(days=rng.randrange(1, 6))).strftime("%A"),
            n=rng.randrange(20, 900),
            m=rng.randrange(4, 19),
        )
        for sentence in sentences
    )
    return {
        "id": f"story-{number}",
        "published_date": published.isoformat(),
        "text": text,
        "source": f"Wire {number % 7}",
    }
