"""`python -m honeyguide.cli`: the command, for processes that start others."""

from honeyguide.cli.main import main

if __name__ == "__main__":
    main()
