"""The pictures of docs/verdict.md, each drawn of what was measured."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from measured import Counts, Run, false_alarms, of_run, telephone_prompts, weighed
from svg import WIDTH, Scale, Sheet

from asr_regress.gate.judging import judge
from asr_regress.gate.policy import Policy
from asr_regress.gate.verdict import Limit
from asr_regress.scoring.counts import ErrorCounts

MARKS = {"pass": ("good", "✓ pass"), "inconclusive": ("unsure", "~ inconclusive"), "regressed": ("bad", "! regressed")}
"""Color and words of a verdict; the marks are those of the terminal's tables."""

_LEFT, _RIGHT = 132, 540  # Where axes begin and end; names stand before, verdicts after.


def three_answers(run: Run) -> str:
    """Intervals of the demo's categories against what is allowed."""
    cases = {**run.model["categories"], "TOTAL": run.model["total"]}
    scale = Scale(-10, 30, _LEFT, _RIGHT)
    sheet = Sheet(
        102 + 40 * len(cases),
        "Three answers: pass, regressed, inconclusive",
        "One line a category: the difference in CER to the baseline as a dot, its 95 percent interval as a bar, and "
        "the zone of what is allowed. "
        + "; ".join(
            f"{name}: {_signed(each['cer']['delta'])}, {each['cer']['verdict']}" for name, each in cases.items()
        ),
    )
    _title(sheet, "noisy against its baseline: difference in CER, in points")
    bottom = 64 + 40 * len(cases)
    _axis(sheet, scale, 58, bottom, range(-10, 31, 10))
    for row, (name, case) in enumerate(cases.items()):
        metric = case["cer"]
        y = 84 + 40 * row
        allowed = metric["limit"]["max_regression"]
        sheet.box(_LEFT, y - 16, scale(allowed) - _LEFT, 32, "allowed")
        sheet.line((scale(allowed), y - 16), (scale(allowed), y + 16), "good", width=2)
        color, verdict = MARKS[metric["verdict"]]
        sheet.text(_LEFT - 10, y + 5, name, at="end")
        _bar(sheet, scale, metric["delta_ci95"], metric["delta"], y, color)
        sheet.text(_RIGHT + 12, y + 5, verdict, color)
    sheet.text(_LEFT, bottom + 26, "◂ better", "dim", size=13)
    sheet.text(_RIGHT, bottom + 26, "worse ▸", "dim", size=13, at="end")
    sheet.text(WIDTH / 2 - 10, bottom + 26, "green zone: allowed", "good", size=13, at="middle")
    return sheet.render()


def drawing_again(run: Run) -> str:
    """Ten thousand test sets drawn of one: how the demo's difference varies."""
    counts = of_run(run)
    evidence, differences = weighed(counts, by_speaker=True, allowed=0.5)
    scale, bins = Scale(-2, 16, 40, WIDTH - 40), 72
    interval = _ends(evidence.difference)
    sheet = Sheet(
        330,
        "One test set, drawn again ten thousand times",
        f"A histogram of the difference in CER: seen {_signed(counts.delta)} points, 95 percent interval from "
        f"{_signed(interval[0])} to {_signed(interval[1])}.",
    )
    _title(sheet, "10,000 test sets drawn of this one: how much worse noisy is in each")
    step = (scale.high - scale.low) / bins
    heights = [0] * bins
    for difference in differences:
        heights[min(max(int((difference - scale.low) / step), 0), bins - 1)] += 1
    most, bottom = max(heights), 236
    for place, height in enumerate(heights):
        low = scale.low + place * step
        tall = 160 * height / most
        inside = interval[0] <= low + step / 2 <= interval[1]
        sheet.box(
            scale(low) + 0.5, bottom - tall, scale(low + step) - scale(low) - 1, tall, "main" if inside else "pale"
        )
    _axis(sheet, scale, bottom, bottom + 6, range(-2, 17, 2), grid=False)
    sheet.line((scale(0), 66), (scale(0), bottom + 6), "dim", width=2)
    sheet.text(scale(0) - 6, 78, "as good", "dim", size=13, at="end")
    sheet.line((scale(0.5), 66), (scale(0.5), bottom + 6), "good", width=2, dash="4 3")
    sheet.text(scale(0.5) + 7, 78, "allowed: 0.5", "good", size=13)
    _bar(sheet, scale, interval, counts.delta, 284, "bad")
    words = f"seen: {_signed(counts.delta)} points; 95 % interval {_signed(interval[0])} to {_signed(interval[1])}"
    sheet.text((scale(interval[0]) + scale(interval[1])) / 2, 313, words, at="middle")
    return sheet.render()


def more_data() -> str:
    """The same comparison on more and more utterances."""
    counts, allowed = telephone_prompts(), 0.5
    scale = Scale(-3, 3, _LEFT, _RIGHT)
    found = [(len(part.lengths), *_judged(part, allowed)) for part in map(counts.every, (8, 4, 2, 1))]
    sheet = Sheet(
        102 + 40 * len(found),
        "What more data does",
        "The difference of two models on more and more of the same utterances, each with its 95 percent interval: "
        + "; ".join(f"{size}: {_signed(ends[0])} to {_signed(ends[1])}, {verdict}" for size, _, ends, verdict in found),
    )
    _title(sheet, "two models on more and more utterances: difference in CER")
    bottom = 64 + 40 * len(found)
    _axis(sheet, scale, 58, bottom, range(-3, 4))
    sheet.box(_LEFT, 66, scale(allowed) - _LEFT, bottom - 66, "allowed")
    sheet.line((scale(allowed), 66), (scale(allowed), bottom), "good", width=2)
    for row, (size, delta, ends, verdict) in enumerate(found):
        y = 84 + 40 * row
        color, words = MARKS[verdict]
        sheet.text(_LEFT - 10, y + 5, f"{size} utterances", at="end")
        _bar(sheet, scale, ends, delta, y, color)
        sheet.text(_RIGHT + 12, y + 5, words, color)
    sheet.text((_LEFT + _RIGHT) / 2, bottom + 26, "green zone: allowed (0.5 points)", "good", size=13, at="middle")
    return sheet.render()


def many_categories(run: Run) -> str:
    """P-values before and after Holm's correction."""
    cases = [
        (name, each["cer"]) for name, each in run.model["categories"].items() if each["cer"]["p_no_worse"] is not None
    ]
    cases.sort(key=lambda each: each[1]["p_no_worse"])
    scale = Scale(-4, 0, _LEFT, _RIGHT)
    sheet = Sheet(
        118 + 40 * len(cases),
        "Why many categories make the gate stricter with each",
        "The p-value of every category as it is and after Holm's correction: "
        + "; ".join(f"{name}: {each['p_no_worse']:.2g} becomes {each['p_adjusted']:.2g}" for name, each in cases),
    )
    _title(sheet, "chance of looking this bad by luck: ○ alone, ● among five")
    bottom = 64 + 40 * len(cases)
    for power, label in ((-4, "0.01 %"), (-3, "0.1 %"), (-2, "1 %"), (-1, "10 %"), (0, "100 %")):
        sheet.line((scale(power), 58), (scale(power), bottom), "grid")
        sheet.text(scale(power), bottom + 20, label, "dim", size=13, at="middle")
    limit = scale(math.log10(0.05))
    sheet.box(_LEFT, 58, limit - _LEFT, bottom - 58, "allowed")
    sheet.line((limit, 58), (limit, bottom), "bad", width=2, dash="5 4")
    for row, (name, metric) in enumerate(cases):
        y = 84 + 40 * row
        alone, among = (scale(math.log10(metric[key])) for key in ("p_no_worse", "p_adjusted"))
        sheet.text(_LEFT - 10, y + 5, name, at="end")
        sheet.line((alone, y), (among, y), "dim", width=2)
        sheet.dot(alone, y, "dim", radius=6)
        sheet.dot(alone, y, "ground", radius=4)
        sure = metric["p_adjusted"] < 0.05
        sheet.dot(among, y, "bad" if sure else "unsure", radius=7)
        percent = f"{100 * metric['p_adjusted']:.3g} %"
        words = f"{percent}: {'counts' if sure else 'may be luck'}"
        sheet.text(_RIGHT + 14, y + 5, words, "bad" if sure else "unsure")
    sheet.text(limit, bottom + 42, "5 %: left of this line it counts", "bad", size=13, at="middle")
    return sheet.render()


def speakers(run: Run) -> str:
    """The difference speaker by speaker, and the intervals of utterances and of speakers."""
    counts = of_run(run)
    excess: dict[str, list[int]] = {}
    for name, before, after in zip(counts.speakers, counts.before, counts.after, strict=True):
        excess.setdefault(name, []).append(after - before)
    ordered = sorted(excess.items(), key=lambda each: -sum(each[1]))
    row_height, start = 24, 62
    intervals = {
        "drawn by utterance": _ends(weighed(counts, by_speaker=False, allowed=0.5)[0].difference),
        "drawn by speaker": _ends(weighed(counts, by_speaker=True, allowed=0.5)[0].difference),
    }
    bottom = start + row_height * len(ordered)
    sheet = Sheet(
        bottom + 166,
        "Why whole speakers are drawn",
        "Added errors by speaker: "
        + "; ".join(f"{len(each)} utterances, {sum(each):+d}" for _, each in ordered)
        + ". Intervals of the difference: "
        + "; ".join(f"{name} {_signed(low)} to {_signed(high)}" for name, (low, high) in intervals.items()),
    )
    _title(sheet, "who the added errors are of: 57 utterances, but 11 speakers")
    most = max(abs(sum(each)) for _, each in ordered)
    scale = Scale(-most * 0.12, most, 230, WIDTH - 60)
    sheet.line((scale(0), start - 8), (scale(0), bottom), "dim")
    for row, (_, each) in enumerate(ordered):
        y = start + row_height * row
        added = sum(each)
        sheet.text(
            220, y + 13, f"speaker {row + 1}: {len(each)} utterance{'s' * (len(each) > 1)}", "dim", size=13, at="end"
        )
        low, high = sorted((scale(0), scale(added)))
        sheet.box(low, y + 2, high - low, row_height - 7, "bad" if added > 0 else "good")
        sheet.text(max(high, scale(0)) + 6, y + 13, f"{added:+d}" if added else "0", size=13)
    y = bottom + 34
    _title(sheet, "so what is known of the difference in CER, in points", y=y)
    ends = Scale(-2, 18, 230, WIDTH - 60)
    _axis(sheet, ends, y + 34, y + 112, range(-2, 19, 4))
    y += 20
    for name, (low, high) in intervals.items():
        y += 36
        sheet.text(220, y + 5, name, at="end")
        _bar(sheet, ends, (low, high), counts.delta, y, "main")
        sheet.text(ends(high) + 10, y + 5, f"{_signed(low)} to {_signed(high)}", size=13)
    return sheet.render()


def crying_wolf() -> str:
    """False alarms of equals: the gate beside simpler ways."""
    table = false_alarms()[0.003]
    methods = {
        "higher rate": "any higher rate counts",
        "1 point higher": "one point higher counts",
        "by utterance": "interval of utterances",
        "gate": "the gate",
    }
    counts = sorted(table)
    places = {count: 70 + 130 * place for place, count in enumerate(counts)}
    sheet = Sheet(
        360,
        "How often the gate cries wolf",
        "Percent of comparisons of equally good models with a false alarm in any of 8 categories, at 10, 20, 40 and "
        "100 speakers: "
        + "; ".join(
            f"{words}: {', '.join(f'{table[n][name]:.1f}' for n in counts)}" for name, words in methods.items()
        ),
    )
    _title(sheet, "two equally good models, 8 categories: runs with a false alarm, in percent")
    scale = Scale(0, 100, 300, 60)
    for share in (0, 25, 50, 75, 100):
        sheet.line((60, scale(share)), (500, scale(share)), "grid")
        sheet.text(52, scale(share) + 5, str(share), "dim", size=13, at="end")
    for count, x in places.items():
        sheet.text(x, 322, str(count), "dim", size=13, at="middle")
    sheet.text(265, 344, "speakers in the test set", "dim", size=13, at="middle")
    colors = {"higher rate": "bad", "1 point higher": "unsure", "by utterance": "main", "gate": "good"}
    drops = {"1 point higher": 18, "by utterance": -3, "gate": 3}
    for name, words in methods.items():
        points = [(places[count], scale(table[count][name])) for count in counts]
        sheet.path(points, colors[name], width=3)
        for x, y in points:
            sheet.dot(x, y, colors[name], radius=5)
        last = points[-1][1] + 5 + drops.get(name, 0)
        sheet.text(478, last, f"{words}", colors[name])
    return sheet.render()


def _judged(counts: Counts, allowed: float) -> tuple[float, tuple[float, float], str]:
    """Difference, interval and verdict of the gate's own code."""
    evidence, _ = weighed(counts, by_speaker=False, allowed=allowed)
    evidence = replace(evidence, p_adjusted=evidence.p_no_worse)
    total = sum(counts.lengths)
    after, before = (
        ErrorCounts(insertions=sum(each), reference_length=total) for each in (counts.after, counts.before)
    )
    verdict = judge(after, Limit(max_regression=allowed), before, evidence=evidence, policy=Policy()).verdict
    return counts.delta, _ends(evidence.difference), verdict.value


def _ends(interval: Any) -> tuple[float, float]:
    return interval.low, interval.high


def _title(sheet: Sheet, words: str, *, y: float = 34) -> None:
    sheet.text(24, y, words, size=16)


def _axis(sheet: Sheet, scale: Scale, top: float, bottom: float, marks: range, *, grid: bool = True) -> None:
    for mark in marks:
        if grid:
            zero = mark == 0
            sheet.line((scale(mark), top), (scale(mark), bottom), "dim" if zero else "grid", width=1.5 if zero else 1)
        sheet.text(
            scale(mark),
            (top if grid else bottom + 14) - 4 + 4 * (not grid),
            f"{mark:+d}" if mark else "0",
            "dim",
            size=13,
            at="middle",
        )


def _bar(
    sheet: Sheet, scale: Scale, interval: tuple[float, float] | list[float] | None, middle: float, y: float, color: str
) -> None:
    """An interval with what was seen as a dot; arrows where it goes on beyond the scale."""
    if interval is not None:
        low, high = interval
        sheet.line((scale(low), y), (scale(high), y), color, width=4)
        for end, beyond, direction in ((low, low < scale.low, -1), (high, high > scale.high, 1)):
            if beyond:
                sheet.arrow(scale(end) + 4 * direction, y, direction, color)
            else:
                sheet.line((scale(end), y - 7), (scale(end), y + 7), color, width=3)
    sheet.dot(scale(middle), y, color)


def _signed(value: float) -> str:
    return "0" if value == 0 else f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")
