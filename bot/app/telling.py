"""What is said about each finding and failure, and where: in a thread, by the fix-up, or in the note alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.app.fixup_target import FixupResult
from bot.app.judgement import Judgement
from bot.app.scene import Scene
from bot.app.threads import Wanted
from bot.core.decision import Way
from bot.core.diagnosis import Diagnosis
from bot.core.finding import Finding
from bot.core.render.contents import Failure, Links
from bot.core.render.inert import code, link, prose
from bot.core.render.secrets import scrub
from bot.core.render.verdict import job_names

PROOF = (
    "Applying it starts the pipeline that shows whether it suffices; `/scansion fix` proves it first, in a merge "
    "request of its own."
)


def links_of(scene: Scene) -> Links:
    """The addresses that comments lead to."""
    return Links(scene.project.web_url, scene.request.sha, scene.services.choices.pages_url)


def wanted_threads(scene: Scene, judgement: Judgement, *, without: Collection[str]) -> list[Wanted]:
    """Return the threads that should be there: one for each fix in the diff that no fix-up makes.

    On a draft, or while the pipeline of the last push runs, none is opened, and what is there stays.
    ``without`` are the keys of what a fix-up makes, or a person does not want.
    """
    links, request = links_of(scene), scene.request
    undecided = request.draft or request.diff_refs is None
    wanted: list[Wanted] = []
    for failure in judgement.failures:
        if failure.diagnosis is not None:
            suggestion = judgement.decisions[failure.diagnosis.signature].suggestion
            if suggestion or undecided or not judgement.current:
                keys = judgement.keys_of(failure.diagnosis)
                wanted.append(Wanted(keys, _of_failure(failure, failure.diagnosis, links), suggestion))
    first: dict[str, Finding] = {}  # of the jobs that share a template the one that the note names
    for finding in judgement.findings:
        first.setdefault(finding.fingerprint, finding)
    for finding in first.values():
        suggestion = judgement.decisions[finding.fingerprint].suggestion
        if suggestion or undecided:
            wanted.append(Wanted((finding.fingerprint,), _of_finding(finding, links), suggestion))
    return [item for item in wanted if set(item.keys).isdisjoint(without)]


def threads_before(judgement: Judgement, wanted: Sequence[Wanted]) -> frozenset[str]:
    """The keys of the threads at the last check. A note that a person edited remembers them no more."""
    if judgement.before is None:
        return frozenset()
    if judgement.edited:
        return frozenset(key for item in wanted for key in item.keys)
    return frozenset(judgement.before.open)


def _of_finding(finding: Finding, links: Links) -> str:
    rule = link(code(finding.rule), links.page(finding.rule))
    return f"**{finding.severity}** {rule}: {prose(scrub(finding.message))}"


def _of_failure(failure: Failure, diagnosis: Diagnosis, links: Links) -> str:
    cause = link(code(diagnosis.cause), links.page(diagnosis.cause))
    message = prose(scrub(diagnosis.message))
    return f"**{job_names(failure)} failed** ({cause}): {message}\n\n{PROOF}"


def treatments(
    scene: Scene, judgement: Judgement, fixup: FixupResult, standing: Mapping[str, int]
) -> dict[str, str]:
    """What is done about each finding and failure, in a few words."""
    words: dict[str, str] = {}
    foretold = {diagnosis.signature for diagnosis in judgement.diagnoses if not diagnosis.offered_fix}
    withheld = judgement.with_failures(fixup.withheld)
    for key, decision in judgement.decisions.items():
        what = prose(decision.title) if key in foretold else "Fix"  # the failure itself says no cure
        if key in standing:
            place = link("a suggestion in the diff", f"{scene.request.web_url}#note_{standing[key]}")
            words[key] = f"{what}: {place}."
        elif decision.way is Way.WORDS:
            words[key] = prose(decision.reason) if decision.reason else ""
        elif not fixup.patch and key not in withheld:
            words[key] = f"{what}: `/scansion fix{decision.ask}`."
    covered = judgement.with_failures(fixup.covers) & judgement.open
    return {**words, **dict.fromkeys(covered, f"Fixed in !{fixup.iid}.")}
