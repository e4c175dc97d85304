"""Small charts for the console, as SVG without styles of its own: the page's style sheet colours them."""

from collections.abc import Mapping, Sequence
from html import escape

from flows.draw.style import LOOKS
from flows.levels import Level

_HOUR_WIDE, _HOUR_GAP, _HIGH, _FOOT = 16, 4, 72, 20
_ROW, _NAME, _BAR, _WIDE = 28, 150, 190, 400


def hours(counts: Sequence[int], now: int) -> str:
    """A bar for each hour of the day, ``counts`` from hour 0 on; that of the hour ``now`` stands out."""
    most = max([*counts, 1])
    wide = len(counts) * (_HOUR_WIDE + _HOUR_GAP)
    parts = [_open(wide, _HIGH + _FOOT, f"Conversations by the hour: {_in_words(counts)}")]
    for hour, count in enumerate(counts):
        x, high = hour * (_HOUR_WIDE + _HOUR_GAP), round(count / most * (_HIGH - 14))
        style = "bar now" if hour == now else "bar"
        # An hour without anybody still has a foot to stand on.
        parts.append(
            f'<rect class="{style}" x="{x}" y="{_HIGH - max(high, 2)}" width="{_HOUR_WIDE}" '
            f'height="{max(high, 2)}" rx="3"/>'
        )
        middle = x + _HOUR_WIDE / 2
        if count:
            parts.append(f'<text class="value" x="{middle}" y="{_HIGH - high - 4}">{count}</text>')
        if hour % 6 == 0 or hour == now:
            parts.append(f'<text class="axis" x="{middle}" y="{_HIGH + 15}">{hour}</text>')
    return "".join([*parts, "</svg>"])


def levels(counts: Mapping[Level, int]) -> str:
    """A bar for each level, the worst first, with its icon and its word."""
    ordered = sorted(Level, reverse=True)
    most = max([*counts.values(), 1])
    told = ", ".join(f"{LOOKS[level].word} {counts.get(level, 0)}" for level in ordered)
    parts = [_open(_WIDE, _ROW * len(ordered), f"Conversations by what came of them: {told}")]
    for place, level in enumerate(ordered):
        count, y = counts.get(level, 0), place * _ROW
        wide = round(count / most * _BAR)
        icon = f'<g class="icon" transform="translate(0 {y + 5}) scale(0.75)">{LOOKS[level].icon}</g>'
        name = f'<text class="name" x="28" y="{y + 19}">{escape(LOOKS[level].word)}</text>'
        bar = f'<rect class="bar" x="{_NAME}" y="{y + 6}" width="{max(wide, 2)}" height="16" rx="4"/>'
        value = f'<text class="count" x="{_NAME + max(wide, 2) + 8}" y="{y + 19}">{count}</text>'
        parts.append(f'<g data-level="{level.id}">{icon}{name}{bar}{value}</g>')
    return "".join([*parts, "</svg>"])


def _open(wide: int, high: int, label: str) -> str:
    return f'<svg class="chart" viewBox="0 0 {wide} {high}" role="img" aria-label="{escape(label)}">'


def _in_words(counts: Sequence[int]) -> str:
    told = [f"{count} at {hour}:00" for hour, count in enumerate(counts) if count]
    return ", ".join(told) or "none yet"
