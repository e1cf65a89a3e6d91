"""Pages: the templates in `templates/web`."""

import jinja2


def render_page(env: jinja2.Environment, name: str, **values: object) -> str:
    """Return the page of that name, with these values."""
    return env.get_template(f"web/{name}.html").render(**values)
