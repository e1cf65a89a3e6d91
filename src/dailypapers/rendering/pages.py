"""Pages: the templates in `templates/web`, and the operator's in `templates/admin`."""

import jinja2


def render_page(env: jinja2.Environment, name: str, **values: object) -> str:
    """Return the page of that name, with these values."""
    return env.get_template(f"web/{name}.html").render(**values)


def render_admin_page(env: jinja2.Environment, name: str, **values: object) -> str:
    """Return the operator's page of that name, with these values."""
    return env.get_template(f"admin/{name}.html").render(**values)
