"""A notebook's code as a report of one language shows it."""

import ast


def one_language(source: str, lang: str) -> str:
    """`"标题" if zh else "Title"` becomes the branch that ran; all else, comments and layout too, stays as written."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # magics
        return source
    data = source.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def span(node: ast.expr) -> tuple[int, int]:
        return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset

    def shown(start: int, end: int, choices: list[ast.IfExp]) -> bytes:
        text, place = b"", start
        for choice in choices:
            first, last = span(choice)
            branch = choice.body if lang == "zh" else choice.orelse
            text += data[place:first] + shown(*span(branch), _outermost(branch))
            place = last
        return text + data[place:end]

    return shown(0, len(data), _outermost(tree)).decode()


def _outermost(node: ast.AST) -> list[ast.IfExp]:
    """Choices by language that lie in no other, in order. Those within an f-string have no place of their own."""
    if isinstance(node, ast.IfExp) and ast.unparse(node.test) in ("zh", "lang == 'zh'"):
        return [node]
    if isinstance(node, ast.JoinedStr):
        return []
    found = [choice for child in ast.iter_child_nodes(node) for choice in _outermost(child)]
    return sorted(found, key=lambda choice: (choice.lineno, choice.col_offset))
