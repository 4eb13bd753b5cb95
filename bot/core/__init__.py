"""The pure core: files in, findings and edits out; a log in, diagnoses out. No I/O, clock or logging."""
