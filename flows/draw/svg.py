"""Writing a picture as SVG: one file, system fonts, readable on a light and a dark ground."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from flows.draw.boxes import CAPTION, LINE, PAD, POINT, SMALL, WIDE
from flows.draw.graph import Box, Graph, graph_of
from flows.draw.interrupts import Interrupt, interrupts_of
from flows.draw.layout import MARGIN, PANEL_PAD, layout_of
from flows.draw.picture import Area, Line, Picture, Point
from flows.draw.ports import LABEL_LINE
from flows.draw.style import LOOKS, css
from flows.draw.text import spoken, width
from flows.draw.went import Went, marks
from flows.levels import Level
from flows.model import Flow

_ROUND = 10.0


def draw(flow: Flow, went: Went | None = None) -> str:
    """The picture of ``flow`` as the text of an SVG file, with how many people ``went`` which way."""
    graph, interrupts = graph_of(flow), interrupts_of(flow)
    picture = layout_of(graph, interrupts)
    wide, high = round(picture.width), round(picture.height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        f'role="img" aria-label="The conversation {escape(spoken(flow.id))} as a picture">',
        f"<style>{escape(css())}</style>",
        f'<rect class="ground" width="{wide}" height="{high}"/>',
        *_heading(flow),
        *(_band(area) for area in picture.bands),
        *_panel(picture, graph, interrupts),
        *_arrows(picture, graph),
        *(_box(graph.boxes[name], picture, area) for name, area in picture.boxes.items()),
        *(marks(picture, went) if went else ()),
        *_key(picture),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _text(x: float, y: float, style: str, text: str, anchor: str = "start") -> str:
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:g}" y="{y:g}" class="{style}"{where}>{escape(text)}</text>'


def _rect(area: Area, style: str, radius: int) -> str:
    place = f'x="{area.x:g}" y="{area.y:g}" width="{area.w:g}" height="{area.h:g}"'
    return f'<rect class="{style}" {place} rx="{radius}"/>'


def _title(text: str) -> str:
    return f"<title>{escape(text)}</title>"


def _icon(level: Level, x: float, y: float, size: float, style: str) -> str:
    scale = size / 24
    place = f"translate({x:g} {y:g}) scale({scale:.4g})"
    return f'<g class="icon {style} {level.id}" transform="{place}">{LOOKS[level].icon}</g>'


def _heading(flow: Flow) -> Iterable[str]:
    yield _text(MARGIN, 48, "name ink", spoken(flow.id).capitalize())
    about = f"version {flow.version}, {len(flow.steps)} steps. Point at a box or an arrow to read its words."
    yield _text(MARGIN, 71, "small quiet", about)


def _band(area: Area) -> str:
    heading = _text(area.right - 16, area.y + 24, "head accent", "Screening", "end")
    return f"<g>{_title('Asked before any advice is given.')}{_rect(area, 'band', 20)}{heading}</g>"


def _box(box: Box, picture: Picture, area: Area) -> str:
    inside = _end(box, picture, area) if box.level is not None else _step(box, picture, area)
    return f'<g class="step" id="{escape(box.id)}">{_title(box.title)}{"".join(inside)}</g>'


def _step(box: Box, picture: Picture, area: Area) -> Iterable[str]:
    style = f"card {box.kind}" + (" screen" if box.screening else "")
    x, right = area.x + PAD, area.right - PAD
    if box.kind == "route":
        yield _route(area, style)
        yield _text(x + 8, area.middle + 4, "id ink", box.id)
        yield _text(right - 8, area.middle + 4, "small quiet", box.note, "end")
        return
    yield _rect(area, style, 14)
    sized = picture.sized[box.id]
    y = area.y + (area.h - sized.height) / 2 + CAPTION
    yield _text(x, y, "id quiet", box.id)
    # Beside a long name there is no room; the tooltip has the note too.
    if width(box.note, SMALL) + len(box.id) * 7 < WIDE - 3 * PAD:
        yield _text(right, y, "small quiet", box.note, "end")
    for line in sized.lines:
        y += LINE
        yield _text(x, y + 2, "ask ink", line)
    y += 6
    for sign in box.signs:
        y += LINE
        yield _icon(sign.level, x, y - 10, 14, "sign")
        yield _text(x + 21, y + 1, "small quiet", sign.text)


def _route(area: Area, style: str) -> str:
    """The outline of a route: a bar with pointed sides."""
    cut = min(POINT, area.h / 2)
    corners = [(area.x + cut, area.y), (area.right - cut, area.y), (area.right, area.middle)]
    corners += [(area.right - cut, area.bottom), (area.x + cut, area.bottom), (area.x, area.middle)]
    return f'<polygon class="{style}" points="{" ".join(f"{x:g},{y:g}" for x, y in corners)}"/>'


def _end(box: Box, picture: Picture, area: Area) -> Iterable[str]:
    level = box.level
    assert level is not None
    yield _rect(area, f"end {level.id}", 16)
    yield _icon(level, area.x + PAD, area.y + 14, 22, "mark")
    yield _text(area.x + PAD + 31, area.y + 23, f"head on {level.id}", LOOKS[level].word)
    yield _text(area.x + PAD + 31, area.y + 37, f"id on {level.id}", box.id)
    for place, line in enumerate(picture.sized[box.id].lines):
        yield _text(area.x + PAD, area.y + 57 + place * 16, f"small on {level.id}", line)


def _path(points: Iterable[Point]) -> str:
    """An SVG path through ``points`` with round corners."""
    corners = list(dict.fromkeys(points))
    parts = [f"M{corners[0][0]:g} {corners[0][1]:g}"]
    for before, at, after in zip(corners, corners[1:], corners[2:], strict=False):
        near, far = _towards(at, before), _towards(at, after)
        parts.append(f"L{near[0]:g} {near[1]:g}Q{at[0]:g} {at[1]:g} {far[0]:g} {far[1]:g}")
    return "".join(parts) + f"L{corners[-1][0]:g} {corners[-1][1]:g}"


def _towards(corner: Point, other: Point) -> Point:
    """The point on the way from ``corner`` to ``other`` where the rounding ends."""
    far = abs(other[0] - corner[0]) + abs(other[1] - corner[1])
    part = min(_ROUND, far / 2) / far
    return (corner[0] + (other[0] - corner[0]) * part, corner[1] + (other[1] - corner[1]) * part)


def _shaft(points: tuple[Point, ...]) -> str:
    """The path of an arrow without its head."""
    (x, y), (from_x, from_y) = points[-1], points[-2]
    return _path((*points[:-1], (x - 7 * _sign(x - from_x), y - 7 * _sign(y - from_y))))


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _stroke(points: tuple[Point, ...], style: str, aside: bool = False) -> str:
    """An arrow whose head touches the box."""
    (x, y), (from_x, from_y) = points[-1], points[-2]
    across, down = _sign(x - from_x), _sign(y - from_y)
    tip = (
        f"M{x:g} {y:g}L{x - across * 9 + down * 5:g} {y - down * 9 + across * 5:g}"
        f"L{x - across * 9 - down * 5:g} {y - down * 9 - across * 5:g}Z"
    )
    dashes = " aside" if aside else ""
    return f'<path class="line {style}{dashes}" d="{_shaft(points)}"/><path class="tip {style}" d="{tip}"/>'


def _arrows(picture: Picture, graph: Graph) -> Iterable[str]:
    """The arrows, by the step they lead to. Where they cross others a rim of ground keeps them apart."""
    for target in graph.boxes:
        lines = [line for line in picture.lines if line.arrow.target == target]
        for line in lines:
            inside = graph.boxes[line.arrow.source].screening and graph.boxes[target].screening
            yield f'<path class="under{" in" if inside else ""}" d="{_shaft(line.points)}"/>'
        for line in lines:
            yield _arrow(line, graph.boxes[line.arrow.source].screening)


def _arrow(line: Line, screening: bool) -> str:
    arrow = line.arrow
    level = arrow.level.id if arrow.level is not None else "step"
    parts = [_title(f"{arrow.source} → {arrow.target}: {', '.join(arrow.reasons)}")]
    parts.append(_stroke(line.points, level, arrow.aside))
    x, y = line.at
    for place, text in enumerate(line.label):
        style = f"label {level}{' in' if screening else ''}"
        parts.append(_text(x, y + place * LABEL_LINE, style, text, line.anchor))
    ends = f'data-from="{escape(arrow.source)}" data-to="{escape(arrow.target)}"'
    return f'<g class="arrow" {ends}>{"".join(parts)}</g>'


def _panel(picture: Picture, graph: Graph, interrupts: Iterable[Interrupt]) -> Iterable[str]:
    area = picture.panel
    yield _rect(area, "card", 20)
    yield _text(area.x + PANEL_PAD, area.y + 36, "head ink", "At any moment")
    above = 0.0
    for row in interrupts:
        place, size = picture.rows[row.name]
        y = place.middle - size.height / 2 + 13
        parts = [_title(row.title), _text(place.x, y, "strong ink", row.name)]
        parts += [
            _text(place.x, y + (at + 1) * 16, "small quiet", text) for at, text in enumerate(size.lines)
        ]
        if row.end:
            level = graph.boxes[row.end].level
            assert level is not None
            parts.append(_icon(level, place.x - 30, y - 14, 20, "sign"))
            parts.append(_stroke(picture.exits[row.name], level.id))
            if above:
                yield f'<path class="rule" d="M{place.x - 30:g} {place.y:g}H{place.right - PANEL_PAD:g}"/>'
            above = place.y
        yield f'<g class="interrupt">{"".join(parts)}</g>'


def _key(picture: Picture) -> Iterable[str]:
    """What the shapes mean, in one line at the bottom."""
    x, y = MARGIN, picture.height - 28
    yield _route(Area(x, y - 12, 36, 16), "card route")
    yield _text(x + 46, y, "small quiet", "decides by what is known")
    yield f'<path class="line aside" d="M{x + 226:g} {y - 4:g}h36"/>'
    yield _text(x + 272, y, "small quiet", "no clear answer")
    yield _icon(Level.EMERGENCY, x + 400, y - 11, 14, "sign")
    yield _text(x + 421, y, "small quiet", "what a sign means when it is there: the levels at the right")
