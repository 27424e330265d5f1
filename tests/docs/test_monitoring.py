"""The board and the rules for Prometheus ask for figures that the city gives, and for nothing else."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "docs" / "monitoring"
GIVEN = set(re.findall(r'_gauge\(\s*"(bianmin_\w+)"', (ROOT / "city" / "fleet" / "metrics.py").read_text(encoding="utf-8")))
_ASKED = re.compile(r"\bbianmin_\w+")


def expressions(found: object) -> list[str]:
    """Every expression of a board, wherever it stands."""
    if isinstance(found, dict):
        own = [found["expr"]] if isinstance(found.get("expr"), str) else []
        return own + [each for value in found.values() for each in expressions(value)]
    return [each for value in found for each in expressions(value)] if isinstance(found, list) else []


def test_every_panel_of_the_board_has_its_figure() -> None:
    asked = expressions(json.loads((MONITORING / "grafana.json").read_text(encoding="utf-8")))
    assert len(asked) >= 5
    for expression in asked:
        names = set(_ASKED.findall(expression))
        assert names, expression
        assert names <= GIVEN, expression


def test_every_rule_has_its_figure() -> None:
    rules = re.findall(r"^\s*(?:- )?expr: (.+)$", (MONITORING / "rules.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rules) >= 3
    for rule in rules:
        names = set(_ASKED.findall(rule))
        assert names, rule
        assert names <= GIVEN, rule
