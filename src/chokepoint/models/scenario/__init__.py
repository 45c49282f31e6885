"""One model of one system: a club's floors, contracts, money and Vault, China's answer, and what comes of them month by month.

The recursion is in `recursion`, what it takes and gives in `inputs` and `results`. It knows no files.
"""
