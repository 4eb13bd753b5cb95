"""GitLab, spoken to through python-gitlab."""

from __future__ import annotations

from bot.shell.gitlab.forge import GitLabForge

__all__ = ["GitLabForge"]
