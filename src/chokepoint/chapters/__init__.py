"""One module a chapter: it takes tables, facts and models, and hands the notebook finished sentences and figures."""
