"""What a page is put together from. Each component shows itself on the page and in a live kernel."""
