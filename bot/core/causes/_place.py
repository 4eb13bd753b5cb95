"""Where a job ran: its image as the table of images knows it, or what the log's own words give away."""

from __future__ import annotations

from bot.core.cause import TraceContext
from bot.core.diagnosis import ImageFacts
from bot.core.expression import expression
from bot.core.system.images import describe_image

# Words that only one family of distributions says, most telling first.
_TRACES = (
    (
        # musl's loader and busybox's shell have words of their own, Alpine's Python flags of its own.
        expression(
            r"\bapk add\b|APKINDEX|-linux-musl|musllinux_|(?:FROM|image) \S*alpine|Error loading shared library"
            r"|-DTHREAD_STACK_SIZE=|-Os -fomit-frame-pointer|(?m:^\s*/bin/sh: [\w.-]+: not found$)"
        ),
        "alpine",
    ),
    (
        # The flags with which rpmbuild compiles Python, handed on to every extension.
        expression(
            r"/usr/lib/rpm/redhat/|\b(?:dnf|yum|microdnf) (?:-y )?install\b|-Wp,-D_FORTIFY_SOURCE"
            r"|/usr/lib64/python"
        ),
        "fedora",
    ),
    (
        expression(r"\bapt(?:-get)? (?:-\S+ )*(?:install|update)\b|x86_64-linux-gnu|/debian\b|archive\.ubuntu"),
        "debian",
    ),
)
_LOOKED_AT = 3_000


def place_of(context: TraceContext) -> ImageFacts:
    """The facts of the job's image; without a known one the distribution that the log speaks of."""
    if context.image:
        facts = describe_image(context.image)
        if facts.distribution:
            return facts
    reference = context.image or ""
    text = "\n".join(context.log.plain[:_LOOKED_AT])
    for words, distribution in _TRACES:
        if words.matches(text):
            return ImageFacts(reference=reference, distribution=distribution)
    return ImageFacts(reference=reference)
