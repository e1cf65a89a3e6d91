"""`python -m dailypapers` is the command."""

from dailypapers.cli.main import main

main()
