"""Chokepoint: the 2026 critical-minerals bloc, explained and recomputed."""

import sys

# jsonschema, which altair imports, would compile a grammar for addresses with this at each start: a second or
# more in every kernel, for a check that nothing here makes. Without it jsonschema leaves that check out.
sys.modules.setdefault("rfc3987_syntax", None)
