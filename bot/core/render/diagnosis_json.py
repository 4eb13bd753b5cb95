"""Diagnoses as machines read them: the document of `diagnose --format json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.core.diagnosis import Diagnosis, TraceReport
from bot.core.render.findings_json import fix_json


def trace_json(name: str, report: TraceReport) -> dict[str, Any]:
    """Return what was made of one log; ``name`` is the log's name as the caller gave it."""
    return {
        "trace": name,
        "verdict": report.verdict.value,
        "diagnoses": [_diagnosis(diagnosis) for diagnosis in report.diagnoses],
        "notable": [asdict(line) for line in report.notable],
    }


def _diagnosis(diagnosis: Diagnosis) -> dict[str, Any]:
    install = diagnosis.install
    return {
        "cause": diagnosis.cause,
        "confidence": diagnosis.confidence.value,
        "message": diagnosis.message,
        "subject": asdict(diagnosis.subject) if diagnosis.subject else None,
        "python_package": asdict(diagnosis.python_package) if diagnosis.python_package else None,
        "image": asdict(diagnosis.image) if diagnosis.image else None,
        "install": {"manager": install.manager, "packages": list(install.packages)} if install else None,
        "hint": diagnosis.hint,
        "evidence": [asdict(line) for line in diagnosis.evidence],
        "fixes": [fix_json(fix) for fix in diagnosis.fixes],
    }
