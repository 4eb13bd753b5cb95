"""What the jobs of a pipeline do with Poetry: its version, its environment, its caches, what it publishes."""
