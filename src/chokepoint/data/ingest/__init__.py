"""From a published release to tidy tables: one reader a layout, one common result.

A reader turns files into *readings* (one printed value each, with the words around it); `tidy` turns readings
into the rows of the tables; `release.write` checks, corrects, counts and writes them. Nothing here draws or
explains.
"""
