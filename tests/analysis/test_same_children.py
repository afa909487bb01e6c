"""The same children at two times: what is said of those who moved, and above all what is not."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from quality_cli.analysis.judgement.assessment import Assessment
from quality_cli.core.errors import CatalogueError
from tests.analysis.judged import FILES, STEPS, catalogue_of, judged, steps

FOLLOWED = "9.1.1-s7"


def followed(folder: Path, lines: list[str], org: str = "А", files: Mapping[str, str] | None = None) -> Assessment:
    """What is judged of the children of an organisation in the last year."""
    found = judged(catalogue_of(folder, files=files), steps=[STEPS, *lines])[1].find(FOLLOWED, org, "2025/2026", "up")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("up", "down", "unchanged", "word", "reason"),
    [
        (11, 1, 12, "more_improved", ""),
        (1, 11, 12, "more_worsened", ""),
        (6, 0, 40, "more_improved", ""),  # 2 of 64: the least that proves anything
        (5, 0, 40, "unclear", "отличие может быть случайным"),
        (11, 4, 9, "unclear", "отличие может быть случайным"),
        (2, 0, 1, "unclear", "детей слишком мало для вывода"),
        (0, 0, 20, "unclear", "отличие может быть случайным"),
    ],
)
def test_more_moved_one_way_only_where_the_exact_test_says_so(
    tmp_path: Path, up: int, down: int, unchanged: int, word: str, reason: str
) -> None:
    found = followed(tmp_path, steps("А", 2026, up, down, unchanged))
    assert (found.same_children, found.same_children_reason) == (word, reason)
    assert (found.improved, found.worsened, found.unchanged) == (up, down, unchanged)
    assert found.gain == pytest.approx(100 * (up - down) / (up + down + unchanged))
    assert found.gain_low is not None and found.gain_high is not None
    assert -100 <= found.gain_low <= found.gain <= found.gain_high <= 100
    assert (found.moved, found.stands) == ("", "")


def test_children_whose_former_results_were_not_found_are_not_guessed(tmp_path: Path) -> None:
    """Of 16 of 20 the former result is known, which is what the table asks for; of 16 of 21 it is not."""
    enough, few = steps("А", 2026, 12, 0, 4, new=4), steps("Б", 2026, 12, 0, 4, new=5)
    assert followed(tmp_path, [*enough, *few], "А").same_children == "more_improved"
    found = followed(tmp_path, [*enough, *few], "Б")
    assert (found.same_children, found.improved, found.gain_low) == ("unclear", 12, None)
    assert found.same_children_reason == "прежний результат найден меньше чем у 80 % детей"


def test_a_break_of_the_series_between_the_two_results_forbids_to_judge(tmp_path: Path) -> None:
    """Two years lie between them: the break of the year before is between them, one of three years ago is not."""
    for since, word in (("2023/2024", "more_improved"), ("2024/2025", "unclear"), ("2025/2026", "unclear")):
        declared = f"breaks: [{{since: {since}, reason: другая работа}}]\n    same_children: {{years: 2, improved"
        broken = {"9/9.1.yaml": FILES["9/9.1.yaml"].replace("same_children: {improved", declared)}
        found = followed(tmp_path / since[:4], steps("А", 2026, 12, 0, 8), files=broken)
        reason = "" if word == "more_improved" else f"с {since} другая работа"
        assert (found.same_children, found.same_children_reason) == (word, reason)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{improved: upp, worsened: down}", "нет части «upp»; возможно, «up»; бывает: up, down"),
        ("{improved: up, worsened: up}", "стало лучше и стало хуже — одна и та же часть"),
        ("{improved: up}", "worsened"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, written: str, told: str) -> None:
    wrong = FILES["9/9.1.yaml"].replace("{improved: up, worsened: down}", written)
    with pytest.raises(CatalogueError) as error:
        catalogue_of(tmp_path, files={"9/9.1.yaml": wrong})
    assert told in str(error.value)
    assert "9.1.yaml:" in str(error.value)


def test_a_part_that_follows_nobody_is_refused(tmp_path: Path) -> None:
    wrong = FILES["9/9.1.yaml"].replace("{step: {gt: {column: was}}}", "{step: {gt: 2}}")
    with pytest.raises(CatalogueError, match="часть «up» не сравнивает ребёнка с его прежним результатом"):
        catalogue_of(tmp_path, files={"9/9.1.yaml": wrong})
