"""Read a YAML file as nodes that know their lines, without ever constructing what it asks for.

Only PyYAML's composer is used: text becomes scalars, sequences and mappings, and no tag is obeyed.
A shared node (an alias) stays shared, a node inside itself is refused, so the tree is safe to walk.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from asr_regress.errors import ConfigurationError

if TYPE_CHECKING:
    import yaml

MAX_BYTES = 1 << 18
"""Of which the parser may make 150 MB in ten seconds; limits for thousands of categories fit."""

_TAG = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset(
    _TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "seq", "map")
)


@dataclass(frozen=True, slots=True)
class YamlScalar:
    """A single value, as its text.

    Attributes:
        plain: Written without quotes, so that it may be a number, true, false or nothing.
        line: Where it begins, counted from 1.
    """

    text: str
    plain: bool
    line: int


@dataclass(frozen=True, slots=True)
class YamlSequence:
    """A list."""

    items: "tuple[YamlNode, ...]"
    line: int


@dataclass(frozen=True, slots=True)
class YamlMapping:
    """Keys with their values, in the order of the file; keys may repeat."""

    entries: "tuple[tuple[YamlNode, YamlNode], ...]"
    line: int


YamlNode: TypeAlias = YamlScalar | YamlSequence | YamlMapping


def shown(path: Path) -> str:
    """The path as people know it: relative to the current folder where it lies inside."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def read_yaml(path: Path) -> YamlNode:
    """The only document of a YAML file.

    Raises:
        ConfigurationError: The file cannot be read, is over 256 KiB, is not UTF-8, is empty or is not YAML;
            the message has the file and, where there is one, the line.
    """
    import yaml

    text = _text(path)
    try:
        loader = yaml.SafeLoader(text)
    except yaml.YAMLError as error:
        _fail_on_yaml(path, text, error, line=1)
    try:
        root = loader.get_single_node()
        if root is None:
            raise ConfigurationError(f"{shown(path)}:1: the file is empty: begin it with 'version: 1'")
        return _convert(path, root)
    except RecursionError:
        raise ConfigurationError(f"{shown(path)}:{loader.line + 1}: nested too deeply") from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # The scanner passes \U escapes and version numbers to chr() and int() unchecked: hence ValueError.
        _fail_on_yaml(path, text, error, line=loader.line + 1)
    finally:
        loader.dispose()


def _text(path: Path) -> str:
    """The file's text, bounded, without a byte order mark."""
    try:
        if path.exists() and not path.is_file():
            raise ConfigurationError(f"{shown(path)}: not a file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigurationError(f"{shown(path)}: no such file; `asr-regress init` writes one to start from") from None
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{shown(path)}: cannot be read: {error}") from None
    if len(data) > MAX_BYTES:
        raise ConfigurationError(f"{shown(path)}: over {MAX_BYTES >> 10} KiB: too large for a thresholds file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02x}"
        raise ConfigurationError(f"{shown(path)}:{line}: not UTF-8 ({found}): save the file as UTF-8") from None


def _convert(path: Path, root: "yaml.Node") -> YamlNode:
    """PyYAML's nodes as ours; a node reached twice is converted once."""
    from yaml.nodes import MappingNode, SequenceNode

    done: dict[int, YamlNode] = {}
    open_nodes: set[int] = set()

    def convert(node: "yaml.Node") -> YamlNode:
        key = id(node)
        if key in done:
            return done[key]
        line = node.start_mark.line + 1
        if key in open_nodes:
            raise ConfigurationError(f"{shown(path)}:{line}: an anchor that contains itself: write the value out")
        if node.tag not in _KNOWN_TAGS:
            raise ConfigurationError(f"{shown(path)}:{line}: the tag {quoted(node.tag)} is not allowed: leave it out")
        open_nodes.add(key)
        converted: YamlNode
        if isinstance(node, MappingNode):
            converted = YamlMapping(tuple((convert(name), convert(value)) for name, value in node.value), line)
        elif isinstance(node, SequenceNode):
            converted = YamlSequence(tuple(convert(item) for item in node.value), line)
        else:
            converted = YamlScalar(node.value, plain=getattr(node, "style", None) is None, line=line)
        open_nodes.discard(key)
        done[key] = converted
        return converted

    return convert(root)


def quoted(text: str, limit: int = 60) -> str:
    """Foreign text for a message: in quotes, control characters escaped, cut where it is long."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")


def _fail_on_yaml(path: Path, text: str, error: Exception, line: int) -> NoReturn:
    """Say where and why the text is not YAML."""
    from yaml.error import MarkedYAMLError
    from yaml.reader import ReaderError

    what = str(error)
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        what = f"the character U+{ord(text[error.position]):04X} is not allowed: remove it"
    elif isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else line
        what = ", ".join(part for part in (error.context, error.problem) if part)
        if "'\\t'" in what:
            what = "a tab: indent with spaces"
    raise ConfigurationError(f"{shown(path)}:{line}: not valid YAML: {what}") from None
