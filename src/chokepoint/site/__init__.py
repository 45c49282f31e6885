"""Run the notebooks, print the pages, swap the site in."""
