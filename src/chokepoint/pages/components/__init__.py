"""The components that a page is put together from, one class each.

Each has `html()` for the page and `widget()` for a live kernel.
"""
