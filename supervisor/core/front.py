"""What a terminal is called: after what runs in front, as Gitpod. Pure."""

LONGEST = 80
"""Characters of a name."""


def title(given: str, process: str) -> str:
    """Return "<given>: <process>", or the one that there is."""
    return f"{given}: {process}" if given and process else given or process


def process_name(comm: str, command_line: bytes) -> str:
    """Return the name of a process as people know it.

    The kernel's own ends after 15 bytes; the program's file has the rest. A login shell calls
    itself `-bash`. Both are the process's own choice, and become one line.
    """
    name = comm
    program = command_line.split(b"\0")[0].decode(errors="replace").rpartition("/")[2]
    if len(comm.encode()) >= 15 and program.startswith(comm):
        name = program
    return one_line(name.lstrip("-"))


def one_line(text: str) -> str:
    """Return what can be shown of a text that anybody may have chosen."""
    return "".join(one for one in text if one.isprintable())[:LONGEST].strip()
