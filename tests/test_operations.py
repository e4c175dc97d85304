"""Whatever can raise an alarm has one, and every alarm says what to do."""

import re

import pytest
import yaml

from settings import Settings
from tests.named import page

_PAGE = page("operations.md")
_RULES = next(
    block
    for text in re.findall(r"```yaml\n(.*?)```", _PAGE, re.DOTALL)
    if "groups" in (block := yaml.safe_load(text))
)["groups"][0]["rules"]
_WORRIES = re.findall(r"^\| `(spotter_\w+)[^`]*` \| .+ \| (.+) \|$", _PAGE, re.MULTILINE)
_TODO = dict(re.findall(r"^### (\w+)\n(.+?)(?=^##|^\*\*Something)", _PAGE, re.MULTILINE | re.DOTALL))
_TARGET = re.search(r'targets: \["([^"]+)"\]', _PAGE)


def test_prometheus_is_sent_where_the_server_listens() -> None:
    settings = Settings.from_environment({})
    assert _TARGET
    assert _TARGET[1] == f"{settings.host}:{settings.port}"


@pytest.mark.parametrize("metric", [metric for metric, worry in _WORRIES if worry.strip()])
def test_a_metric_to_worry_about_raises_an_alarm(metric: str) -> None:
    assert any(re.search(rf"\b{metric}(_bucket)?\b", rule["expr"]) for rule in _RULES)


def test_every_alarm_says_what_to_do_and_nothing_else_is_there() -> None:
    assert set(_TODO) == {rule["alert"] for rule in _RULES}
    assert all(len(text.split()) > 15 for text in _TODO.values())


def test_there_are_metrics_to_worry_about() -> None:
    assert len(_WORRIES) > 10
