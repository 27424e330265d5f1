"""What is measured, and against what. Each module prints lines of `name value`; names that say `_over_` are ratios taken in one run."""
