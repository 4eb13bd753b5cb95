"""`.gitlab-ci.yml` as GitLab evaluates it, each value knowing its file and span."""
