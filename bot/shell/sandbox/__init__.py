"""A simulated GitLab for the demo and the tests."""
