"""Writing a flow as Mermaid text: for pages that draw it, and for reading a change line by line."""

from flows.draw.boxes import SMALL
from flows.draw.graph import Box, Graph, graph_of
from flows.draw.interrupts import Interrupt, interrupts_of
from flows.draw.style import LOOKS
from flows.draw.text import opening, wrapped
from flows.model import Flow

_ROOM = 200.0
# Around the text of a node, by the kind of step.
_SHAPES = {"say": "({})", "ask": "[{}]", "route": "{{{{{}}}}}", "end": "([{}])"}


def write(flow: Flow) -> str:
    """``flow`` as the text of a Mermaid flowchart."""
    graph, interrupts = graph_of(flow), interrupts_of(flow)
    lines = [
        f"%% {flow.id} version {flow.version}",
        "flowchart TD",
        *(_node(box) for box in graph.boxes.values() if not box.screening),
        *_group(
            'screening ["Screening, before any advice"]',
            [_node(b) for b in graph.boxes.values() if b.screening],
        ),
        *_group('any_moment ["At any moment"]', _panel(interrupts)),
        *_arrows(graph),
        *(f"  at_once_{place} --> s_{row.end}" for place, row in enumerate(_ending(interrupts))),
    ]
    for level, look in LOOKS.items():
        lines.append(f"  classDef {level.id} fill:{look.fill},color:{look.on},stroke:{look.fill}")
        names = [f"s_{name}" for name, box in graph.boxes.items() if box.level == level]
        if names:
            lines.append(f"  class {','.join(names)} {level.id}")
    return "\n".join(lines) + "\n"


def _group(name: str, lines: list[str]) -> list[str]:
    """A frame around ``lines``; nothing without any."""
    return [f"  subgraph {name}", *("  " + line for line in lines), "  end"] if lines else []


def _node(box: Box) -> str:
    """One step. Its name gets a prefix, because words such as `end` mean something to Mermaid."""
    word = f"<b>{LOOKS[box.level].word}</b><br>" if box.level is not None else ""
    text = "".join(f"<br>{_safe(line)}" for line in opening(box.text, _ROOM, SMALL, 3))
    label = f'"{word}{box.id}{text}"'
    return f"  s_{box.id}{_SHAPES[box.kind].format(label)}"


def _ending(interrupts: tuple[Interrupt, ...]) -> list[Interrupt]:
    return [row for row in interrupts if row.end]


def _panel(interrupts: tuple[Interrupt, ...]) -> list[str]:
    """A node for each interrupt that ends the conversation, and one for all others."""
    nodes = [f'  at_once_{place}["{_row(row)}"]' for place, row in enumerate(_ending(interrupts))]
    others = "<br><br>".join(_row(row) for row in interrupts if not row.end)
    return [*nodes, f'  any_time["{others}"]']


def _row(row: Interrupt) -> str:
    lines = wrapped(row.text, _ROOM, SMALL)
    return "<br>".join([f"<b>{_safe(row.name)}</b>", *map(_safe, lines)])


def _arrows(graph: Graph) -> list[str]:
    lines = []
    for arrow in graph.arrows:
        shaft = "-.->" if arrow.aside else "-->"
        label = f'|"{_safe(arrow.label)}"|' if arrow.label else ""
        lines.append(f"  s_{arrow.source} {shaft}{label} s_{arrow.target}")
    return lines


def _safe(text: str) -> str:
    """``text`` without the characters that Mermaid or HTML would read as their own."""
    for character, code in (("#", "#35;"), ("&", "#amp;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(character, code)
    return text
