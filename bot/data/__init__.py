"""Tables of facts about system packages and images. `SOURCES.md` says where they come from."""
