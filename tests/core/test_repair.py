"""Fixes applied in rounds."""

from bot.core.check import Report
from bot.core.finding import Confidence, Finding, Location, Severity
from bot.core.fix import Applicability, Edit, Fix
from bot.core.repair import USELESS, repair
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile
from bot.core.span import Span

PATH = "poem.txt"


def finding(word: str, at: int, text: str, applicability: Applicability = Applicability.SAFE) -> Finding:
    span = Span(at, at + len(word))
    fix = Fix(f"Replace {word}", applicability, (Edit(PATH, span, text),))
    place = Location(PATH, span)
    return Finding(
        rule=f"word-{word}",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=word,
        location=place,
        fix=fix,
    )


def checker(words: dict[str, str], **kwargs):
    """A rule for each word that is wrong, with what is to stand there."""

    def check(snapshot: Snapshot) -> Report:
        text = snapshot.files[PATH].text
        found = [finding(word, text.index(word), new, **kwargs) for word, new in words.items() if word in text]
        return Report(findings=tuple(found))

    return check


def poem(text: str) -> Snapshot:
    return Snapshot(files={PATH: SourceFile(PATH, text)})


def test_fixes_of_several_findings_go_together():
    result = repair(poem("bad cat an dog"), checker({"bad": "the", "an ": "and "}))
    assert result.files[PATH].text == "the cat and dog"
    assert len(result.applied) == 2


def test_a_fix_that_brings_the_next_finding_is_followed_by_its_fix():
    result = repair(poem("one"), checker({"one": "two", "two": "three"}))
    assert result.files[PATH].text == "three"


def test_a_fix_that_leaves_its_finding_is_undone_and_refused():
    result = repair(poem("bad cat"), checker({"bad": "bad bad", "cat": "dog"}))
    assert result.files[PATH].text == "bad dog"
    assert [(found.rule, reason) for found, reason in result.refused] == [("word-bad", USELESS)]


def test_only_the_wanted_kind_of_fix_is_made():
    check = checker({"bad": "the"}, applicability=Applicability.UNSAFE)
    assert repair(poem("bad"), check).files == {}
    assert repair(poem("bad"), check, applicabilities=[Applicability.UNSAFE]).files[PATH].text == "the"


def test_only_the_wanted_rules_are_followed():
    result = repair(poem("bad cat"), checker({"bad": "the", "cat": "dog"}), rules=["word-cat"])
    assert result.files[PATH].text == "bad dog"
