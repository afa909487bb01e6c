"""Names by which figures are asked for: whoever asks by an unknown one is told, wherever they ask."""

import pytest

from quality_cli.app.examples import run_examples
from quality_cli.catalogue.loader import Catalogue, load_catalogue
from quality_cli.catalogue.model import Expectation
from quality_cli.catalogue.names import names_of
from quality_cli.core.names import IndicatorNames, Names, UnknownNameError


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
def names(shipped: Catalogue) -> Names:
    return names_of(shipped)


def test_names_are_those_of_the_catalogue(shipped: Catalogue, names: Names) -> None:
    assert list(names.indicators) == list(shipped.indicators)
    own = names.indicators["1.1.2-m1"]
    assert own.parts == ("", "all_works")
    assert list(own.by) == ["grade", "subject"]
    assert own.by["grade"] == tuple(map(str, range(1, 13)))
    assert "Математика" in (own.by["subject"] or ())


def test_a_stratum_is_in_the_order_of_results(names: Names) -> None:
    wanted = {"subject": "Химия", "grade": 8}
    assert names.stratum("1.1.2-m1", "", wanted) == (("grade", "8"), ("subject", "Химия"))
    assert names.stratum("1.1.2-m1", "", {}) == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stratum": {"grde": 5}}, "у показателя 1.1.2-m1 нет разреза «grde»; возможно, «grade»?"),
        ({"part": "all_wrks"}, "у показателя 1.1.2-m1 нет части «all_wrks»; возможно, «all_works»?"),
    ],
)
def test_a_worked_example_by_an_unknown_name_does_not_pass(
    shipped: Catalogue, change: dict[str, object], message: str
) -> None:
    """A mistyped stratifier was taken for the total."""
    indicator = shipped.indicators["1.1.2-m1"]
    example = indicator.examples[0].model_copy(update={"expect": [Expectation.model_validate(change)]})
    (verdict,) = run_examples(shipped, [indicator.model_copy(update={"examples": [example]})])
    assert [text for text in verdict.differences if text.endswith(message)], verdict


def test_values_beyond_a_closed_list(names: Names) -> None:
    names.check_values("1.1.2-m1", (("grade", "12"), ("subject", "Химия")))
    with pytest.raises(UnknownNameError, match="нет значения «13»; бывает: 1–12"):
        names.check_values("1.1.2-m1", (("grade", "13"),))
    with pytest.raises(UnknownNameError, match="нет значения «Хемия»; возможно, «Химия»"):
        names.check_values("1.1.2-m1", (("subject", "Хемия"),))


def test_three_stratifiers_are_asked_for_singly_or_together() -> None:
    names = Names({"9.9.1-m1": IndicatorNames(("",), dict.fromkeys("abc"))})
    assert names.stratum("9.9.1-m1", "", {"c": 1, "a": 2, "b": 3}) == (("a", "2"), ("b", "3"), ("c", "1"))
    with pytest.raises(UnknownNameError, match="раскладывают по одному разрезу или по всем: a, b, c"):
        names.stratum("9.9.1-m1", "", {"a": 1, "b": 2})
