"""What the process that parses a file is asked and what it answers: values that cross between
processes.
"""

from __future__ import annotations

import struct
from typing import Any, Final

import msgspec
from msgspec import Struct, field

#: The text of one document, in characters. The longest laws and judgments have a tenth of it.
MOST_CHARACTERS: Final = 2_000_000
#: No text within the limit makes a longer answer: four bytes a character, and as much
#: again for what stands beside it.
MOST_BYTES: Final = 8 * MOST_CHARACTERS + (1 << 20)
#: Before every answer: how many bytes it has.
LENGTH: Final = struct.Struct("<Q")
#: How a process ended, as waitpid says it.
STATUS: Final = struct.Struct("<i")
#: Stands for the status of a process that could not be started.
NOT_STARTED: Final = -1
#: Exit status of a process that had no memory left, not even for an answer.
OUT_OF_MEMORY: Final = 3


class Limits(Struct, frozen=True, kw_only=True):
    """What parsing one file may cost; `wall_s` is a last resort for a process that waits instead of
    working.
    """

    memory_bytes: int = 1536 * 1024 * 1024
    cpu_s: int = 120
    wall_s: float = 900.0


class Start(Struct, frozen=True):
    """A process to fork: what it shall parse, within which limits.

    Its ends of a socket and a pipe come with it.
    """

    kind: str
    limits: Limits


class Parsed(Struct, frozen=True, kw_only=True, tag="parsed"):
    """What a parser found: pages of a paged file, or a text as it stands; offsets are of the text.

    `headings` is None where the format has none of its own. `is_filtered` tells whether the
    process could do nothing but read and compute.
    """

    text: str = ""
    pages: list[str] | None = None
    values: dict[Any, Any] = field(default_factory=dict)
    headings: list[tuple[int, str]] | None = None
    links: list[tuple[int, int, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    is_filtered: bool = False


class Refused(Struct, frozen=True, tag="refused"):
    """Words for the person; `is_invalid` where metadata break a rule and the file itself is
    readable.
    """

    message: str
    is_invalid: bool = False


class Failed(Struct, frozen=True, tag="failed"):
    """A parser that failed: the type of the error and where in the code, never a word of the
    text.
    """

    error: str
    place: str


Answer = Parsed | Refused | Failed


def encode(answer: Answer) -> bytes:
    """Return an answer as bytes."""
    return msgspec.msgpack.encode(answer)


def decode(data: bytes) -> Answer:
    """Read an answer; raises msgspec.MsgspecError or UnicodeDecodeError for anything else."""
    answer: Answer = msgspec.msgpack.decode(data, type=Answer)
    return answer
