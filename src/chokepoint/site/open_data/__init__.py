"""The book for other people's programs: JSON, SQLite, tables as they are and feeds, as files of the site.

`write.files` makes them, and the build puts them beside the rendered pages. Everything is made from the
notebooks as they are rendered, the registry of facts and the tables, so that it says what the pages say;
`documents` holds how a file is written and addressed. The page `open-data` says what each address holds.
"""
