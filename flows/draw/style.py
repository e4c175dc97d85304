"""Colours, level words and icons of the picture: the same as on the kiosk (a test compares them)."""

from dataclasses import dataclass

from flows.levels import Level


@dataclass(frozen=True)
class Look:
    """How a level looks: its word, its line colour on a light and a dark ground, its fill and the text on
    it, and its icon: SVG elements in a 24 by 24 box, drawn in the current colour.
    """

    word: str
    light: str
    dark: str
    fill: str
    on: str
    icon: str


LOOKS = {
    Level.EMERGENCY: Look(
        "Emergency", "#9c0f24", "#ff9486", "#7d0a1c", "#ffffff",
        '<path d="M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8z"/><path d="M12 7v6M12 16.8v.1"/>',
    ),
    Level.URGENT: Look(
        "Be seen today", "#7f3b00", "#ffab40", "#ffab40", "#2b1600",
        '<path d="M12 3 22 20.5H2z"/><path d="M12 9.5v5M12 17.4v.1"/>',
    ),
    Level.SEE_PROVIDER: Look(
        "Book a visit", "#5c4a00", "#ffe169", "#ffe169", "#2a2300",
        '<rect x="3" y="4.5" width="18" height="16.5" rx="2.5"/>'
        '<path d="M8 2.5v4M16 2.5v4M3 10h18M12 12.8v5M9.5 15.300h5"/>',
    ),
    Level.STOP_TODAY: Look(
        "Done for today", "#65309c", "#dcb3ff", "#4a2673", "#ffffff",
        '<circle cx="12" cy="12" r="9.5"/><path d="M8.5 8.5h7v7h-7z" fill="currentColor"/>',
    ),
    Level.MODIFY: Look(
        "Carry on, lighter", "#0a4f8f", "#86c5ff", "#0c3f73", "#ffffff",
        '<path d="M12 3.5v14M5.5 11.5 12 18l6.5-6.5M4.5 21.5h15"/>',
    ),
    Level.INFO: Look(
        "Good to know", "#414a53", "#c3cad1", "#323a42", "#ffffff",
        '<circle cx="12" cy="12" r="9.5"/><path d="M12 11v6M12 7.2v.1"/>',
    ),
}  # fmt: skip

_COMMON = """
text {
  font-family: -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", system-ui, sans-serif;
}
.id { font: 11px ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; }
.name { font-size: 28px; font-weight: 700; }
.head { font-size: 15px; font-weight: 700; }
.ask { font-size: 14px; }
.small { font-size: 12px; }
.strong { font-size: 13px; font-weight: 600; }
.label { font-size: 12px; paint-order: stroke; stroke-width: 4px; stroke-linejoin: round; }
.line { fill: none; stroke-width: 1.75; }
.under { fill: none; stroke-width: 4.5; }
.aside { stroke-dasharray: 5 4; }
.icon { fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.step:hover > .card, .step:hover > .end { stroke-width: 3; }
"""


@dataclass(frozen=True)
class _Theme:
    """The colours that are no level's: of the ground, of boxes and their edges, of text and the screening."""

    ground: str
    card: str
    edge: str
    ink: str
    quiet: str
    screen: str
    accent: str


_LIGHT = _Theme("#fbfaf7", "#ffffff", "#b9c1c8", "#15191d", "#465059", "#e3f3ee", "#085040")
_DARK = _Theme("#0d1013", "#1a2026", "#56626e", "#f3f1ec", "#b7bfc7", "#10251f", "#7fe3c4")


def css() -> str:
    """The style sheet: a light ground, and a dark one where the viewer prefers it."""
    light = _rules(_LIGHT) + "".join(_level(level.id, look, look.light) for level, look in LOOKS.items())
    dark = _rules(_DARK) + "".join(_level(level.id, look, look.dark) for level, look in LOOKS.items())
    return f"{_COMMON}{light}@media (prefers-color-scheme: dark) {{{dark}}}\n"


def _rules(theme: _Theme) -> str:
    return f"""
.ground {{ fill: {theme.ground}; }}
.ink {{ fill: {theme.ink}; }}
.quiet {{ fill: {theme.quiet}; }}
.accent {{ fill: {theme.accent}; }}
.card {{ fill: {theme.card}; stroke: {theme.edge}; stroke-width: 1.25; }}
.route {{ fill: {theme.ground}; }}
.say {{ stroke-dasharray: 2 3; }}
.screen {{ stroke: {theme.accent}; stroke-width: 2; }}
.rule {{ stroke: {theme.edge}; stroke-width: 1; }}
.line {{ stroke: {theme.quiet}; }}
.tip {{ fill: {theme.quiet}; }}
.label {{ fill: {theme.ink}; stroke: {theme.ground}; }}
.under {{ stroke: {theme.ground}; }}
.went rect {{ fill: {theme.ground}; stroke: {theme.accent}; stroke-width: 1.5; }}
.went.came rect {{ fill: {theme.accent}; }}
.went text {{ fill: {theme.accent}; font-size: 12px; font-weight: 700; }}
.went.came text {{ fill: {theme.ground}; }}
.band {{ fill: {theme.screen}; }}
.in {{ stroke: {theme.screen}; }}
"""


def _level(name: str, look: Look, line: str) -> str:
    # A fill can be near the ground in one theme: the line colour around it keeps it apart.
    return f"""\
.line.{name} {{ stroke: {line}; }}
.tip.{name}, .label.{name} {{ fill: {line}; }}
.sign.{name} {{ color: {line}; }}
.end.{name} {{ fill: {look.fill}; stroke: {line}; }}
.on.{name} {{ fill: {look.on}; }}
.mark.{name} {{ color: {look.on}; }}
"""
