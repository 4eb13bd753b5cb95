"""An independent judge of an edit: libyaml's own events, read without the project's code."""

import yaml


def events(text):
    """Scalars and aliases with their place."""
    found = []
    for event in yaml.parse(text, Loader=yaml.CLoader):
        if isinstance(event, yaml.ScalarEvent):
            found.append((event.start_mark.index, event.end_mark.index, event.value.rstrip("\n"), event.anchor))
        elif isinstance(event, yaml.AliasEvent):
            found.append((event.start_mark.index, event.end_mark.index, "*", event.anchor))
    return found


def problems(old, new, edits):
    """What an edit of one file did beyond its splices; empty where it did nothing else."""
    moved = _spliced(old, edits)
    if moved != new:
        return ["bytes outside of the edits changed"]
    after = {start: rest for start, *rest in events(new)}
    said = []
    for start, end, value, anchor in events(old):
        if any(edit.span.start < end and start < edit.span.end for edit in edits):
            continue
        if any(start < edit.span.start < end for edit in edits if edit.span.start == edit.span.end):
            continue  # an insertion into this text
        shift = sum(len(e.text) - (e.span.end - e.span.start) for e in edits if e.span.end <= start)
        touching = [e for e in edits if e.span.start in (start, end) or e.span.end == start]
        found = after.get(start + shift)
        if (found is None or found[1:] != [value, anchor]) and not touching:
            said.append(f"{value!r} at {start} became {found}")
    return said


def _spliced(old, edits):
    text = old
    for edit in sorted(edits, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text
