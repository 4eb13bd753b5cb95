"""System packages: images, and from a symptom to the packages that cure it."""
