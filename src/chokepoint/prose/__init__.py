"""What a chapter prints in words: the brief at its head, lists from the evidence, parts of a page, a spread with its finding."""
