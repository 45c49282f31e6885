"""How it is said of a text whether it binds, and whom it shuts out."""

BINDS = {"yes": "Binds", "no": "Does not bind", "intended": "Meant to bind", "not stated": "Not stated"}
EXCLUDES = {"preference": "Gives the US a preference", "yes": "Shuts others out", "no": "Open to others", "not stated": ""}
