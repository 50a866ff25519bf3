"""`python -m crm_strategy`: the command line."""

from crm_strategy.cli import main

if __name__ == "__main__":
    main()
