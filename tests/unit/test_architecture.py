"""What imports what: the contracts of pyproject.toml hold, and docs/architecture.md shows it as it is."""

import ast
import re
from collections.abc import Sequence
from copy import deepcopy

import grimp
import pytest
from import_picture import PACKAGE, PAGE, ROOT, drawn_into, import_graph, picture, shortcuts
from importlinter.api import read_configuration
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract

KINDS = {
    "acyclic_siblings": AcyclicSiblingsContract,
    "forbidden": ForbiddenContract,
    "layers": LayersContract,
    "protected": ProtectedContract,
}
OPTIONS = read_configuration(str(ROOT / "pyproject.toml"))
CONTRACTS = {contract["name"]: contract for contract in OPTIONS["contracts_options"]}
TEXT = PAGE.read_text("utf-8")
ROOMS = "|".join(path.stem for path in (ROOT / PACKAGE).iterdir() if path.is_dir() or path.suffix == ".py")
NAMED = [name.removesuffix(".py") for name in re.findall(rf"`((?:{ROOMS})(?:\.\w+)+)`", TEXT)]
"""Modules, and what is in them, that the page names: `gate.judging`, `session.Session.outcome`."""
TESTS = re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", TEXT)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(PACKAGE, include_external_packages=True, cache_dir=None)


def holds(name: str, graph: grimp.ImportGraph) -> bool:
    contract = KINDS[CONTRACTS[name]["type"]](name, OPTIONS["session_options"], CONTRACTS[name])
    return bool(contract.check(deepcopy(graph), verbose=False).kept)


def is_defined(parts: Sequence[str]) -> bool:
    """Whether a dotted name below the package is a module, or is defined in one."""
    path = ROOT / PACKAGE
    while parts and (path / parts[0]).is_dir():
        path, parts = path / parts[0], parts[1:]
    if parts and (path / f"{parts[0]}.py").is_file():
        path, parts = path / f"{parts[0]}.py", parts[1:]
    elif path.is_dir():
        path = path / "__init__.py"
    return _has(ast.parse(path.read_text("utf-8")).body, parts) if path.is_file() else False


def _has(body: Sequence[ast.stmt], parts: Sequence[str]) -> bool:
    if not parts:
        return True
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == parts[0]:
            return _has(node.body, parts[1:])
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(each, ast.Name) and each.id == parts[0] for each in targets):
            return len(parts) == 1
    return False


@pytest.mark.parametrize("name", CONTRACTS)
def test_contracts_hold(graph: grimp.ImportGraph, name: str) -> None:
    assert holds(name, graph), "`lint-imports` says which import breaks it"


@pytest.mark.parametrize(
    ("name", "importer", "imported"),
    [
        ("Arrows run one way", "corpus.lines", "asr_regress.transcription.work"),
        ("Arrows run one way", "basics.naming", "asr_regress.text.plain"),
        ("Arrows run one way", "reports.terminal", "asr_regress.session"),
        ("Arrows run one way", "text.plain", "asr_regress.corpus.lines"),
        ("No circles, at any depth", "gate.verdict", "asr_regress.gate.run_outcome"),
        ("No circles, at any depth", "transcription.store.file", "asr_regress.transcription.work"),
        ("Scoring and the gate know nothing of audio, models and processes", "gate.judging", "torch"),
        ("Scoring and the gate know nothing of audio, models and processes", "text.plain", "subprocess"),
        (
            "Transcription knows nothing of references, limits and the command line",
            "transcription.work",
            "asr_regress.gate.thresholds",
        ),
        ("Only the plugin knows pytest", "session", "pytest"),
        ("Only recognizers run models", "transcription.measure", "transformers"),
        ("One module knows Ray", "transcription.engines.ray_engine", "ray"),
    ],
)
def test_an_import_that_a_contract_forbids_breaks_it(
    graph: grimp.ImportGraph, name: str, importer: str, imported: str
) -> None:
    planted = deepcopy(graph)
    planted.add_import(importer=f"{PACKAGE}.{importer}", imported=imported)
    assert not holds(name, planted)


def test_the_page_shows_what_the_code_imports() -> None:
    assert drawn_into(TEXT, picture(import_graph())) == TEXT, "draw it again: python tests/support/import_picture.py"


@pytest.mark.parametrize(
    ("drawn", "short"),
    [
        ({("a", "b"), ("b", "c")}, set()),
        ({("a", "b"), ("b", "c"), ("a", "c")}, {("a", "c")}),
        ({("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")}, {("a", "d")}),
    ],
)
def test_what_a_dotted_arrow_is(drawn: set[tuple[str, str]], short: set[tuple[str, str]]) -> None:
    assert shortcuts(frozenset(drawn)) == short


def test_a_page_without_a_place_for_the_picture() -> None:
    with pytest.raises(ValueError, match="no place"):
        drawn_into("# Architecture\n", "picture")


def test_the_tour_is_of_every_folder(graph: grimp.ImportGraph) -> None:
    rooms = {child.rpartition(".")[2]: bool(graph.find_children(child)) for child in graph.find_children(PACKAGE)}
    told = set(re.findall(r"\*\*`(\w+)/`\*\*", TEXT))
    assert {room for room, is_folder in rooms.items() if is_folder} <= told <= set(rooms)


@pytest.mark.parametrize("name", sorted(set(NAMED)))
def test_what_the_page_names_is_there(name: str) -> None:
    assert is_defined(name.split("."))


@pytest.mark.parametrize("test", sorted(set(TESTS)))
def test_tests_that_the_page_names_are_there(test: str) -> None:
    path, _, function = test.partition("::")
    assert (ROOT / path).is_file()
    assert not function or f"def {function}(" in (ROOT / path).read_text("utf-8")


def test_the_page_names_a_good_deal_of_both() -> None:
    assert len(set(NAMED)) > 30
    assert len(set(TESTS)) > 10
