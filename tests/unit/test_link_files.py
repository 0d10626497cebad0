"""Links put together in files are those put together in memory."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.stages.resolve import half_links, link_files
from pipelines.stages.resolve.half_links import Links, joined

_COUNT = 50


def portions(seed: int) -> list[Links]:
    rng = np.random.default_rng(seed)
    found = []
    for size in (40, 0, 300, 7):
        one, other = rng.integers(0, _COUNT, (2, size)).astype(np.int32)
        value = rng.random(size).astype(np.float32).astype(np.float64)  # sums of which are exact
        found.append(Links(np.minimum(one, other), np.maximum(one, other), value).at(np.flatnonzero(one != other)))
    return found


@pytest.mark.parametrize("held", [10, 10_000])
def test_links_of_the_same_two_clusters_are_one(held, monkeypatch, tmp_path):
    monkeypatch.setattr(link_files, "_HELD", held)
    monkeypatch.setattr(link_files, "_PORTION", 100)
    path = tmp_path / "links"
    read = link_files.united_links(iter(portions(1)), _COUNT, path)
    plain = joined(portions(1)).united(_COUNT)
    for _ in range(2):  # as often as it is called
        found = list(read())
        for name in ("first", "second", "total"):
            got = np.concatenate([getattr(links, name) for links in found])
            assert got.tolist() == getattr(plain, name).tolist()
    assert path.exists() == (held == 10)
    assert [file.name for file in tmp_path.iterdir()] == (["links"] if held == 10 else [])


def test_links_that_are_all_gone_leave_none(monkeypatch, tmp_path):
    monkeypatch.setattr(link_files, "_HELD", 0)
    read = link_files.united_links(iter(portions(2)[1:2]), _COUNT, tmp_path / "links")
    assert sum(len(links.first) for links in read()) == 0


def test_a_table_adds_up_what_sorting_does(monkeypatch):
    links = joined([*portions(3), Links(np.int32([4, 4]), np.int32([9, 9]), np.array([0.5, -0.5]))])
    plain = links.united(_COUNT)
    monkeypatch.setattr(half_links, "_FEW", 0)
    monkeypatch.setattr(half_links, "_ROOM", _COUNT**2)
    monkeypatch.setattr(np, "argsort", None)  # it does not sort
    table = links.united(_COUNT)
    for name in ("first", "second", "total"):
        assert getattr(table, name).tolist() == getattr(plain, name).tolist()
        assert getattr(table, name).dtype == getattr(plain, name).dtype


@pytest.mark.parametrize("held", [10, 10_000])
def test_links_within_parts_come_in_whole_parts(held, monkeypatch, tmp_path):
    monkeypatch.setattr(link_files, "_HELD", held)
    monkeypatch.setattr(link_files, "_PORTION", 20)
    part = np.arange(_COUNT, dtype=np.int32) // 7 * 7
    found = list(link_files.links_within(lambda: portions(4), part, tmp_path))
    assert len(found) > 1
    of_portions = [set(part[links.first].tolist()) for links in found]
    assert sum(map(len, of_portions)) == len(set.union(*of_portions))
    inside = [link for links in portions(4) for link in rows_of(links) if part[link[0]] == part[link[1]]]
    given = [link for links in found for link in rows_of(links)]
    assert sorted(given) == sorted(inside)
    for one in set.union(*of_portions):  # in the order in which they were read
        assert [link for link in given if part[link[0]] == one] == [link for link in inside if part[link[0]] == one]
    assert not list(tmp_path.iterdir())


def test_no_links_within_parts(tmp_path):
    part = np.arange(_COUNT, dtype=np.int32)
    assert not list(link_files.links_within(lambda: portions(5), part, tmp_path))


def rows_of(links: Links) -> list[tuple[int, int, float]]:
    return list(zip(links.first.tolist(), links.second.tolist(), links.total.tolist(), strict=True))
