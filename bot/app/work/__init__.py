"""One module a kind of queued work, each with ``async run(payload, services) -> Outcome``.

A payload says where to look, never what to do; everything else is read from GitLab when the work runs. The
lane of a merge request is ``mr:<project>:<iid>``, that of a branch without one ``ref:<project>:<ref>``.

==========  ====================================================  =================  =====================
kind        payload                                               lane               coalesce
==========  ====================================================  =================  =====================
review      project_id, iid                                       merge request      ``review``
diagnose    project_id, pipeline_id, ref, iid (or None)           merge request/ref  ``diagnose:<pipeline>``
command     project_id, iid, note_id, discussion_id, author_id,   merge request      never
            text
watch       project_id, branch (of a fix-up, `scansion/...`)      its branch         ``watch``
branch      project_id, ref (a branch that was pushed to)         its branch         ``branch``
sweep       since (ISO 8601, optional), project_id (optional)     ``sweep``          ``sweep``
==========  ====================================================  =================  =====================
"""
