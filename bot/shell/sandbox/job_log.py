"""Writes job logs as GitLab's runner does: timestamps, sections, colours, what was done and how it ended."""

from __future__ import annotations

from datetime import UTC, datetime

ERASE, RESET = "\x1b[0K", "\x1b[0;m"
GREEN, RED, CYAN = "\x1b[32;1m", "\x1b[31;1m", "\x1b[36;1m"
RUNNER = "18.6.0 (a1b2c3d4)"
STDOUT, STDERR = "01O", "01E"
OWN = "00O"


class JobLog:
    """A log that grows line by line; time passes only when it is told to."""

    def __init__(self, started: float) -> None:
        self.now = started
        self._lines: list[str] = []
        self._section = ""

    def line(self, text: str, stream: str = OWN) -> None:
        """Add a line with its time."""
        self.now += 0.004
        moment = datetime.fromtimestamp(self.now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self._lines.append(f"{moment} {stream} {text}\n")

    def note(self, text: str) -> None:
        """Add a line of the runner's own."""
        self.line(f"{ERASE}{text}{RESET}")

    def begin(self, section: str, title: str) -> None:
        """Begin a section, after the end of the one before."""
        self.end()
        self._section = section
        mark = f"section_start:{int(self.now)}:{section}\r{ERASE}"
        self.line(f"{mark}{ERASE}{CYAN}{title}{RESET}{RESET}")

    def end(self) -> None:
        """End the section that is open."""
        if self._section:
            self.line(f"section_end:{int(self.now)}:{self._section}\r{ERASE}")
        self._section = ""

    def command(self, text: str) -> None:
        """Add a script line as it is echoed."""
        first, *rest = text.splitlines() or [""]
        shown = first + (" # collapsed multi-line command" if rest else "")
        self.line(f"{GREEN}$ {shown}{RESET}", STDOUT)

    def output(self, text: str, seconds: float) -> None:
        """Add what a command printed, over so many seconds."""
        lines = text.splitlines()
        for line in lines:
            self.now += seconds / len(lines)
            self.line(line, STDOUT)
        if not lines:
            self.now += seconds

    def finish(self, code: int) -> bytes:
        """End the log and return it."""
        self.begin("cleanup_file_variables", "Cleaning up project directory and file based variables")
        self.end()
        if code == 0:
            self.line(f"{GREEN}Job succeeded{RESET}")
        else:
            self.line(f"{RED}ERROR: Job failed: exit code {code}")
            self.line(RESET)
        return "".join(self._lines).encode()
