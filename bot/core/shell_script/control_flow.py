"""Statements that decide what runs: lists, pipes, branches, loops, functions, subshells."""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from bot.core.shell_script.grammar import Script
from bot.core.shell_script.model import Word
from bot.core.shell_script.syntax import alternatives, ends_job, is_question, program, split_at
from bot.core.shell_script.walker import Mode, Walker


def run_list(walker: Walker, script: Script, node: Node, mode: Mode) -> None:
    """Run `a && b || c`. A step in front of `&&` is taken to succeed, a question is not."""
    parts = alternatives(node)
    asked = False
    for index, (operator, part) in enumerate(parts):
        question = is_question(script, part)
        rescue = next((other for sign, other in parts[index + 1 :] if sign == "||"), None)
        rescued = rescue is not None and not ends_job(script, rescue)
        answered = question and index + 1 < len(parts)
        own = replace(mode, ignored=mode.ignored or rescued or answered)
        if operator == "||" or (operator == "&&" and asked):
            walker.branch(script, [part], own)
        else:
            walker.visit(script, part, own)
        asked = question if operator == "||" else asked or question


def run_pipeline(walker: Walker, script: Script, node: Node, mode: Mode) -> None:
    """Run `a | b`, each part in a shell of its own."""
    parts = node.named_children
    names = [mode.pipe_from, *(program(script, part) for part in parts), mode.pipe_to]
    if node.children and node.children[0].type in {"|", "|&"}:
        names[0] = mode.pipe_from
    for index, part in enumerate(parts):
        walker.forked().visit(script, part, replace(mode, pipe_from=names[index], pipe_to=names[index + 2]))


def run_negated(walker: Walker, script: Script, node: Node, mode: Mode) -> None:
    """Run `! a`, which never ends the job."""
    walker.sequence(script, node.named_children, replace(mode, ignored=True))


def run_if(walker: Walker, script: Script, node: Node, mode: Mode) -> None:
    """Run the condition, then each branch as one that may be skipped."""
    condition, body = split_at(node, "then")
    walker.sequence(script, condition, replace(mode, ignored=True))
    clauses = [child for child in body if child.type in {"elif_clause", "else_clause"}]
    walker.branch(script, [child for child in body if child not in clauses], mode)
    for clause in clauses:
        asked, body = split_at(clause, "then") if clause.type == "elif_clause" else ([], clause.named_children)
        walker.branch(script, asked, replace(mode, ignored=True))
        walker.branch(script, body, mode)


def run_for(walker: Walker, script: Script, node: Node, mode: Mode) -> None:
    """Run the body once; the variable is certain where the loop has one certain item."""
    variable, body = node.child_by_field_name("variable"), node.child_by_field_name("body")
    items = [item for child in node.children_by_field_name("value") for item in walker.values(script, child, mode)]
    if variable is not None:
        name = script.text(variable)
        one = len(items) == 1 and items[0].word.known
        walker.shell.assign(name, items[0].word if one else Word(f"${name}", known=False))
    if body is None:
        return
    if any(item.word.known for item in items):
        walker.visit(script, body, mode)
    else:
        walker.branch(script, [body], mode)


def run_while(walker: Walker, script: Script, node: Node, mode: Mode) -> None:
    """Run the condition, and the body as a branch."""
    body = node.child_by_field_name("body")
    conditions = [child for child in node.named_children if child != body]
    walker.sequence(script, conditions, replace(mode, ignored=True))
    if body is not None:
        walker.branch(script, [body], mode)


def run_case(walker: Walker, script: Script, node: Node, mode: Mode) -> None:
    """Run each case as a branch."""
    for item in node.named_children:
        if item.type == "case_item":
            patterns = item.children_by_field_name("value")
            walker.branch(script, [child for child in item.named_children if child not in patterns], mode)


def run_subshell(walker: Walker, script: Script, node: Node, mode: Mode) -> None:
    """Run `( ... )`."""
    walker.forked().sequence(script, node.named_children, mode)


def define_function(walker: Walker, script: Script, node: Node, _mode: Mode) -> None:
    """Keep a function for the time when it is called."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is not None and body is not None:
        walker.shell.functions[script.text(name)] = (script, body)
