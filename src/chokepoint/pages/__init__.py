"""One module a chapter or template: it takes tables, facts and models, and hands the notebook finished sentences and figures."""
