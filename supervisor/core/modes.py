"""What a terminal's program has switched on: the other screen, the mouse, how keys are sent. Pure.

Who begins to look in the middle has not seen these switches. They are followed, with where each
change was, so that a viewer who begins at any offset can be told what was on there.

Source: DEC private modes of xterm's ctlseqs. Those that a program changes with each repaint, as
the cursor's being shown, come soon again and are not followed.
"""

import re
from bisect import bisect_right

SCREENS = frozenset({47, 1047, 1049})
"""The other screen, for programs that paint all of it."""
FOLLOWED = SCREENS | {1, 9, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 2004}
MOST = 1024
"""Changes that are remembered; bash makes two for each command."""
_SWITCH = re.compile(rb"\x1b(?:\[\?([0-9;]{1,64})([hl])|([=>c]))")
_TORN = re.compile(rb"\x1b(?:\[(?:\?[0-9;]{0,64})?)?$")
_KEYPAD = 66
"""ESC = and ESC > switch it as well."""
_LONGEST = 68

Modes = frozenset[int]


class Switches:
    """Follows one terminal's output."""

    def __init__(self) -> None:
        self._now: Modes = frozenset()
        self._end = 0
        self._torn = b""
        self._offsets = [0]
        self._states: list[Modes] = [frozenset()]

    @property
    def painted(self) -> bool:
        """Whether a program paints the whole screen now."""
        return bool(self._now & SCREENS)

    def feed(self, data: bytes) -> None:
        """Take in output."""
        begin = self._end - len(self._torn)
        self._end += len(data)
        if not self._torn and b"\x1b" not in data:
            return
        data = self._torn + data
        for found in _SWITCH.finditer(data):
            self._switch(begin + found.end(), found)
        torn = _TORN.search(data, max(0, len(data) - _LONGEST))
        self._torn = torn.group() if torn is not None else b""

    def at(self, offset: int) -> str:
        """Return what a viewer who begins at an offset has to be sent first; often nothing."""
        place = max(0, bisect_right(self._offsets, offset) - 1)
        return "".join(f"\x1b[?{mode}h" for mode in sorted(self._states[place]))

    def _switch(self, offset: int, found: "re.Match[bytes]") -> None:
        numbers, how, single = found.groups()
        if single == b"c":
            changed: Modes = frozenset()
        elif single is not None:
            changed = self._now | {_KEYPAD} if single == b"=" else self._now - {_KEYPAD}
        else:
            modes = {int(one) for one in numbers.split(b";") if one} & FOLLOWED
            changed = self._now | modes if how == b"h" else self._now - modes
        if changed != self._now:
            self._now = changed
            self._offsets.append(offset)
            self._states.append(changed)
            del self._offsets[:-MOST], self._states[:-MOST]
