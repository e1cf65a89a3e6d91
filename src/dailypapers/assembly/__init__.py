"""The parts of the composition root: what each of them is made with, by the settings. `app` puts them together."""
