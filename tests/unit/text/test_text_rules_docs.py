"""What docs/text-rules.md says is so."""

import re
import sys
from pathlib import Path

import pytest

from asr_regress.text.rules import available_rules, get_rules

DOCS = Path(__file__).parents[3] / "docs" / "text-rules.md"
TEXT = DOCS.read_text(encoding="utf-8")


def rows() -> list[tuple[str, str, str]]:
    """Rule, text and what becomes of it, from every table with a column named after a rule."""
    found, rules = [], []
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not cells:
            rules = []
        elif cells[0] == "before":
            rules = [cell.removeprefix("after `").removesuffix("`") for cell in cells[1:]]
        elif rules and not cells[0].startswith("---"):
            found += [(rule, cells[0][1:-1], after[1:-1]) for rule, after in zip(rules, cells[1:], strict=True)]
    return found


@pytest.mark.parametrize(("rule", "before", "after"), rows())
def test_examples(rule: str, before: str, after: str):
    assert get_rules(rule)(before) == after


def test_every_rule_is_there_with_its_version():
    listed = dict(re.findall(r"^\| (`[^|]+`) \| (\d+) \|", TEXT, re.MULTILINE))
    versions = {name: version for names, version in listed.items() for name in re.findall(r"`([^`]+)`", names)}
    assert versions == {name: str(get_rules(name).version) for name in available_rules()}
    assert len(rows()) > 40


def test_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (source,) = re.findall(r"```python\n# text_rules.py[^\n]*\n(.*?)```", TEXT, re.DOTALL)
    (name,) = re.findall(r"normalize: (text_rules:\w+)", TEXT)
    (tmp_path / "text_rules.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "text_rules", raising=False)
    rules = get_rules(name, tmp_path)
    assert rules("b/ 카카오 톡으로!") == "카카오톡으로"
    assert str(rules).startswith("text_rules:clean (source ")
    monkeypatch.delitem(sys.modules, "text_rules")
