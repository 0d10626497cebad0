"""The gazetteer: names, priors and points before any context."""

from __future__ import annotations

import pytest

from pipelines.errors import LexiconError
from pipelines.nlp.places import sources
from pipelines.nlp.places.gazetteer import Gazetteer, fold_name


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return sources.load_gazetteer()


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("São Tomé", "sao tome"),
        ("Łódź", "lodz"),
        ("Guinea-Bissau", "guinea bissau"),
        ("St. Louis", "saint louis"),
        ("Cote d’Ivoire", "cote divoire"),
        ("Malmö", "malmo"),
    ],
)
def test_fold_name(name: str, folded: str) -> None:
    assert fold_name(name) == folded


@pytest.mark.parametrize("name", ["US State", "UN Town", "AU City"])
def test_acronyms_before_a_word_for_places_are_no_towns(gazetteer: Gazetteer, name: str) -> None:
    assert gazetteer.lookup(name) == ()


@pytest.mark.parametrize(
    ("name", "kind", "country", "admin1_code"),
    [
        ("Caracas", "city", "VEN", "25"),
        ("UK", "country", "GBR", None),
        ("U.S.", "country", "USA", None),
        ("Ivory Coast", "country", "CIV", None),
        ("People's Republic of China", "country", "CHN", None),
        ("Mexico", "country", "MEX", None),
        ("New York", "city", "USA", "NY"),
        ("Texas", "admin1", "USA", "TX"),
        ("Sonora state", "admin1", "MEX", "26"),
        ("Province of Salta", "admin1", "ARG", "17"),
        ("Otter Tail", "admin2", "USA", "MN"),
        ("Chechnya", "admin1", "RUS", "12"),
        ("South China Sea", "water", None, None),
        ("Peking", "city", "CHN", "22"),
        ("Ky.", "admin1", "USA", "KY"),
        ("NSW", "admin1", "AUS", "02"),
        ("Paris", "city", "FRA", "11"),
    ],
)
def test_likeliest_place(
    gazetteer: Gazetteer, name: str, kind: str, country: str | None, admin1_code: str | None
) -> None:
    place = gazetteer.lookup(name)[0]
    assert (place.kind, place.country, place.admin1_code) == (kind, country, admin1_code)


@pytest.mark.parametrize("name", ["", "Nowhere at all", "WHO", "ITS", "Mass."])
def test_no_place(gazetteer: Gazetteer, name: str) -> None:
    assert gazetteer.lookup(name) == ()


def test_candidates_are_ordered_and_bounded(gazetteer: Gazetteer) -> None:
    priors = [place.prior for place in gazetteer.lookup("San Antonio")]
    assert 10 < len(priors) <= 60
    assert priors == sorted(priors, reverse=True)


def test_abbreviation_after_a_place(gazetteer: Gazetteer) -> None:
    assert [gazetteer.abbreviation(text).name for text in ("Mass.", "Me", "TX")] == ["Massachusetts", "Maine", "Texas"]
    assert gazetteer.abbreviation("Ms.") is None


def test_country_points(gazetteer: Gazetteer) -> None:
    latitude, longitude = gazetteer.country_point("KEN")
    assert abs(latitude - 1) < 1 and abs(longitude - 38) < 1
    assert gazetteer.country_point("ZZZ") is None


def test_every_country_of_the_lexicon_has_a_point(gazetteer: Gazetteer) -> None:
    codes = [row["code"] for row in sources._read("countries.csv")]
    assert [code for code in codes if gazetteer.country_point(code) is None] == []


def test_admin1_by_code(gazetteer: Gazetteer) -> None:
    assert gazetteer.admin1("USA", "IL").name == "Illinois"
    assert gazetteer.admin1("USA", None) is None


def test_points_lie_on_earth(gazetteer: Gazetteer) -> None:
    points = gazetteer._table.points
    assert all(-90 <= latitude <= 90 for latitude in points[0::2])
    assert all(-180 <= longitude <= 180 for longitude in points[1::2])


def test_a_short_row_is_refused_with_file_and_line(tmp_path, monkeypatch) -> None:
    (tmp_path / "places_regions.csv").write_text("# comment\nname,kind\nAtlantis\n", encoding="utf-8")
    monkeypatch.setattr(sources, "LEXICONS", tmp_path)
    with pytest.raises(LexiconError, match=r"places_regions.csv, line 3"):
        list(sources._read("places_regions.csv"))
