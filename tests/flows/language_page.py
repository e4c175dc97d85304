"""The examples of docs/flow-language.md: put together, they are the files of one conversation."""

import re
from pathlib import Path

PAGE = Path(__file__).parent.parent.parent / "docs" / "flow-language.md"
_EXAMPLE = re.compile(r"^```yaml\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Each example of the page in order: the file it belongs to, and its text."""
    return _EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))


def write_flow(folder: Path) -> Path:
    """The files of the page, put together in ``folder``."""
    for name, text in examples():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    return folder
