"""What a terminal showed, as a picture: SVG of the text itself, colors and all."""

from __future__ import annotations

import re
from html import escape

_SGR = re.compile(r"\x1b\[([\d;]*)m")
_COLORS = {"31": "#ff8178", "32": "#56d364", "33": "#e3b341", "36": "#76c7e0"}
_INK, _DIM, _GROUND, _BAR = "#e6edf3", "#9198a1", "#0d1117", "#21262d"
_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
_SIZE, _ADVANCE, _LEADING, _EDGE, _HEAD = 14, 8.43, 20, 22, 40


def terminal_picture(screen: str, title: str, description: str) -> str:
    """Lines of a terminal as SVG, dark on every page, as terminals are.

    Args:
        screen: The lines, with colors as escape sequences.
        title: In the bar above them.
        description: What there is to be seen, for those who hear it read out.
    """
    lines = screen.split("\n")
    wide = max(len(_SGR.sub("", line)) for line in lines)
    width, height = round(wide * _ADVANCE + 2 * _EDGE), _HEAD + len(lines) * _LEADING + _EDGE
    drawn = [
        f'<text y="{_HEAD + _LEADING * (row + 1)}">{"".join(_spans(line))}</text>'
        for row, line in enumerate(lines)
        if line.strip()
    ]
    lights = "".join(
        f'<circle cx="{_EDGE + 18 * place}" cy="17" r="5.5" fill="{color}"/>'
        for place, color in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            'aria-labelledby="title description">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="description">{escape(description)}</desc>',
            f'<rect width="{width}" height="{height}" rx="9" fill="{_GROUND}"/>',
            f'<path d="M0 34V9a9 9 0 0 1 9-9H{width - 9}a9 9 0 0 1 9 9v25z" fill="{_BAR}"/>{lights}',
            f'<g font-family="{_FONT}" font-size="{_SIZE}" fill="{_INK}" xml:space="preserve">',
            f'<text x="{width / 2}" y="22" text-anchor="middle" font-size="13" fill="{_DIM}">{escape(title)}</text>',
            *drawn,
            "</g>",
            "</svg>\n",
        )
    )


def _spans(line: str) -> list[str]:
    """The pieces of a line, each stretched to the columns it takes: letters of any font then stand in columns."""
    spans, column, color, bold = [], 0, "", False
    for place, piece in enumerate(_SGR.split(line)):
        if place % 2:
            for code in piece.split(";"):
                color = _COLORS.get(code, "" if code in ("", "0") else color)
                bold = code == "1" or (bold and code not in ("", "0"))
            continue
        for word in re.finditer(r"\S+(?: \S+)*", piece):
            style = (f' fill="{color}"' if color else "") + (' font-weight="700"' if bold else "")
            x, room = _EDGE + (column + word.start()) * _ADVANCE, len(word[0]) * _ADVANCE
            spans.append(
                f'<tspan x="{x:.1f}" textLength="{room:.1f}" lengthAdjust="spacingAndGlyphs"{style}>'
                f"{escape(word[0])}</tspan>"
            )
        column += len(piece)
    return spans
