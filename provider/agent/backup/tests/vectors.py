"""What the tests of both languages read: test/vectors at the root of the sources."""

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[4] / "test" / "vectors"


def read_vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def read_text(path: str) -> str:
    return (VECTORS / path).read_text(encoding="utf-8")
