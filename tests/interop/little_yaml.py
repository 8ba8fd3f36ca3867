"""Reads the part of YAML that configurations of tern are written in: block and flow mappings and
lists, plain and quoted scalars, comments. Every scalar stays a text, so that `0.10` is not turned
into a binary fraction on the way; `null` is None. Anything else is an error, not a guess."""

import re

KEY = re.compile(r'([A-Za-z_][\w.-]*)\s*:(?:\s+|$)')


def load(path):
    with open(path, encoding='utf-8') as file:
        return loads(file.read())


def loads(text):
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        content = without_comment(line)
        if content.strip():
            lines.append((len(content) - len(content.lstrip()), content.strip(), number))
    value, rest = read_block(join_flow(lines), 0)
    if rest:
        raise ValueError(f'line {rest[0][2]}: unexpected indentation')
    return value


def without_comment(line):
    quote = None
    for index, char in enumerate(line):
        if quote:
            quote = None if char == quote else quote
        elif char in '"\'':
            quote = char
        elif char == '#' and (index == 0 or line[index - 1].isspace()):
            return line[:index].rstrip()
    return line.rstrip()


def join_flow(lines):
    """A flow collection that goes on over several lines becomes one line."""
    joined = []
    for indent, content, number in lines:
        if joined and open_brackets(joined[-1][1]) > 0:
            before = joined.pop()
            joined.append((before[0], before[1] + ' ' + content, before[2]))
        else:
            joined.append((indent, content, number))
    return joined


def open_brackets(text):
    text = re.sub(r'"[^"]*"|\'[^\']*\'', '', text)
    return sum(char in '[{' for char in text) - sum(char in ']}' for char in text)


# ---- Blocks --------------------------------------------------------------------------------------

def read_block(lines, indent):
    """(value, lines left) of the block whose lines are indented at least so far."""
    if not lines or lines[0][0] < indent:
        return None, lines
    indent = lines[0][0]
    if lines[0][1].startswith('- ') or lines[0][1] == '-':
        return read_list(lines, indent)
    return read_mapping(lines, indent)


def read_list(lines, indent):
    items = []
    while lines and lines[0][0] == indent and (lines[0][1] + ' ').startswith('- '):
        _, content, number = lines[0]
        content = content[1:]
        inner = content.lstrip()
        if not inner:
            item, lines = read_block(lines[1:], indent + 1)
        elif KEY.match(inner) and inner[0] not in '[{"\'':
            # The mapping's first key stands where the dash has been moved out of the way.
            column = indent + 1 + len(content) - len(inner)
            item, lines = read_mapping([(column, inner, number)] + lines[1:], column)
        else:
            item, lines = read_flow_all(inner, number), lines[1:]
        items.append(item)
    return items, lines


def read_mapping(lines, indent):
    mapping = {}
    while lines and lines[0][0] == indent:
        _, content, number = lines[0]
        match = KEY.match(content)
        if not match:
            raise ValueError(f'line {number}: no key in {content!r}')
        key, inner = match.group(1), content[match.end():]
        if key in mapping:
            raise ValueError(f'line {number}: {key} is there twice')
        if inner:
            mapping[key], lines = read_flow_all(inner, number), lines[1:]
        else:
            # A list may stand right below its key, without indentation.
            below = lines[1:]
            listed = below and below[0][0] == indent and (below[0][1] + ' ').startswith('- ')
            mapping[key], lines = read_block(below, indent if listed else indent + 1)
    return mapping, lines


# ---- Flow ----------------------------------------------------------------------------------------

def read_flow_all(text, number):
    value, rest = read_flow(text, number)
    if rest.strip():
        raise ValueError(f'line {number}: {rest!r} after the value')
    return value


def read_flow(text, number):
    text = text.lstrip()
    if text.startswith('{'):
        mapping, text = {}, text[1:].lstrip()
        while not text.startswith('}'):
            match = KEY.match(text)
            if not match:
                raise ValueError(f'line {number}: no key in {text!r}')
            mapping[match.group(1)], text = read_flow(text[match.end():], number)
            text = after_comma(text, '}', number)
        return mapping, text[1:]
    if text.startswith('['):
        items, text = [], text[1:].lstrip()
        while not text.startswith(']'):
            item, text = read_flow(text, number)
            items.append(item)
            text = after_comma(text, ']', number)
        return items, text[1:]
    if text[:1] in ('"', "'"):
        end = text.index(text[0], 1)
        return text[1:end], text[end + 1:]
    match = re.match(r'[^,\[\]{}]*', text)
    scalar = match.group(0).strip()
    return None if scalar in ('null', '~', '') else scalar, text[match.end():]


def after_comma(text, end, number):
    text = text.lstrip()
    if text.startswith(','):
        return text[1:].lstrip()
    if not text.startswith(end):
        raise ValueError(f'line {number}: , or {end} expected at {text!r}')
    return text
