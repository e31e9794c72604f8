"""A sheet to draw on: SVG that reads on a light page and on a dark one, without a library.

A picture has its own ground, so that it can be read whatever page it is put into, and colors by role ("good", "bad"),
each with a light and a dark value that the reader's own setting chooses.
"""

from dataclasses import dataclass, field
from html import escape

WIDTH = 720
_FONT = "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

_COLORS = {  # role: (light, dark)
    "ground": ("#ffffff", "#0d1117"),
    "edge": ("#d0d7de", "#30363d"),
    "ink": ("#1f2328", "#e6edf3"),
    "dim": ("#57606a", "#9198a1"),
    "grid": ("#e6e9ed", "#262c34"),
    "main": ("#2f6fb3", "#79b8ff"),
    "pale": ("#c9dcf0", "#1f3c5c"),
    "good": ("#1a7f37", "#56d364"),
    "bad": ("#c4262e", "#ff8178"),
    "unsure": ("#8a5a00", "#e3b341"),
    "allowed": ("#e4f4e7", "#12261a"),
}


def _rules(place: int) -> str:
    return "".join(
        f".f-{name}{{fill:{values[place]}}}.s-{name}{{stroke:{values[place]};fill:none}}"
        for name, values in _COLORS.items()
    )


@dataclass
class Sheet:
    """What is drawn, from the top left; lengths in pixels of a picture that is `WIDTH` wide.

    Attributes:
        title: What it shows, in a few words, for those who hear it read out.
        description: What there is to be seen, in a sentence.
    """

    height: int
    title: str
    description: str
    parts: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, words: str, color: str = "ink", *, size: int = 15, at: str = "start") -> None:
        """Words whose base line is at y; ``at`` is start, middle or end."""
        weight = ' font-weight="600"' if size > 15 else ""
        self.parts.append(
            f'<text class="f-{color}" x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{at}"{weight}>'
            f"{escape(words)}</text>"
        )

    def line(
        self, start: tuple[float, float], end: tuple[float, float], color: str, *, width: float = 1, dash: str = ""
    ) -> None:
        """A straight line between two points."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        (x1, y1), (x2, y2) = start, end
        self.parts.append(
            f'<line class="s-{color}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke-width="{width}"{dashed}/>'
        )

    def box(self, x: float, y: float, width: float, height: float, color: str, *, round: float = 0) -> None:
        """A filled rectangle."""
        self.parts.append(
            f'<rect class="f-{color}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" '
            f'height="{max(height, 0):.1f}" rx="{round}"/>'
        )

    def dot(self, x: float, y: float, color: str, *, radius: float = 6) -> None:
        """A filled circle."""
        self.parts.append(f'<circle class="f-{color}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>')

    def path(self, points: list[tuple[float, float]], color: str, *, width: float = 2.5) -> None:
        """A line through points."""
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline class="s-{color}" points="{drawn}" stroke-width="{width}"/>')

    def arrow(self, x: float, y: float, direction: int, color: str) -> None:
        """The head of an arrow to the left (-1) or the right (1): what it stands on goes on beyond the picture."""
        back = x - 9 * direction
        self.parts.append(
            f'<polygon class="f-{color}" points="{x:.1f},{y:.1f} {back:.1f},{y - 6:.1f} {back:.1f},{y + 6:.1f}"/>'
        )

    def render(self) -> str:
        """The picture as SVG."""
        dark = f"@media (prefers-color-scheme:dark){{{_rules(1)}}}"
        return "\n".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" role="img" '
                f'aria-labelledby="title description" font-family="{_FONT}">',
                f'<title id="title">{escape(self.title)}</title>',
                f'<desc id="description">{escape(self.description)}</desc>',
                f"<style>{_rules(0)}{dark}</style>",
                f'<rect class="f-ground" width="{WIDTH}" height="{self.height}" rx="8"/>',
                f'<rect class="s-edge" x=".5" y=".5" width="{WIDTH - 1}" height="{self.height - 1}" rx="8"/>',
                *self.parts,
                "</svg>\n",
            )
        )


@dataclass(frozen=True)
class Scale:
    """From a value to a place on the sheet."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value; those beyond the ends are at the ends."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)
