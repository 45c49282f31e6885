"""Make the text and figures of each chapter or template, one module each.

Each takes tables, facts and models, and hands the notebook finished sentences and figures.
"""
