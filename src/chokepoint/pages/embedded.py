"""JSON within a page."""

import json


def embedded(value: object) -> str:
    r"""Return JSON that is inert inside a script element, whatever the data hold.

    >>> embedded({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
