"""One module a kind of queued work, each with a constant ``WORK``; ``run`` gets the payload of its item.

A payload says where to look, never what to do; everything else is read from GitLab when the work runs.

===========  ============================================================  ======================  ==========
kind         payload                                                       lane                    coalesces
===========  ============================================================  ======================  ==========
review       project_id, iid                                               mr                      yes
diagnose     project_id, pipeline_id, ref, sha, iid (null when unknown)    mr, else ref            yes
watch        project_id, pipeline_id, ref, sha, iid (null when unknown)    mr, else ref            yes
command      project_id, iid, note_id, author_id, discussion_id            mr                      never
branch       project_id, ref (a branch that was pushed to)                 ref                     yes
learn        project_id, pipeline_id (a green one)                         learn                   yes
sweep        nothing                                                       sweep                   yes
===========  ============================================================  ======================  ==========
"""
