"""What test_docs.py reads out of a Markdown document: sessions, files, words in code.

    ```console                  a session: each line that begins with `$ ` is run, in order
    $ tern config validate my.yaml
    valid: …                   the lines below it must come, in this order, others may stand between
    ```

    ```yaml my.yaml             a file: written before the session that follows it
    tern: 1
    ```

In a line of output `…` stands for anything, and a line of `…` alone for any lines; runs of
blanks are one blank. A line that ends in `# figures differ` may have other numbers. Where a line is
`^C` the command is interrupted as soon as the lines before have come. A command that ends in
`# exit code 5` must end so."""

import collections
import re

FENCE = re.compile(r'^```([^\n`]*)\n(.*?)^```[ \t]*$', re.MULTILINE | re.DOTALL)
INLINE = re.compile(r'`([^`\n]+)`')
COMMAND = re.compile(r'^(.*?)\s*(?:#\s*exit code (\d+)\s*)?$')
INTERRUPT = '^C'
TOKEN = re.compile(r'(…)|(\s+)|([+-]?\d[\d.,:]*)|(─+)|.')
FIGURES = '# figures differ'

Block = collections.namedtuple('Block', 'line kind name text')
Command = collections.namedtuple('Command', 'line words expected code')


def blocks(text):
    """Fenced blocks: line number, what they are, the name behind it, the lines."""
    for match in FENCE.finditer(text):
        kind, _, name = match.group(1).strip().partition(' ')
        yield Block(text.count('\n', 0, match.start()) + 1, kind, name.strip(), match.group(2))


def without_blocks(text):
    """The text with its blocks blanked; lines keep their numbers."""
    return FENCE.sub(lambda match: re.sub(r'[^\n]', ' ', match.group(0)), text)


def commands(block):
    """The commands of a session, each with the lines that should come of it."""
    found = []
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        if line.startswith('$ '):
            words, code = COMMAND.match(line[2:]).groups()
            found.append(Command(number, words, [], int(code or 0)))
        elif not found:
            raise AssertionError(f'line {number}: output before the first command')
        elif line.strip():
            found[-1].expected.append(line)
    return found


def pattern_of(line):
    """A regular expression for one line of output."""
    line = line.strip()
    free = line.endswith(FIGURES)
    parts = []
    for match in TOKEN.finditer(line.removesuffix(FIGURES).strip()):
        anything, blank, number, rule = match.groups()
        if anything or rule:
            parts.append('.*?' if anything else '─+')
        elif blank:
            parts.append(r'\s+')
        else:
            parts.append(r'[+-]?\d[\d.,:]*' if number and free else re.escape(match.group(0)))
    # Blanks beside `…` may belong to it.
    return re.compile(re.sub(r'(?:\\s\+)?\.\*\?(?:\\s\+)?', '.*?', ''.join(parts)))


def first_missing(expected, output):
    """The first expected line that the output lacks behind those before it; None: all are there."""
    lines = [line.strip() for line in output.splitlines()]
    at = 0
    for line in expected:
        if line.strip() in ('…', INTERRUPT):
            continue
        pattern = pattern_of(line)
        while at < len(lines) and not pattern.fullmatch(lines[at]):
            at += 1
        if at == len(lines):
            return line
        at += 1
    return None
