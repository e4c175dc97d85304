"""Where things stand in the picture: nothing overlaps, arrows touch their boxes and pass all others."""

from itertools import combinations, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.draw.graph import Arrow, Box, Graph, graph_of
from flows.draw.interrupts import Interrupt, interrupts_of
from flows.draw.layout import layout_of
from flows.draw.picture import Area, Line, Picture, Point
from flows.draw.place import spread
from flows.draw.ports import LABEL_LINE, Port, heights
from flows.draw.text import opening, width, wrapped
from flows.levels import Level
from flows.line import BACK_PAIN
from flows.loader import load_flow


def box(name: str, level: Level | None = None, kind: str = "ask") -> Box:
    return Box(name, kind, "yes or no", "Does it hurt when you bend down?", (), name, False, level)


def graph(steps: int, pairs: list[tuple[int, int]], exits: list[tuple[int, int]], labels: list[str]) -> Graph:
    """Steps 0, 1, 2… of which every third is a route, with arrows between them and to ends by level."""
    boxes = {f"s{n}": box(f"s{n}", kind="route" if n % 3 == 2 else "ask") for n in range(steps)}
    boxes |= {f"end{level}": box(f"end{level}", Level(level), "end") for level in range(6)}
    arrows: list[tuple[str, str, Level | None]] = [(f"s{a % steps}", f"s{b % steps}", None) for a, b in pairs]
    arrows += [(f"s{a % steps}", f"end{b}", Level(b)) for a, b in exits]
    drawn = [
        Arrow(a, b, ("otherwise" if place % 3 == 0 else "x",), labels[place % len(labels)], False, level)
        for place, (a, b, level) in enumerate(dict.fromkeys(arrows))
    ]
    return Graph(boxes, tuple(drawn), "s0")


# A line closer to another box than this looks as if it belonged to it.
NEAR = 3
PANEL = (Interrupt("An emergency sign", "one, two, three", "", "end5"), Interrupt("Commands", "help", ""))
graphs = st.builds(
    graph,
    st.integers(1, 9),
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=14),
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 5)), max_size=9),
    st.lists(
        st.sampled_from(["", "yes", "same, worse, unclear", "severe pain, urgent or worse"]), min_size=1
    ),
)


def crosses(area: Area, one: Point, two: Point) -> bool:
    """Whether a line from ``one`` to ``two`` runs through ``area``, or closely along it."""
    left, right = sorted((one[0], two[0]))
    top, bottom = sorted((one[1], two[1]))
    across = left < area.right + NEAR and area.x - NEAR < right
    return across and top < area.bottom + NEAR and area.y - NEAR < bottom


def touches(area: Area, point: Point, kind: str) -> bool:
    """Whether ``point`` is on the edge of a box, which for a route is pointed at both sides."""
    x, y = point
    inset = 14 * abs(y - area.middle) / (area.h / 2) if kind == "route" else 0
    within = area.x <= x <= area.right and area.y <= y <= area.bottom
    on_side = min(abs(x - area.x - inset), abs(area.right - inset - x)) < 0.5
    return within and (on_side or min(y - area.y, area.bottom - y) < 0.5)


def faults(drawn: Graph, picture: Picture) -> list[str]:
    """Everything that is wrong with the places in ``picture``."""
    found = []
    for one, two in combinations(picture.boxes, 2):
        a, b = picture.boxes[one], picture.boxes[two]
        if a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom:
            found.append(f"{one} overlaps {two}")
    for line in picture.lines:
        name = f"{line.arrow.source} → {line.arrow.target}"
        source, target = line.arrow.source, line.arrow.target
        if not touches(picture.boxes[source], line.points[0], drawn.boxes[source].kind):
            found.append(f"{name} does not begin at its box")
        if not touches(picture.boxes[target], line.points[-1], drawn.boxes[target].kind):
            found.append(f"{name} does not end at its box")
        for other, area in picture.boxes.items():
            if other not in (source, target):
                found += [
                    f"{name} runs through {other}" for a, b in pairwise(line.points) if crosses(area, a, b)
                ]
        found += [f"{name} is slanted" for a, b in pairwise(line.points) if a[0] != b[0] and a[1] != b[1]]
        found += [f"the label of {name} is on {other}" for other in covered(line, picture)]
        found += [
            f"{name} leaves the picture"
            for x, y in line.points
            if not (0 < x < picture.width and 0 < y < picture.height)
        ]
        if len(line.label) > 3:
            found.append(f"the label of {name} is broken too often")
    assert {(line.arrow.source, line.arrow.target) for line in picture.lines} == {
        (arrow.source, arrow.target) for arrow in drawn.arrows
    }
    return found


def covered(line: Line, picture: Picture) -> list[str]:
    """The boxes that the label of ``line`` stands on."""
    wide = max((width(text, 12) for text in line.label), default=0)
    x = line.at[0] - (wide if line.anchor == "end" else 0)
    label = Area(x, line.at[1] - 10, wide, 15 * len(line.label) - 4)
    return [
        name
        for name, area in picture.boxes.items()
        if label.w
        and label.x < area.right
        and area.x < label.right
        and label.y < area.bottom
        and area.y < label.bottom
    ]


def test_the_shipped_flow_is_laid_out_without_a_fault() -> None:
    flow = load_flow(BACK_PAIN)
    drawn = graph_of(flow)
    picture = layout_of(drawn, interrupts_of(flow))
    assert faults(drawn, picture) == []
    assert picture.width <= 1160


@settings(max_examples=150, deadline=None)
@given(graphs)
@example(graph(5, [(0, 1), (0, 4), (1, 4), (2, 3)], [], ["severe pain, urgent or worse"]))
def test_any_flow_is_laid_out_without_a_fault(drawn: Graph) -> None:
    assert faults(drawn, layout_of(drawn, PANEL)) == []


def test_the_usual_way_runs_straight_down() -> None:
    flow = load_flow(BACK_PAIN)
    boxes = layout_of(graph_of(flow), interrupts_of(flow)).boxes
    usual = ("opening", "describe", "screen_body", "about_legs", "screen_cause", "how_urgent", "pain_score")
    assert len({boxes[name].x for name in usual}) == 1
    assert [boxes[name].y for name in usual] == sorted(boxes[name].y for name in usual)


@pytest.mark.parametrize(
    ("wanted", "apart", "places"),
    [
        ([20, 70], [10], [20, 70]),
        ([20, 20], [10], [10, 20]),
        ([30, 35, 90], [20, 20], [15, 35, 90]),
        ([2, 35], [20], [10, 35]),
        ([], [], []),
    ],
)
def test_things_stand_as_near_as_they_can(
    wanted: list[float], apart: list[float], places: list[float]
) -> None:
    assert spread(wanted, apart, 10) == places


def test_a_tall_label_does_not_rise_above_its_box() -> None:
    short, tall = Port(("a", "b"), ("yes",)), Port(("a", "b"), ("severe", "pain,", "urgent", "or worse"))
    box = Area(0, 100, 256, 76)
    assert heights([short], box) == {("a", "b"): box.middle}
    assert heights([tall], box)["a", "b"] - len(tall.lines) * LABEL_LINE >= box.y


def test_text_is_broken_and_shortened_between_words() -> None:
    assert wrapped("one two three four", 60, 12) == ("one two", "three four")
    assert wrapped("one two three four", 60, 12, most=1) == ("one …",)
    assert opening("Stop now. Call somebody and then sit down over there.", 120, 12, 2) == (
        "Stop now. Call", "somebody and …",
    )  # fmt: skip
    assert opening("Do you feel ill? Yes or no, as you like it.", 120, 12, 1) == ("Do you feel ill?",)
