"""What a page is put together from: one class a component, with `html()` for the page and `widget()` for a live kernel."""
